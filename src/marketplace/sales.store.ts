import { sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import type { CardId, MerchantId, PaymentId, SessionId } from "../lib/id.ts";
import type { Captured, Product, Sale } from "./sale.rules.ts";
import { productOf, productRow, saleOf, saleRow } from "./sale-rows.ts";
import type { Watch } from "./watch.rules.ts";
import { watchesInsert } from "./watches.store.ts";

/** A sale with its lines, and the watches that were asked for with it. */
export type WholeSale = Readonly<{
  sale: Sale;
  products: readonly Product[];
  watches: readonly Watch[];
}>;

export const saleKey = ({ merchantId, number }: Pick<Sale, "merchantId" | "number">): string =>
  `${merchantId} ${number}`;

/**
 * Stores sales with their lines and watches; of each all or nothing. Answers the keys of those that
 * were stored: the codes of the others have been used, or the cards that browsers entered for them.
 * Their numbers, payments and sessions are made by us and are nobody else's. Cards are taken in one
 * order, and without cards codes are, so that statements seldom wait for each other; where cards
 * and codes of two batches cross, one of them fails and has done nothing. Whoever stores many at
 * once runs it again sale by sale then, as `gather` does: one sale alone waits holding nothing.
 */
export async function insertSales(db: Reader, all: readonly WholeSale[]): Promise<Set<string>> {
  const sales = JSON.stringify(all.map(({ sale }) => saleRow(sale)));
  const products = JSON.stringify(all.flatMap((each) => each.products.map(productRow)));
  const watches = all.flatMap((each) => each.watches);
  const isWatched = watches.length > 0;
  const watching = sql`, watching as (${watchesInsert(watches)}
    join taken t on t.merchant_id = w.merchant_id and t.number = w.sale)`;
  // Each of the two statements is prepared under a name of its own.
  const name = sql.raw(isWatched ? "/* insert_watched_sales */" : "/* insert_sales */");
  const { rows } = await sql<{ merchant_id: MerchantId; number: bigint }>`${name}
    with taken as (
      insert into sales select * from json_populate_recordset(null::sales, ${sales}::json)
      order by entered_card, code
      on conflict do nothing
      returning merchant_id, number
    ), lines as (
      insert into sale_products
      select p.* from json_populate_recordset(null::sale_products, ${products}::json) p
        join taken t on t.merchant_id = p.merchant_id and t.number = p.sale
    )${isWatched ? watching : sql``}
    select merchant_id, number from taken`.execute(db);
  return new Set(rows.map((row) => saleKey({ merchantId: row.merchant_id, number: row.number })));
}

/** By what a sale is found; all of it is one merchant's. */
export type SaleName =
  | Readonly<{ number: bigint }>
  | Readonly<{ code: string }>
  | Readonly<{ paymentId: PaymentId }>
  | Readonly<{ enteredCardId: CardId }>
  | Readonly<{ sessionId: SessionId }>;

export async function readSale(
  db: Reader,
  merchant: MerchantId,
  by: SaleName,
): Promise<Sale | undefined> {
  let query = db.selectFrom("sales").selectAll().where("merchant_id", "=", merchant);
  if ("number" in by) query = query.where("number", "=", by.number);
  else if ("code" in by) query = query.where("code", "=", by.code);
  else if ("paymentId" in by) query = query.where("payment_id", "=", by.paymentId);
  else if ("enteredCardId" in by) query = query.where("entered_card", "=", by.enteredCardId);
  else query = query.where("session_id", "=", by.sessionId);
  const row = await query.executeTakeFirst();
  return row && saleOf(row);
}

/** Which of these payments are sales. */
export async function soldAmong(
  db: Reader,
  merchant: MerchantId,
  payments: readonly PaymentId[],
): Promise<Set<PaymentId>> {
  if (payments.length === 0) return new Set();
  const rows = await db
    .selectFrom("sales")
    .select("payment_id")
    .where("merchant_id", "=", merchant)
    .where("payment_id", "in", payments)
    .execute();
  return new Set(rows.map((row) => row.payment_id as PaymentId));
}

/** The lines of a sale in the order in which they were asked for. */
export async function readProducts(db: Reader, merchant: MerchantId, sale: bigint) {
  const rows = await db
    .selectFrom("sale_products")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("sale", "=", sale)
    .orderBy("number")
    .execute();
  return rows.map(productOf);
}

/** Writes what was captured of lines whose sale the caller has locked. */
export async function saveCaptured(
  tx: Tx,
  merchant: MerchantId,
  lines: readonly Captured[],
): Promise<void> {
  const rows = JSON.stringify(
    lines.map(({ number, capturedMinor }) => ({
      number: number.toString(),
      captured_minor: capturedMinor.toString(),
    })),
  );
  await sql`/* save_captured */ update sale_products p set captured_minor = j.captured_minor
    from json_populate_recordset(null::sale_products, ${rows}::json) j
    where p.merchant_id = ${merchant} and p.number = j.number
      and p.captured_minor <> j.captured_minor`.execute(tx);
}
