import { type RawBuilder, sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import { after, istanbulDay } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import {
  CODE_TRIES_MAX,
  type CodeAsk,
  type CodeKey,
  type DayCount,
  dayLimits,
  PROOF_LIFETIME_MS,
} from "./code.rules.ts";

export type NewCode = CodeAsk & Readonly<{ hash: Buffer; sentAt: Date; expiresAt: Date }>;

/**
 * Gives a session its code, in place of one that has expired. False while one is good, and where
 * its day's codes are used up: of many who ask at once, one gets it.
 */
export async function openCode(tx: Tx, merchant: MerchantId, code: NewCode): Promise<boolean> {
  const { purpose, session } = code;
  const limit = dayLimits[purpose];
  const today = istanbulDay(code.sentAt);
  const isToday = sql<boolean>`(one_time_codes.counted_on is not distinct from ${today}::date)`;
  const fresh = {
    phone: code.phone,
    code_hash: code.hash,
    sent_at: code.sentAt,
    expires_at: code.expiresAt,
    tries: 0,
    verified_at: null,
    used_at: null,
    counted_on: today,
  };
  const done = await tx
    .insertInto("one_time_codes")
    .values({ merchant_id: merchant, purpose, session, ...fresh, sent_that_day: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(["merchant_id", "purpose", "session"])
        .doUpdateSet({
          ...fresh,
          sent_that_day: sql`case when ${isToday} then one_time_codes.sent_that_day else 0 end + 1`,
          wrong_that_day: sql`case when ${isToday} then one_time_codes.wrong_that_day else 0 end`,
        })
        .where("one_time_codes.expires_at", "<=", code.sentAt)
        .where(sql<boolean>`not (${isToday} and (
          one_time_codes.sent_that_day >= ${limit.codes}
          or one_time_codes.wrong_that_day >= ${limit.wrong}))`),
    )
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export type CodeState = Readonly<{
  phone: string;
  expiresAt: Date;
  tries: number;
  isUsed: boolean;
  verifiedAt: Date | null;
  counted: DayCount;
}>;

export async function readCode(
  db: Reader,
  merchant: MerchantId,
  { purpose, session }: CodeKey,
): Promise<CodeState | undefined> {
  const row = await db
    .selectFrom("one_time_codes")
    .select(["phone", "expires_at", "tries", "used_at", "verified_at"])
    .select(["counted_on", "sent_that_day", "wrong_that_day"])
    .where("merchant_id", "=", merchant)
    .where("purpose", "=", purpose)
    .where("session", "=", session)
    .executeTakeFirst();
  if (!row) return undefined;
  const { phone, expires_at: expiresAt, tries, used_at, verified_at: verifiedAt } = row;
  const counted = { day: row.counted_on, codes: row.sent_that_day, wrong: row.wrong_that_day };
  return { phone, expiresAt, tries, isUsed: used_at !== null, verifiedAt, counted };
}

/** What a right code is for: to be proof for later, or to be used there and then. */
export type Trying = Readonly<{ hash: Buffer; isUse: boolean }>;
export type Tried = Readonly<{ isRight: boolean; left: number }>;

/**
 * Tries a code: counting, comparing and marking are one statement, so that of any number of guesses
 * at once only as many are compared as there are tries. `undefined` when there is no code to try.
 *
 * Keyed hashes are compared and not codes: how long it takes tells nothing about the code.
 */
export async function tryCode(
  tx: Tx,
  merchant: MerchantId,
  { purpose, session }: CodeKey,
  { hash, isUse }: Trying,
  now: Date,
): Promise<Tried | undefined> {
  const isRight: RawBuilder<boolean> = sql`code_hash = ${hash}`;
  const today = istanbulDay(now);
  const isToday = sql`counted_on is not distinct from ${today}::date`;
  const { rows } = await sql<{ is_right: boolean; tries: number }>`
    update one_time_codes set
      tries = tries + case when ${isRight} then 0 else 1 end,
      counted_on = ${today}::date,
      sent_that_day = case when ${isToday} then sent_that_day else 0 end,
      wrong_that_day = case when ${isToday} then wrong_that_day else 0 end
        + case when ${isRight} then 0 else 1 end,
      verified_at = case when ${isRight} then coalesce(verified_at, ${now}) else verified_at end,
      used_at = case when ${isRight} and ${isUse} then ${now} else used_at end
    where merchant_id = ${merchant} and purpose = ${purpose} and session = ${session}
      and tries < ${CODE_TRIES_MAX} and used_at is null and expires_at > ${now}
      and not (${isToday} and wrong_that_day >= ${dayLimits[purpose].wrong})
    returning ${isRight} as is_right, tries`.execute(tx);
  const [row] = rows;
  return row && { isRight: row.is_right, left: CODE_TRIES_MAX - row.tries };
}

/** Uses what a code has proved, once, and says for which phone. */
export async function takeProof(
  tx: Tx,
  merchant: MerchantId,
  { purpose, session }: CodeKey,
  now: Date,
): Promise<string | undefined> {
  const row = await tx
    .updateTable("one_time_codes")
    .set({ used_at: now })
    .where("merchant_id", "=", merchant)
    .where("purpose", "=", purpose)
    .where("session", "=", session)
    .where("verified_at", ">", after(now, -PROOF_LIFETIME_MS))
    .where("used_at", "is", null)
    .returning("phone")
    .executeTakeFirst();
  return row?.phone;
}

/**
 * Uses what a code has proved and gives it to another session, which then has it as its own. That
 * one has no code: nothing that is typed is right there. False where there is nothing to give.
 */
export async function passProof(
  tx: Tx,
  merchant: MerchantId,
  { purpose, session }: CodeKey,
  to: string,
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    with given as (
      update one_time_codes set used_at = ${now}
      where merchant_id = ${merchant} and purpose = ${purpose} and session = ${session}
        and verified_at > ${after(now, -PROOF_LIFETIME_MS)} and used_at is null
      returning *
    )
    insert into one_time_codes as c
      (merchant_id, purpose, session, phone, code_hash, sent_at, expires_at, tries, verified_at)
    select merchant_id, purpose, ${to}, phone, '', sent_at, expires_at, tries, verified_at
    from given
    on conflict (merchant_id, purpose, session) do update set phone = excluded.phone,
      sent_at = excluded.sent_at, expires_at = excluded.expires_at, tries = excluded.tries,
      verified_at = excluded.verified_at, used_at = null`.execute(tx);
  return (numAffectedRows ?? 0n) > 0n;
}

/**
 * Makes a used code good again, as far as its time goes. Another use of it, and a code that was
 * sent since, are left alone: both have another moment.
 */
export async function unuseCode(
  tx: Tx,
  merchant: MerchantId,
  { purpose, session }: CodeKey,
  usedAt: Date,
): Promise<void> {
  await tx
    .updateTable("one_time_codes")
    .set({ used_at: null })
    .where("merchant_id", "=", merchant)
    .where("purpose", "=", purpose)
    .where("session", "=", session)
    .where("used_at", "=", usedAt)
    .execute();
}

/** Deletes codes whose time was over before `before`, used or not, and says how many. */
export async function dropCodes(db: Reader, merchant: MerchantId, before: Date): Promise<number> {
  const done = await db
    .deleteFrom("one_time_codes")
    .where("merchant_id", "=", merchant)
    .where("expires_at", "<", before)
    .executeTakeFirst();
  return Number(done.numDeletedRows);
}
