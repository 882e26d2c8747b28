import { type RawBuilder, sql } from "kysely";
import type { Reader } from "../db/transaction.ts";
import type { DatedEvent } from "../events/event.rules.ts";
import { eventsInsert } from "../events/index.ts";
import type { Entry } from "../ledger/entry.rules.ts";
import { entriesInsert } from "../ledger/index.ts";
import type { Done } from "./payment.rules.ts";
import { attemptRow, paymentRow } from "./rows.ts";
import type { Settlement } from "./settle.rules.ts";

/**
 * The statements that every charge runs, each for a whole batch, which travels as one JSON text.
 * Rows to change are proposed as inserts that conflict with the primary key: so they are found by
 * that key and no other way. A join would be planned, and a plan that was cached while the tables
 * were small reads them whole when they have grown.
 */

/** Opens charges: payment and attempt, both or none. Answers the ids of those that were opened. */
export async function insertCharges(db: Reader, charges: readonly Done[]): Promise<Set<string>> {
  const payments = JSON.stringify(charges.map((each) => paymentRow(each.payment)));
  const attempts = JSON.stringify(charges.map((each) => attemptRow(each.attempt)));
  const { rows } = await sql<{ payment_id: string }>`/* open_charges */
    with taken as (
      insert into payments select * from json_populate_recordset(null::payments, ${payments}::json)
      on conflict on constraint one_use_of_reference do nothing
      returning merchant_id, id
    )
    insert into payment_attempts
    select a.* from json_populate_recordset(null::payment_attempts, ${attempts}::json) a
      join taken t on t.merchant_id = a.merchant_id and t.id = a.payment_id
    returning payment_id`.execute(db);
  return new Set(rows.map((row) => row.payment_id));
}

/**
 * Opens captures, voids and refunds, each decided by the version of its payment that it carries.
 * Changing the payment's version is what makes two deciders meet. Answers the ids of the attempts
 * that were opened; the others were decided by what is no longer so.
 */
export async function insertFollowUps(db: Reader, asks: readonly Done[]): Promise<Set<string>> {
  const payments = JSON.stringify(asks.map((each) => paymentRow(each.payment)));
  const attempts = JSON.stringify(asks.map((each) => attemptRow(each.attempt)));
  const { rows } = await sql<{ id: string }>`/* open_follow_ups */
    with locked as (
      insert into payments as p
      select * from json_populate_recordset(null::payments, ${payments}::json)
      on conflict (merchant_id, id) do update set version = p.version + 1
        where p.version = excluded.version
      returning p.merchant_id, p.id
    )
    insert into payment_attempts
    select a.* from json_populate_recordset(null::payment_attempts, ${attempts}::json) a
      join locked l on l.merchant_id = a.merchant_id and l.id = a.payment_id
    on conflict (merchant_id, payment_id) where status in ('open', 'doubtful') do nothing
    returning id`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** A batch to settle: what the outcomes made of it, and the books and the news that follow. */
export type SettleBatch = Readonly<{
  settlements: readonly Settlement[];
  entries: readonly Entry[];
  events: readonly DatedEvent[];
}>;

/** What a later part of the statement writes only for attempts that were settled in it. */
const settledHere = (merchantId: string, attemptId: string): RawBuilder<boolean> =>
  sql`exists (select from settled s
    where s.merchant_id = ${sql.raw(merchantId)} and s.id = ${sql.raw(attemptId)})`;

/**
 * Settles a batch in one statement: payments, attempts, entries, events. Compare-and-set: a payment
 * moves from the version that its outcome was applied to, an attempt only with its payment and only
 * while it is unsettled. Answers the ids of the attempts that were settled here; the others were
 * settled before, or their payment has moved on. A payment that would move without its attempt
 * breaks the statement, and with it the whole batch.
 */
export async function saveSettlements(db: Reader, batch: SettleBatch): Promise<Set<string>> {
  const { settlements, entries, events } = batch;
  const changed = settlements.filter((each) => each.isMoved);
  const payments = JSON.stringify(changed.map((each) => paymentRow(each.payment)));
  const attempts = JSON.stringify(settlements.map((each) => attemptRow(each.attempt)));
  const { rows } = await sql<{ ids: string[] }>`/* settle_attempts */
    with moved as (
      insert into payments as p
      select * from json_populate_recordset(null::payments, ${payments}::json)
      on conflict (merchant_id, id) do update set
        status = excluded.status, version = excluded.version,
        reference_slot = excluded.reference_slot, captured_minor = excluded.captured_minor,
        refunded_minor = excluded.refunded_minor, live_attempt_id = excluded.live_attempt_id,
        captured_at = excluded.captured_at
        where p.version = excluded.version - 1
      returning p.merchant_id, p.id
    ), settled as (
      insert into payment_attempts as a
      select t.* from json_populate_recordset(null::payment_attempts, ${attempts}::json) t
        where t.status = 'doubtful' or exists (select from moved m
          where m.merchant_id = t.merchant_id and m.id = t.payment_id)
      on conflict (merchant_id, id) do update set
        status = excluded.status, bank_reference = excluded.bank_reference,
        authorization_code = excluded.authorization_code,
        decline_reason = excluded.decline_reason, bank_code = excluded.bank_code,
        bank_message = excluded.bank_message, doubt = excluded.doubt,
        settled_at = excluded.settled_at, due_at = excluded.due_at
        where a.settled_at is null
      returning a.merchant_id, a.id, a.status
    ), posted as (${entriesInsert(entries, settledHere("e.merchant_id", "e.source_id"))}
    ), told as (
      ${eventsInsert(events, settledHere("v.merchant_id", "v.payload ->> 'attempt_id'"))}
    ), queued as (insert into event_outbox select merchant_id, id from told)
    select coalesce(array_agg(id), '{}') as ids,
      1 / (case when count(*) filter (where status <> 'doubtful') = (select count(*) from moved)
        then 1 else 0 end) as whole
    from settled`.execute(db);
  return new Set(rows[0]?.ids);
}
