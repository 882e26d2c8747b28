import { type Selectable, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { PaymentWatches } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import { isoText } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Watch, WatchedStatus, WatchStatus } from "./watch.rules.ts";

/** A row as it goes into a statement: a whole batch travels as one JSON text. */
const watchRow = (watch: Watch) => ({
  merchant_id: watch.merchantId,
  number: watch.number.toString(),
  sale: watch.sale?.toString(),
  page: watch.page?.toString(),
  action: watch.action,
  statuses: watch.statuses,
  url: watch.url,
  state: watch.state,
  last_status: watch.lastStatus,
  is_back: watch.isBack,
  looks: watch.looks,
  due_at: watch.dueAt && isoText(watch.dueAt),
  created_at: isoText(watch.createdAt),
});

const watchOf = (row: Selectable<PaymentWatches>): Watch => ({
  merchantId: row.merchant_id as MerchantId,
  number: row.number,
  sale: row.sale,
  page: row.page,
  action: row.action,
  statuses: row.statuses as WatchedStatus[],
  url: row.url,
  state: row.state,
  lastStatus: row.last_status,
  newStatus: row.new_status,
  isBack: row.is_back,
  looks: row.looks,
  dueAt: row.due_at,
  createdAt: row.created_at,
});

/** The insert of watches, as a part of the statement that stores what they watch. */
export const watchesInsert = (watches: readonly Watch[]) =>
  sql`insert into payment_watches select w.* from json_populate_recordset(
    null::payment_watches, ${JSON.stringify(watches.map(watchRow))}::json) w`;

/** Stores a watch of something that the transaction stores too. */
export async function insertWatch(tx: Tx, watch: Watch): Promise<void> {
  await watchesInsert([watch]).execute(tx);
}

type Key = Pick<Watch, "merchantId" | "number">;
const byKey = ({ merchantId, number }: Key) =>
  sql<boolean>`merchant_id = ${merchantId} and number = ${number}`;

export async function readWatch(db: Reader, key: Key): Promise<Watch | undefined> {
  const row = await db
    .selectFrom("payment_watches")
    .selectAll()
    .where(byKey(key))
    .executeTakeFirst();
  return row && watchOf(row);
}

/** Whether money of a sale is back that nobody was told of. */
const isTakenBack = sql<boolean>`(action = 'cancel' and is_back and known_at is null)`;

/** Whether a watch may yet give the money of a sale back, or does, and whether it is back so. */
export type Claims = Readonly<{ mayReturn: boolean; isReturning: boolean; isBack: boolean }>;

export async function readClaims(db: Reader, merchant: MerchantId, sale: bigint): Promise<Claims> {
  const { rows } = await sql<Claims>`select
      coalesce(bool_or(action = 'cancel' and state = 'waiting' and known_at is null), false)
        as "mayReturn",
      coalesce(bool_or(state = 'returning'), false) as "isReturning",
      coalesce(bool_or(${isTakenBack}), false) as "isBack"
    from payment_watches where merchant_id = ${merchant} and sale = ${sale}`.execute(db);
  return rows[0]!;
}

/** What is told of a sale, to whom it asked for or its payer: `taken` that money was taken. */
export type Telling = Readonly<{ taken: boolean; status?: WatchStatus | undefined }>;

/**
 * Writes down, before it is told, what is told of a sale. False where money is, or was, given back
 * of which nobody had been told: then nobody is told any more that it was taken. Of this and the
 * claim of a watch on the same row, one comes first.
 */
export async function markTold(
  db: Reader,
  merchant: MerchantId,
  sale: bigint,
  { taken, status }: Telling,
  now: Date,
  but?: bigint,
): Promise<boolean> {
  const { rows } = await sql<{ isGoing: boolean }>`/* mark_told */
    update payment_watches set
      known_at = case when ${taken} and state = 'waiting'
        then coalesce(known_at, ${now}) else known_at end,
      last_status = case when state = 'waiting'
        then coalesce(${status ?? null}, last_status) else last_status end
    where merchant_id = ${merchant} and sale = ${sale} and number <> ${but ?? 0n}
    returning state = 'returning' or ${isTakenBack} as "isGoing"`.execute(db);
  return !taken || !rows.some(({ isGoing }) => isGoing);
}

/**
 * Takes it upon a watch to give the money of its sale back, where nobody was told that it was taken
 * and nobody has approved anything of it: else the money is `known`. `busy` while another watch
 * does. The caller holds the sale's lock.
 */
export async function claimReturn(
  tx: Tx,
  { merchantId, number, sale }: Watch,
): Promise<"claimed" | "busy" | "known"> {
  const other = await tx
    .selectFrom("payment_watches")
    .select("number")
    .where(sql<boolean>`merchant_id = ${merchantId} and sale = ${sale} and number <> ${number}`)
    .where("state", "=", "returning")
    .executeTakeFirst();
  if (other) return "busy";
  const done = await tx
    .updateTable("payment_watches")
    .set({ state: "returning" })
    .where(byKey({ merchantId, number }))
    .where("state", "in", ["waiting", "returning"])
    .where("known_at", "is", null)
    .where(
      sql<boolean>`not exists (select from approvals a
        where a.merchant_id = ${merchantId} and a.sale = ${sale})`,
    )
    .executeTakeFirst();
  return done.numUpdatedRows > 0n ? "claimed" : "known";
}

/** Whether a watch gives money back. Until the end of the transaction that stays as it is. */
export async function lockReturning(tx: Tx, key: Key): Promise<boolean> {
  const row = await tx
    .selectFrom("payment_watches")
    .select("state")
    .where(byKey(key))
    .forUpdate()
    .executeTakeFirst();
  return row?.state === "returning";
}

/** Has a watch that is not done looked at again. */
export async function putOff(db: Reader, { merchantId, number, looks }: Watch, until: Date) {
  await db
    .updateTable("payment_watches")
    .set({ due_at: until, leased_until: null, looks: looks + 1 })
    .where(byKey({ merchantId, number }))
    .where("state", "<>", "done")
    .execute();
}

/** How a watch ends; without a new status it found nothing that it was to look at. */
export type WatchEnd = Readonly<{
  lastStatus: WatchStatus;
  newStatus: WatchStatus | null;
  isBack: boolean;
}>;

/** Ends a watch. Of two that do, one did. */
export async function endWatch(
  db: Reader,
  key: Key,
  { lastStatus, newStatus, isBack }: WatchEnd,
  now: Date,
): Promise<boolean> {
  const done = await db
    .updateTable("payment_watches")
    .set({
      ...{ state: "done", last_status: lastStatus, new_status: newStatus, is_back: isBack },
      ...{ due_at: null, leased_until: null, ended_at: now },
    })
    .where(byKey(key))
    .where("state", "<>", "done")
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Which merchants have watches that fell due, each by its own clock. */
export async function merchantsWithWatches(db: Db, now: Date): Promise<MerchantId[]> {
  const { rows } = await sql<{ id: MerchantId }>`
    select m.id from merchants m where exists (
      select from payment_watches w where w.merchant_id = m.id
        and w.due_at <= ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond'
        and (w.leased_until is null or w.leased_until
          <= ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond'))
    order by m.id`.execute(db.kysely);
  return rows.map((row) => row.id);
}

/** Leases due watches of one merchant; those of a process that ended are leased again. */
export async function leaseWatches(
  db: Db,
  merchant: MerchantId,
  now: Date,
  until: Date,
  most: number,
): Promise<Watch[]> {
  const { rows } = await sql<Selectable<PaymentWatches>>`
    with due as (
      select number from payment_watches where merchant_id = ${merchant} and due_at <= ${now}
        and (leased_until is null or leased_until <= ${now})
      order by due_at limit ${most} for update skip locked
    )
    update payment_watches w set leased_until = ${until} from due
    where w.merchant_id = ${merchant} and w.number = due.number
    returning w.*`.execute(db.kysely);
  return rows.map(watchOf);
}
