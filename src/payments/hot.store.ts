import { sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import type { Done, Payment } from "./payment.rules.ts";
import { attemptRow, paymentRow } from "./rows.ts";

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

/** A payment moved on since it was read: read it again and apply the outcome to what it is now. */
export class StalePayment extends Error {}

/**
 * Compare-and-set: of two settlers one writes. `changed` are the payments that change with their
 * attempts. Answers the ids of the attempts that were settled here. Throws `StalePayment`, with
 * nothing written, when a payment is not at the version that its outcome was applied to.
 */
export async function saveSettlements(
  tx: Tx,
  settled: readonly Done[],
  changed: readonly Payment[],
): Promise<Set<string>> {
  const attempts = JSON.stringify(settled.map((each) => attemptRow(each.attempt)));
  const payments = JSON.stringify(changed.map(paymentRow));
  const { rows } = await sql<{
    id: string;
    payment_id: string;
    moved: string | null;
  }>`/* settle_attempts */
    with settled as (
      insert into payment_attempts as a
      select * from json_populate_recordset(null::payment_attempts, ${attempts}::json)
      on conflict (merchant_id, id) do update set
        status = excluded.status, bank_reference = excluded.bank_reference,
        authorization_code = excluded.authorization_code,
        decline_reason = excluded.decline_reason, bank_code = excluded.bank_code,
        bank_message = excluded.bank_message, doubt = excluded.doubt,
        settled_at = excluded.settled_at, due_at = excluded.due_at
        where a.settled_at is null
      returning a.merchant_id, a.id, a.payment_id
    ), moved as (
      insert into payments as p
      select n.* from json_populate_recordset(null::payments, ${payments}::json) n
        where exists (select from settled s
          where s.merchant_id = n.merchant_id and s.payment_id = n.id)
      on conflict (merchant_id, id) do update set
        status = excluded.status, version = excluded.version,
        reference_slot = excluded.reference_slot, captured_minor = excluded.captured_minor,
        refunded_minor = excluded.refunded_minor, live_attempt_id = excluded.live_attempt_id,
        captured_at = excluded.captured_at
        where p.version = excluded.version - 1
      returning p.merchant_id, p.id
    )
    select s.id, s.payment_id, m.id as moved from settled s
      left join moved m on m.merchant_id = s.merchant_id and m.id = s.payment_id`.execute(tx);
  const mustMove = new Set<string>(changed.map((payment) => payment.id));
  const stale = rows.find((row) => row.moved === null && mustMove.has(row.payment_id));
  if (stale) throw new StalePayment(`${stale.id} was applied to an outdated payment`);
  return new Set(rows.map((row) => row.id));
}
