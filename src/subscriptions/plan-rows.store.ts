import { type Selectable, sql } from "kysely";
import type { Invoices } from "../db/tables.gen.ts";
import type { Reader } from "../db/transaction.ts";
import type { MerchantId, PaymentId } from "../lib/id.ts";
import { chargeIdOf } from "../payments/payment.rules.ts";
import { invoiceOf } from "./rows.ts";
import type { Invoice } from "./subscription.rules.ts";

/** The invoice of each term of an order: the one that stands, else the newest deleted one. */
export async function readInvoicesByTerm(
  db: Reader,
  merchant: MerchantId,
  subscriptionId: string,
): Promise<Invoice[]> {
  const { rows } = await sql<Selectable<Invoices>>`
    select distinct on (term) * from invoices
    where merchant_id = ${merchant} and subscription_id = ${subscriptionId}
    order by term, status = 'deleted', number desc`.execute(db);
  return rows.map(invoiceOf);
}

/** The integers that the wire shows of the charges of payments. */
export async function readXacts(
  db: Reader,
  merchant: MerchantId,
  payments: readonly PaymentId[],
): Promise<ReadonlyMap<PaymentId, bigint>> {
  if (payments.length === 0) return new Map();
  const charges = payments.map((id) => chargeIdOf({ id }));
  const rows = await db
    .selectFrom("payment_attempts")
    .select(["payment_id", "xact"])
    .where("merchant_id", "=", merchant)
    .where("id", "in", charges)
    .execute();
  return new Map(rows.map((row) => [row.payment_id as PaymentId, row.xact]));
}
