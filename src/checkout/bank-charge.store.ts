import { type Selectable, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { CheckoutTokens } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { tokenOf } from "./rows.ts";
import type { Token, TokenStatus } from "./session.rules.ts";

/**
 * What tries go through that the bank's page charges. A charge is told to whoever asks for it, or
 * given back: `markTold` and `refuseTry` want the same row as it was, so one of them wins.
 */

type Key = Pick<Token, "merchantId" | "id">;

/** Says whether this caller is the first to hear of the charge, and that it is not given back. */
export async function markTold(db: Reader, { merchantId, id }: Key, now: Date): Promise<boolean> {
  const done = await db
    .updateTable("checkout_tokens")
    .set({ told_at: now, unclaimed_at: null })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .where("status", "<>", "refused")
    .where("unclaimed_at", "is not", null)
    .where("told_at", "is", null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Why a try is refused, and when its charge is looked at; `null` where it surely took nothing. */
export type Refused = Readonly<{
  /** What it may have been until now. */
  from: readonly TokenStatus[];
  reason: string;
  bankCode: string;
  bankMessage: string;
  dueAt: Date | null;
}>;

/** Refuses a try for good, unless its charge has been told to somebody. Says whether it did. */
export async function refuseTry(
  db: Db,
  { merchantId, id }: Key,
  { from, reason, bankCode, bankMessage, dueAt }: Refused,
  now: Date,
): Promise<boolean> {
  const done = await db.kysely
    .updateTable("checkout_tokens")
    .set((eb) => ({
      status: "refused",
      returned_at: eb.fn.coalesce("returned_at", sql<Date>`${now}::timestamptz`),
      level: null,
      reason,
      bank_code: bankCode,
      bank_message: bankMessage,
      unclaimed_at: dueAt,
      ...(dueAt === null && { told_at: now }),
    }))
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .where("status", "in", from)
    .where("told_at", "is", null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Ends the way of a refused try: nothing of it is left at the bank. */
export async function markDone(tx: Tx, { merchantId, id }: Key, now: Date): Promise<void> {
  await tx
    .updateTable("checkout_tokens")
    .set({ told_at: now, unclaimed_at: null })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .where("status", "=", "refused")
    .where("unclaimed_at", "is not", null)
    .execute();
}

/** Has a try that is not done with looked at again later. */
export async function putOff(db: Db, { merchantId, id }: Key, until: Date): Promise<void> {
  await db.kysely
    .updateTable("checkout_tokens")
    .set({ unclaimed_at: until })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .where("unclaimed_at", "is not", null)
    .execute();
}

/** Takes a session from the try that it was given to and that took no money. */
export async function freeSession(db: Db, { merchantId, sessionId, id }: Token): Promise<void> {
  await db.kysely
    .updateTable("checkout_sessions")
    .set({ charged_token_id: null })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", sessionId)
    .where("charged_token_id", "=", id)
    .execute();
}

/** Which merchants have charges that nobody asked for in time, each by its own clock. */
export async function merchantsWithUnclaimed(db: Db, now: Date): Promise<MerchantId[]> {
  const { rows } = await sql<{ id: MerchantId }>`
    select m.id from merchants m where exists (
      select from checkout_tokens t where t.merchant_id = m.id and t.unclaimed_at
        <= ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond')
    order by m.id`.execute(db.kysely);
  return rows.map((row) => row.id);
}

/** Leases such tries of one merchant by moving their time: a crashed worker's fall due again. */
export async function leaseUnclaimed(
  db: Db,
  merchant: MerchantId,
  now: Date,
  until: Date,
  most: number,
): Promise<Token[]> {
  const { rows } = await sql<Selectable<CheckoutTokens>>`
    with due as (
      select id from checkout_tokens where merchant_id = ${merchant} and unclaimed_at <= ${now}
      order by unclaimed_at limit ${most} for update skip locked
    )
    update checkout_tokens t set unclaimed_at = ${until} from due
    where t.merchant_id = ${merchant} and t.id = due.id
    returning t.*`.execute(db.kysely);
  return rows.map(tokenOf);
}
