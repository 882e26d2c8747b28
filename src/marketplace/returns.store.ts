import { sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Held, ReturnTerms } from "./return.rules.ts";
import { isFree } from "./transfers.store.ts";

/** The way back of a sale's money, by its number in the sale. */
export type ReturnName = Readonly<{ merchantId: MerchantId; sale: bigint; no: number }>;
export type SaleReturn = ReturnName &
  Readonly<{ state: "open" | "done" | "failed"; terms: Omit<ReturnTerms, "isWhole"> }>;

const byName = ({ merchantId, sale, no }: ReturnName) =>
  sql<boolean>`merchant_id = ${merchantId} and sale = ${sale} and no = ${no}`;

/** Stores what is meant to happen. The caller holds the sale's lock and has seen no open return. */
export async function insertReturn(
  tx: Tx,
  merchantId: MerchantId,
  sale: bigint,
  terms: SaleReturn["terms"],
  now: Date,
): Promise<ReturnName> {
  const { no } = await tx
    .selectFrom("sale_returns")
    .select((eb) => eb(eb.fn.coalesce(eb.fn.max("no"), eb.lit(0)), "+", 1).as("no"))
    .where("merchant_id", "=", merchantId)
    .where("sale", "=", sale)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto("sale_returns")
    .values({
      ...{ merchant_id: merchantId, sale, no, state: "open", opened_at: now },
      deletes: terms.deletes,
      platform_minor: terms.platformMinor,
      member_minor: terms.memberMinor,
      recommissions: terms.recommissions,
    })
    .execute();
  return { merchantId, sale, no };
}

export async function readReturn(db: Reader, name: ReturnName): Promise<SaleReturn | undefined> {
  const row = await db
    .selectFrom("sale_returns")
    .selectAll()
    .where(byName(name))
    .executeTakeFirst();
  return (
    row && {
      ...name,
      state: row.state,
      terms: {
        deletes: row.deletes,
        platformMinor: row.platform_minor,
        memberMinor: row.member_minor,
        recommissions: row.recommissions,
      },
    }
  );
}

/** Whether money of a sale is about to go back. */
export async function hasOpenReturn(
  db: Reader,
  merchantId: MerchantId,
  sale: bigint,
): Promise<boolean> {
  const open = await db
    .selectFrom("sale_returns")
    .select("no")
    .where("merchant_id", "=", merchantId)
    .where("sale", "=", sale)
    .where("state", "=", "open")
    .executeTakeFirst();
  return open !== undefined;
}

/**
 * Ends an open return; says whether it was. One that had failed is done where its money went back
 * after all.
 */
export async function endReturn(
  tx: Tx,
  name: ReturnName,
  state: "done" | "failed",
  now: Date,
): Promise<boolean> {
  const done = await tx
    .updateTable("sale_returns")
    .set({ state, settled_at: now })
    .where(byName(name))
    .where("state", "in", state === "done" ? ["open", "failed"] : ["open"])
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Keeps rows that the caller has locked from being paid or changed. */
export async function hold(tx: Tx, merchant: MerchantId, held: Held): Promise<void> {
  for (const table of ["earnings", "debts"] as const) {
    if (held[table].length === 0) continue;
    await sql`update ${sql.table(table)} set is_held = true
      where merchant_id = ${merchant} and number = any(${held[table]}::bigint[])`.execute(tx);
  }
}

/** Lets go of what is held of a sale that the caller has locked. */
export async function letGo(tx: Tx, merchant: MerchantId, sale: bigint): Promise<void> {
  for (const table of ["earnings", "debts"] as const) {
    await sql`update ${sql.table(table)} set is_held = false
      where merchant_id = ${merchant} and sale = ${sale} and is_held
        and state <> 'deleted'`.execute(tx);
  }
}

/** Which merchants have returns that are open. */
export async function merchantsWithReturns(db: Db): Promise<MerchantId[]> {
  const { rows } = await sql<{ merchant_id: MerchantId }>`select distinct merchant_id
    from sale_returns where state = 'open' order by merchant_id`.execute(db.kysely);
  return rows.map((row) => row.merchant_id);
}

/**
 * Sales that are back, and of which something is held that was in a payout when they went back: one
 * that was paid since, or failed for good, or was taken out of it. At most so many.
 */
export async function readReturnedSales(db: Db, most: number) {
  const { rows } = await sql<{ merchant_id: MerchantId; sale: bigint }>`
    select distinct h.merchant_id, h.sale from (
      select merchant_id, sale, payout from earnings where is_held and state = 'open'
      union all
      select merchant_id, sale, payout from debts where is_held and state = 'open'
    ) h left join payouts p on p.merchant_id = h.merchant_id and p.number = h.payout
    where (h.payout is null or p.state = 'paid' or ${isFree})
      and not exists (select from sale_returns r where r.merchant_id = h.merchant_id
        and r.sale = h.sale and r.state = 'open')
    order by h.merchant_id, h.sale limit ${most}`.execute(db.kysely);
  return rows.map((row) => ({ merchantId: row.merchant_id, sale: row.sale }));
}

/** Returns of a merchant that have been open since before `until`. */
export async function readLateReturns(
  db: Db,
  merchantId: MerchantId,
  until: Date,
  most: number,
): Promise<ReturnName[]> {
  const rows = await db.kysely
    .selectFrom("sale_returns")
    .select(["sale", "no"])
    .where("merchant_id", "=", merchantId)
    .where("state", "=", "open")
    .where("opened_at", "<", until)
    .orderBy("opened_at")
    .limit(most)
    .execute();
  return rows.map((row) => ({ merchantId, sale: row.sale, no: row.no }));
}
