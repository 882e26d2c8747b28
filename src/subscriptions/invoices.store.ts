import { sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { invoiceOf, invoiceRow } from "./rows.ts";
import type { Invoice } from "./subscription.rules.ts";

/** Stores new invoices and answers the numbers of those whose name and term were free. */
export async function insertInvoices(tx: Tx, invoices: readonly Invoice[]): Promise<Set<bigint>> {
  if (invoices.length === 0) return new Set();
  const json = JSON.stringify(invoices.map(invoiceRow));
  const { rows } = await sql<{ number: bigint }>`insert into invoices
    select * from json_populate_recordset(null::invoices, ${json}::json)
    on conflict do nothing returning number`.execute(tx);
  return new Set(rows.map((row) => row.number));
}

/** One invoice, by its number or by its name. */
export async function readInvoice(
  db: Reader,
  merchant: MerchantId,
  by: Readonly<{ number: bigint } | { invoiceNo: string }>,
): Promise<Invoice | undefined> {
  const query = db.selectFrom("invoices").selectAll().where("merchant_id", "=", merchant);
  const row = await ("number" in by
    ? query.where("number", "=", by.number)
    : query.where("invoice_no", "=", by.invoiceNo)
  ).executeTakeFirst();
  return row && invoiceOf(row);
}

/** Every invoice of an order but deleted ones, locked until the transaction ends, by its term. */
export async function lockInvoices(
  tx: Tx,
  merchant: MerchantId,
  subscriptionId: string,
): Promise<Invoice[]> {
  const rows = await tx
    .selectFrom("invoices")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("subscription_id", "=", subscriptionId)
    .where("status", "<>", "deleted")
    .orderBy("number")
    .forUpdate()
    .execute();
  return rows.map(invoiceOf).toSorted((a, b) => a.term - b.term);
}
