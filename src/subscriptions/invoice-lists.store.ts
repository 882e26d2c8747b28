import { sql } from "kysely";
import type { Reader } from "../db/transaction.ts";
import type { MerchantId, PaymentId } from "../lib/id.ts";
import { invoiceOf } from "./rows.ts";
import type { Invoice, InvoiceStatus } from "./subscription.rules.ts";

export type InvoicePage = Readonly<{ rows: Invoice[]; total: number }>;
export type InvoiceFilter = Readonly<{
  /** Absent: every state but deleted. */
  status?: InvoiceStatus | undefined;
  /** Rows to leave out from the first term, and rows to give. */
  offset: number;
  limit: number;
}>;

/** Invoices of an order in the order of its plan, with the number of all that match. */
export async function readInvoicePage(
  db: Reader,
  merchant: MerchantId,
  subscriptionId: string,
  { status, offset, limit }: InvoiceFilter,
): Promise<InvoicePage> {
  const query = db
    .selectFrom("invoices")
    .where("merchant_id", "=", merchant)
    .where("subscription_id", "=", subscriptionId)
    .where("status", status ? "=" : "<>", status ?? "deleted");
  const [{ total }, rows] = await Promise.all([
    query.select((eb) => eb.fn.countAll<bigint>().as("total")).executeTakeFirstOrThrow(),
    query
      .selectAll()
      .orderBy("term")
      // Many deleted ones may have had one term.
      .orderBy("number")
      .offset(offset)
      .limit(limit)
      .execute(),
  ]);
  return { rows: rows.map(invoiceOf), total: Number(total) };
}

/** A try as it is shown: which card, as it is told, and the payment that it was. */
export type StoredTry = Readonly<{ no: number; card: bigint; mask: string; paymentId: PaymentId }>;

/** The newest `most` tries of an invoice, oldest first. */
export async function readTries(
  db: Reader,
  merchant: MerchantId,
  invoice: bigint,
  most: number,
): Promise<StoredTry[]> {
  const { rows } = await sql<{ no: number; card: bigint; mask: string; payment_id: PaymentId }>`
    select t.no, t.card, p.card_mask as mask, t.payment_id
    from invoice_tries t join payments p on p.merchant_id = t.merchant_id and p.id = t.payment_id
    where t.merchant_id = ${merchant} and t.invoice = ${invoice}
    order by t.no desc limit ${most}`.execute(db);
  const tries = rows.map(({ payment_id: paymentId, ...row }) => ({ ...row, paymentId }));
  return tries.reverse();
}
