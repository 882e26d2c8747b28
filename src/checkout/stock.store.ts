import { type RawBuilder, sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId, PaymentId } from "../lib/id.ts";
import type { Link } from "./link.rules.ts";

type Key = Pick<Link, "merchantId" | "id">;
/** The payment that a piece is sold to, or kept for. */
export type PieceOf = Readonly<{ merchantId: MerchantId; id: PaymentId }>;

export async function insertStock(tx: Tx, { merchantId, id }: Key, total: number): Promise<void> {
  await tx
    .insertInto("link_stocks")
    .values({ merchant_id: merchantId, link_id: id, total })
    .execute();
}

/** How many of a link are left, as a column beside `pay_links l`; null where nobody counts. */
export const leftOfStock: RawBuilder<number | null> = sql<number | null>`(select total - taken
  from link_stocks s where s.merchant_id = l.merchant_id and s.link_id = l.id)`;

/** Keeps one piece of a link for a payment that was stored before. False when none is left. */
export async function takePiece(
  tx: Tx,
  { merchantId, id: linkId }: Key,
  paymentId: PaymentId,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    with kept as (
      update link_stocks set taken = taken + 1
      where merchant_id = ${merchantId} and link_id = ${linkId} and taken < total
      returning merchant_id, link_id
    )
    insert into link_stock_uses (merchant_id, payment_id, link_id)
    select merchant_id, ${paymentId}, link_id from kept`.execute(tx);
  return (numAffectedRows ?? 0n) > 0n;
}

export async function hasPiece(db: Reader, { merchantId, id }: PieceOf): Promise<boolean> {
  const row = await db
    .selectFrom("link_stock_uses")
    .select("link_id")
    .where("merchant_id", "=", merchantId)
    .where("payment_id", "=", id)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Puts back what these payments have kept; of those that keep nothing there is nothing to put back.
 * Stocks are changed in the order of their links, so that two callers never wait for each other.
 */
export async function putBack(tx: Tx, payments: readonly PieceOf[]): Promise<void> {
  const keys = JSON.stringify(payments.map(({ merchantId, id }) => [merchantId, id]));
  const { rows } = await sql<{ merchant_id: string; link_id: string }>`
    delete from link_stock_uses u using json_array_elements(${keys}::json) k
    where u.merchant_id = k ->> 0 and u.payment_id = k ->> 1
    returning u.merchant_id, u.link_id`.execute(tx);
  const order = (row: (typeof rows)[number]) => `${row.merchant_id} ${row.link_id}`;
  for (const row of rows.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))) {
    await tx
      .updateTable("link_stocks")
      .set((eb) => ({ taken: eb("taken", "-", 1) }))
      .where("merchant_id", "=", row.merchant_id)
      .where("link_id", "=", row.link_id)
      .execute();
  }
}
