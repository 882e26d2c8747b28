import { type Selectable, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { PaymentAttempts, Payments } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { AttemptId, MerchantId, PaymentId } from "../lib/id.ts";
import type { Attempt, Done, Payment } from "./payment.rules.ts";
import { attemptOf, attemptRow, paymentOf, paymentRow } from "./rows.ts";

const isOpen = ["open", "doubtful"] as const;

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
  const { rows } = await sql<{ id: string }>`/* open_follow_ups */
    with locked as (
      update payments p set version = p.version + 1
      from json_populate_recordset(null::payments, ${versions}::json) v
      where p.merchant_id = v.merchant_id and p.id = v.id and p.version = v.version
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
  const payments = JSON.stringify(changed.map(paymentRow));
  const attempts = JSON.stringify(settled.map((each) => attemptRow(each.attempt)));
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
      from json_populate_recordset(null::payment_attempts, ${attempts}::json) s
      where a.merchant_id = s.merchant_id and a.id = s.id and a.status in ('open', 'doubtful')
      returning a.merchant_id, a.id, a.payment_id
    ), moved as (
      update payments p set
        status = n.status, version = n.version, reference_slot = n.reference_slot,
        captured_minor = n.captured_minor, refunded_minor = n.refunded_minor,
        live_attempt_id = n.live_attempt_id, captured_at = n.captured_at
      from json_populate_recordset(null::payments, ${payments}::json) n
        join settled s on s.merchant_id = n.merchant_id and s.payment_id = n.id
      where p.merchant_id = n.merchant_id and p.id = n.id and p.version = n.version - 1
      returning p.merchant_id, p.id
    )
    select s.id, s.payment_id, m.id as moved from settled s
      left join moved m on m.merchant_id = s.merchant_id and m.id = s.payment_id`.execute(tx);
  const mustMove = new Set<string>(changed.map((payment) => payment.id));
  const stale = rows.find((row) => row.moved === null && mustMove.has(row.payment_id));
  if (stale) throw new StalePayment(`${stale.id} was applied to an outdated payment`);
  return new Set(rows.map((row) => row.id));
}

/** Marks attempts as taken back whole. */
export async function markReversed(
  tx: Tx,
  reversals: readonly Readonly<{ merchantId: MerchantId; id: AttemptId; byId: AttemptId }>[],
) {
  for (const each of reversals) {
    await tx
      .updateTable("payment_attempts")
      .set({ reversed_by_id: each.byId })
      .where("merchant_id", "=", each.merchantId)
      .where("id", "=", each.id)
      .execute();
  }
}

/**
 * Keeps what asking found out, as long as the attempt is still in doubt. Says whether it was.
 */
export async function saveDoubt(db: Reader, attempt: Attempt): Promise<boolean> {
  const done = await db
    .updateTable("payment_attempts")
    .set({
      status: attempt.status,
      doubt: attempt.doubt,
      due_at: attempt.dueAt,
      inquiries: attempt.inquiries,
      not_found_count: attempt.notFoundCount,
      first_not_found_at: attempt.firstNotFoundAt,
      safety_void_at: attempt.safetyVoidAt,
      flagged_at: attempt.flaggedAt,
    })
    .where("merchant_id", "=", attempt.merchantId)
    .where("id", "=", attempt.id)
    .where("status", "in", isOpen)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

type AttemptRow = Selectable<PaymentAttempts>;
type PaymentRow = Selectable<Payments>;

export async function readAttempt(db: Db, merchant: MerchantId, id: AttemptId) {
  const row = await db.kysely
    .selectFrom("payment_attempts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && attemptOf(row);
}

export async function readPayment(db: Db, merchant: MerchantId, id: PaymentId) {
  const row = await db.kysely
    .selectFrom("payments")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && paymentOf(row);
}

/** An attempt with its payment, by the attempt's id or its number on the wire. */
export async function readDone(
  db: Db,
  merchant: MerchantId,
  by: Readonly<{ attemptId: AttemptId } | { xact: bigint } | { requestKey: string }>,
): Promise<Done | undefined> {
  let query = db.kysely
    .selectFrom("payment_attempts")
    .selectAll()
    .where("merchant_id", "=", merchant);
  if ("attemptId" in by) query = query.where("id", "=", by.attemptId);
  else if ("xact" in by) query = query.where("xact", "=", by.xact);
  else query = query.where("request_key", "=", by.requestKey);
  const row = await query.executeTakeFirst();
  if (!row) return undefined;
  const attempt = attemptOf(row);
  const payment = await readPayment(db, merchant, attempt.paymentId);
  return payment && { payment, attempt };
}

/** Every charge under a reference, newest first: declined ones leave the reference free. */
export async function readByReference(db: Db, merchant: MerchantId, reference: string) {
  const payments = await db.kysely
    .selectFrom("payments")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("reference", "=", reference)
    .orderBy("id", "desc")
    .limit(REFERENCE_USES_MAX)
    .execute();
  return withCharges(db, merchant, payments);
}
/** Of a reference that was tried more often, the newest are shown. */
const REFERENCE_USES_MAX = 100;

async function withCharges(db: Db, merchant: MerchantId, payments: PaymentRow[]): Promise<Done[]> {
  if (payments.length === 0) return [];
  const attempts = await db.kysely
    .selectFrom("payment_attempts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where(
      "id",
      "in",
      payments.map((each) => each.id.replace("pay_", "att_")),
    )
    .execute();
  const byPayment = new Map(attempts.map((row: AttemptRow) => [row.payment_id, attemptOf(row)]));
  return payments.flatMap((row) => {
    const attempt = byPayment.get(row.id);
    return attempt ? [{ payment: paymentOf(row), attempt }] : [];
  });
}

/** The one attempt that is not settled, if there is one: the lock on the payment. */
export async function readUnsettled(db: Db, merchant: MerchantId, payment: PaymentId) {
  const row = await db.kysely
    .selectFrom("payment_attempts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("payment_id", "=", payment)
    .where("status", "in", isOpen)
    .executeTakeFirst();
  return row && attemptOf(row);
}

/** The attempt that was made because `id` was declined, if there is one. */
export async function readInstead(db: Db, merchant: MerchantId, of: Attempt) {
  const row = await db.kysely
    .selectFrom("payment_attempts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("payment_id", "=", of.paymentId)
    .where("kind", "not in", ["sale", "hold"])
    .where("instead_of_id", "=", of.id)
    .executeTakeFirst();
  return row && attemptOf(row);
}

/** Which merchants have attempts to ask about, each by its own clock. */
export async function merchantsWithDue(db: Db, now: Date): Promise<MerchantId[]> {
  const { rows } = await sql<{ id: MerchantId }>`
    select m.id from merchants m where exists (
      select from payment_attempts a where a.merchant_id = m.id
        and a.status in ('open', 'doubtful')
        and a.due_at <= ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond')
    order by m.id`.execute(db.kysely);
  return rows.map((row) => row.id);
}

/** Leases due attempts of one merchant by moving `due_at`: a crashed worker's fall due again. */
export async function leaseDue(
  db: Db,
  merchant: MerchantId,
  now: Date,
  until: Date,
  most: number,
): Promise<Attempt[]> {
  const { rows } = await sql<AttemptRow>`
    with due as (
      select id from payment_attempts where merchant_id = ${merchant}
        and status in ('open', 'doubtful') and due_at <= ${now}
      order by due_at limit ${most} for update skip locked
    )
    update payment_attempts a set due_at = ${until} from due
    where a.merchant_id = ${merchant} and a.id = due.id
    returning a.*`.execute(db.kysely);
  return rows.map(attemptOf);
}
