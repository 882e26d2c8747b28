import { type Selectable, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Payouts } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import { istanbulDay } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Payout } from "./payout.rules.ts";
import type { RefusalReason } from "./provider.rules.ts";
import { payoutOf, receiverColumns } from "./rows.ts";

/** The month, in Istanbul, in which a client's code is used once: `yyyy-MM`. */
const monthOf = (at: Date): string => istanbulDay(at).slice(0, 7);

export async function insertPayout(tx: Tx, payout: Payout, leasedUntil: Date | null) {
  await tx
    .insertInto("payouts")
    .values({
      merchant_id: payout.merchantId,
      number: payout.number,
      kind: payout.kind,
      guid: payout.guid,
      party: payout.party,
      member: payout.member,
      connection: payout.connection,
      currency: payout.currency,
      amount_minor: payout.amountMinor,
      count: payout.count,
      date_from: payout.days?.from ?? null,
      date_to: payout.days?.to ?? null,
      code: payout.code,
      code_month: payout.code === null ? null : monthOf(payout.createdAt),
      ...receiverColumns(payout.receiver),
      description: payout.description,
      details: JSON.stringify(payout.details),
      state: payout.state,
      runs: payout.runs,
      failure: payout.failure,
      due_at: payout.dueAt,
      leased_until: leasedUntil,
      created_at: payout.createdAt,
      settled_at: payout.settledAt,
    })
    .execute();
}

/** Lets payouts of one code be made one after the other, and reads those made about that time. */
export async function lockCode(
  tx: Tx,
  merchant: MerchantId,
  code: string,
  { from, to }: Readonly<{ from: Date; to: Date }>,
): Promise<Payout[]> {
  const lock = `payout code ${merchant} ${code}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(tx);
  const rows = await tx
    .selectFrom("payouts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("code", "=", code)
    .where("created_at", ">=", from)
    .where("created_at", "<=", to)
    .execute();
  return rows.map(payoutOf);
}

/** A payout by its number, its guid, or the newest of a client's code. */
export type PayoutName = Readonly<{ number: bigint } | { guid: string } | { code: string }>;

export async function readPayout(
  db: Reader,
  merchant: MerchantId,
  name: PayoutName,
): Promise<Payout | undefined> {
  const query = db.selectFrom("payouts").selectAll().where("merchant_id", "=", merchant);
  const named =
    "number" in name
      ? query.where("number", "=", name.number)
      : "guid" in name
        ? query.where("guid", "=", name.guid)
        : query.where("code", "=", name.code).orderBy("code_month", "desc").limit(1);
  const row = await named.executeTakeFirst();
  return row && payoutOf(row);
}

/**
 * Asks for a payout that failed once more, with what is left of it. False for one that did not
 * fail: whoever was first has it.
 */
export async function requeuePayout(
  tx: Tx,
  merchant: MerchantId,
  number: bigint,
  { amountMinor, count }: Pick<Payout, "amountMinor" | "count">,
  now: Date,
): Promise<boolean> {
  const queued = { state: "queued", failure: "", due_at: now, settled_at: null } as const;
  const done = await tx
    .updateTable("payouts")
    .set({ ...queued, leased_until: null, amount_minor: amountMinor, count })
    .where("merchant_id", "=", merchant)
    .where("number", "=", number)
    .where("state", "=", "failed")
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/**
 * Merchants with payouts that are due by their own clocks. A blocked merchant sends nothing more;
 * what was sent is asked about all the same. `now` is the real time.
 */
export async function merchantsWithDue(db: Db, now: Date): Promise<MerchantId[]> {
  const { rows } = await sql<{ id: MerchantId }>`
    select m.id from merchants m
    cross join lateral (
      select ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond' as at) c
    cross join lateral (
      select from payouts p where p.merchant_id = m.id and p.due_at <= c.at
        and (p.leased_until is null or p.leased_until <= c.at)
        and (m.status = 'active' or p.state <> 'queued')
      order by p.due_at limit 1) due
    order by m.id`.execute(db.kysely);
  return rows.map((row) => row.id);
}

export type LeaseAsk = Readonly<{ now: Date; until: Date; onlySent: boolean; most: number }>;

/** Takes what is due of one merchant, the oldest first: a crashed worker's falls due again. */
export async function leaseDue(db: Db, merchant: MerchantId, ask: LeaseAsk): Promise<Payout[]> {
  const { now, until, onlySent, most } = ask;
  const { rows } = await sql<Selectable<Payouts>>`
    with due as materialized (
      select number from payouts
      where merchant_id = ${merchant} and due_at <= ${now}
        and (leased_until is null or leased_until <= ${now})
        and (state <> 'queued' or not ${onlySent}::boolean)
      order by due_at limit ${most} for update skip locked
    )
    update payouts p set leased_until = ${until} from due
    where p.merchant_id = ${merchant} and p.number = due.number
    returning p.*`.execute(db.kysely);
  return rows.map(payoutOf);
}

/**
 * Takes a queued payout for its next run, and answers it as it is now. `undefined` when it is no
 * longer as it was read: somebody else is at it.
 */
export async function markSending(
  tx: Tx,
  payout: Payout,
  dueAt: Date,
): Promise<Payout | undefined> {
  const row = await tx
    .updateTable("payouts")
    .set({ state: "sending", runs: payout.runs + 1, due_at: dueAt, leased_until: null })
    .where("merchant_id", "=", payout.merchantId)
    .where("number", "=", payout.number)
    .where("state", "=", "queued")
    .where("runs", "=", payout.runs)
    .returningAll()
    .executeTakeFirst();
  return row && payoutOf(row);
}

/** When a payout that is being sent is looked at next. */
export async function setDue(tx: Tx, payout: Payout, dueAt: Date): Promise<void> {
  await tx
    .updateTable("payouts")
    .set({ due_at: dueAt, leased_until: null })
    .where("merchant_id", "=", payout.merchantId)
    .where("number", "=", payout.number)
    .where("state", "=", "sending")
    .execute();
}

/** Puts a payout back into the queue, its run having ended without anything having been sent. */
export async function putBack(tx: Tx, payout: Payout, dueAt: Date): Promise<void> {
  await tx
    .updateTable("payouts")
    .set({ state: "queued", due_at: dueAt, leased_until: null })
    .where("merchant_id", "=", payout.merchantId)
    .where("number", "=", payout.number)
    .where("state", "=", "sending")
    .execute();
}

/** How a payout ended. Of what is bound the bank is asked again, until that is over. */
type End = Readonly<{
  state: "paid" | "failed";
  failure: RefusalReason | "";
  isBound: boolean;
  dueAt: Date | null;
  at: Date;
}>;

/** Ends a payout whose run has ended. */
export async function endPayout(
  tx: Tx,
  payout: Payout,
  { state, failure, isBound, dueAt, at }: End,
): Promise<void> {
  await tx
    .updateTable("payouts")
    .set({ state, failure, is_bound: isBound, settled_at: at, due_at: dueAt, leased_until: null })
    .where("merchant_id", "=", payout.merchantId)
    .where("number", "=", payout.number)
    .where("state", "=", "sending")
    .execute();
}

/** When a payout that stays as it was read is looked at next; not once it has moved on. */
export async function lookAgain(tx: Tx, payout: Payout, dueAt: Date | null): Promise<void> {
  await tx
    .updateTable("payouts")
    .set({ due_at: dueAt, leased_until: null })
    .where("merchant_id", "=", payout.merchantId)
    .where("number", "=", payout.number)
    .where("state", "=", payout.state)
    .where("runs", "=", payout.runs)
    .execute();
}

/**
 * Keeps everybody from a payout until the transaction ends, and says what it pays if what is in it
 * has stayed in it since a run of it was denied.
 */
export async function lockBound(tx: Tx, { merchantId, number }: Payout) {
  const row = await tx
    .selectFrom("payouts")
    .select(["is_bound", "amount_minor"])
    .where("merchant_id", "=", merchantId)
    .where("number", "=", number)
    .forUpdate()
    .executeTakeFirst();
  return row?.is_bound ? row.amount_minor : undefined;
}

/** Makes a payout that the caller has locked paid, whatever it was. */
export async function correctPayout(
  tx: Tx,
  payout: Payout,
  { isBound, dueAt, at }: Pick<End, "isBound" | "dueAt" | "at">,
): Promise<void> {
  const ended = { state: "paid", failure: "", is_bound: isBound, settled_at: at } as const;
  await tx
    .updateTable("payouts")
    .set({ ...ended, due_at: dueAt, leased_until: null })
    .where("merchant_id", "=", payout.merchantId)
    .where("number", "=", payout.number)
    .execute();
}
