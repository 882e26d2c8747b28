import { sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import type { Done, Payment } from "./payment.rules.ts";
import { attemptRow, movedPaymentRow, paymentRow, settledAttemptRow } from "./rows.ts";

/**
 * The statements that every charge runs, each for a whole batch. A batch travels as one JSON text.
 * Rows to change are also named by arrays of ids: a plan that finds them by primary key stays right
 * however the tables grow after it was cached.
 */

const unique = (values: readonly string[]): string[] => [...new Set(values)];

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
  const versions = JSON.stringify(
    asks.map(({ payment: p }) => ({ merchant_id: p.merchantId, id: p.id, version: p.version })),
  );
  const attempts = JSON.stringify(asks.map((each) => attemptRow(each.attempt)));
  const merchantIds = unique(asks.map((each) => each.payment.merchantId));
  const paymentIds = asks.map((each) => each.payment.id);
  const { rows } = await sql<{ id: string }>`/* open_follow_ups */
    with locked as (
      update payments p set version = p.version + 1
      from json_to_recordset(${versions}::json) as v(merchant_id text, id text, version int)
      where p.merchant_id = any(${merchantIds}::text[]) and p.id = any(${paymentIds}::text[])
        and p.merchant_id = v.merchant_id and p.id = v.id and p.version = v.version
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
  const attempts = JSON.stringify(settled.map((each) => settledAttemptRow(each.attempt)));
  const payments = JSON.stringify(changed.map(movedPaymentRow));
  const merchantIds = unique(settled.map((each) => each.payment.merchantId));
  const attemptIds = settled.map((each) => each.attempt.id);
  const paymentIds = changed.map((payment) => payment.id);
  const { rows } = await sql<{
    id: string;
    payment_id: string;
    moved: string | null;
  }>`/* settle_attempts */
    with settled as (
      update payment_attempts a set
        status = s.status, bank_reference = s.bank_reference,
        authorization_code = s.authorization_code, decline_reason = s.decline_reason,
        bank_code = s.bank_code, bank_message = s.bank_message, doubt = s.doubt,
        settled_at = s.settled_at, due_at = s.due_at
      from json_to_recordset(${attempts}::json) as s(merchant_id text, id text, status text,
        bank_reference text, authorization_code text, decline_reason text, bank_code text,
        bank_message text, doubt text, settled_at timestamptz, due_at timestamptz)
      where a.merchant_id = any(${merchantIds}::text[]) and a.id = any(${attemptIds}::text[])
        and a.merchant_id = s.merchant_id and a.id = s.id and a.settled_at is null
      returning a.merchant_id, a.id, a.payment_id
    ), moved as (
      update payments p set
        status = n.status, version = n.version, reference_slot = n.reference_slot,
        captured_minor = n.captured_minor, refunded_minor = n.refunded_minor,
        live_attempt_id = n.live_attempt_id, captured_at = n.captured_at
      from json_to_recordset(${payments}::json) as n(merchant_id text, id text, status text,
        version int, reference_slot text, captured_minor bigint, refunded_minor bigint,
        live_attempt_id text, captured_at timestamptz)
      where p.merchant_id = any(${merchantIds}::text[]) and p.id = any(${paymentIds}::text[])
        and p.merchant_id = n.merchant_id and p.id = n.id and p.version = n.version - 1
        and exists (select from settled s
          where s.merchant_id = p.merchant_id and s.payment_id = p.id)
      returning p.merchant_id, p.id
    )
    select s.id, s.payment_id, m.id as moved from settled s
      left join moved m on m.merchant_id = s.merchant_id and m.id = s.payment_id`.execute(tx);
  const mustMove = new Set<string>(paymentIds);
  const stale = rows.find((row) => row.moved === null && mustMove.has(row.payment_id));
  if (stale) throw new StalePayment(`${stale.id} was applied to an outdated payment`);
  return new Set(rows.map((row) => row.id));
}
