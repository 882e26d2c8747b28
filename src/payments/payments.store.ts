import { type Selectable, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { PaymentAttempts } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import type { AttemptId, MerchantId, PaymentId } from "../lib/id.ts";
import type { AskedBy } from "./doubt.rules.ts";
import { type Attempt, chargeIdOf, type Done, isSettled, type Payment } from "./payment.rules.ts";
import { attemptOf, paymentOf } from "./rows.ts";

const isOpen = ["open", "doubtful"] as const;

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
 * Keeps what asking found out, as long as the attempt is still in doubt. Says whether it was. Only
 * who asked by the schedule holds the attempt's lease and writes when it is asked next.
 */
export async function saveDoubt(db: Reader, attempt: Attempt, by: AskedBy): Promise<boolean> {
  const { dueAt, inquiries, flaggedAt } = attempt;
  const done = await db
    .updateTable("payment_attempts")
    .set({
      status: attempt.status,
      doubt: attempt.doubt,
      not_found_count: attempt.notFoundCount,
      first_not_found_at: attempt.firstNotFoundAt,
      // Never taken away: who read the attempt before it was decided does not know of it.
      ...(attempt.safetyVoidAt && { safety_void_at: attempt.safetyVoidAt }),
      ...(by === "schedule" && { due_at: dueAt, inquiries, flagged_at: flaggedAt }),
    })
    .where("merchant_id", "=", attempt.merchantId)
    .where("id", "=", attempt.id)
    .where("status", "in", isOpen)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/**
 * Stores that a charge in doubt is taken back, unless its payment has moved since it was read; the
 * charge as it then is. Its payment moves to the next version, so that no outcome that was applied
 * to the one before is written any more.
 */
export async function decideSafetyVoid(
  tx: Tx,
  { payment, attempt }: Done,
  by: AskedBy,
): Promise<Done | undefined> {
  const version = payment.version + 1;
  const moved = await tx
    .updateTable("payments")
    .set({ version })
    .where("merchant_id", "=", payment.merchantId)
    .where("id", "=", payment.id)
    .where("version", "=", payment.version)
    .where("status", "=", "pending")
    .executeTakeFirst();
  if (moved.numUpdatedRows === 0n) return undefined;
  assert(await saveDoubt(tx, attempt, by), "a charge settles with its payment's version");
  return { payment: { ...payment, version }, attempt };
}

type AttemptRow = Selectable<PaymentAttempts>;

/** The attempts of these ids that there are, in no order. */
export async function readAttempts(
  db: Db,
  merchant: MerchantId,
  ids: readonly AttemptId[],
): Promise<Attempt[]> {
  if (ids.length === 0) return [];
  const rows = await db.kysely
    .selectFrom("payment_attempts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("id", "in", ids)
    .execute();
  return rows.map(attemptOf);
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

/**
 * An attempt with its payment, by the attempt's id or its number on the wire. What ends a doubt, or
 * takes its charge back, moves the payment: so an attempt in doubt is never older than its payment,
 * and what is decided by both is decided by what they were together, or refused by the version.
 */
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
  if (!payment || isSettled(attempt)) return payment && { payment, attempt };
  const [current] = await readAttempts(db, merchant, [attempt.id]);
  if (!current || !isSettled(current)) return current && { payment, attempt: current };
  const moved = await readPayment(db, merchant, attempt.paymentId);
  return moved && { payment: moved, attempt: current };
}

/** Attempts with their payments, in no order: two statements, however many there are. */
export async function readDones(
  db: Db,
  merchant: MerchantId,
  ids: readonly AttemptId[],
): Promise<Done[]> {
  const attempts = await readAttempts(db, merchant, ids);
  if (attempts.length === 0) return [];
  const paymentIds = [...new Set(attempts.map(({ paymentId }) => paymentId))];
  const rows = await db.kysely
    .selectFrom("payments")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("id", "in", paymentIds)
    .execute();
  const payments = new Map(rows.map(paymentOf).map((payment) => [payment.id, payment]));
  return attempts.flatMap((attempt) => {
    const payment = payments.get(attempt.paymentId);
    return payment ? [{ payment, attempt }] : [];
  });
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
  return withCharges(db, merchant, payments.map(paymentOf));
}
/** Of a reference that was tried more often, the newest are shown. */
const REFERENCE_USES_MAX = 100;

async function withCharges(db: Db, merchant: MerchantId, payments: Payment[]): Promise<Done[]> {
  const attempts = await readAttempts(db, merchant, payments.map(chargeIdOf));
  const byPayment = new Map(attempts.map((attempt) => [attempt.paymentId, attempt]));
  return payments.flatMap((payment) => {
    const attempt = byPayment.get(payment.id);
    return attempt ? [{ payment, attempt }] : [];
  });
}

/**
 * Gives a payment another reference, and answers it as it then is. Violates `one_use_of_reference`
 * where another payment has that.
 */
export async function giveReference(tx: Tx, payment: Payment, reference: string): Promise<Payment> {
  if (payment.reference === reference) return payment;
  await tx
    .updateTable("payments")
    .set({ reference })
    .where("merchant_id", "=", payment.merchantId)
    .where("id", "=", payment.id)
    .execute();
  return { ...payment, reference };
}

/** Holds a payment: nothing is opened on it, and nothing of it settled, until the end. */
export async function lockPayment(tx: Tx, merchant: MerchantId, id: PaymentId): Promise<void> {
  await tx
    .selectFrom("payments")
    .select("id")
    .where("merchant_id", "=", merchant)
    .where("id", "=", id)
    .forUpdate()
    .execute();
}

/** Whoever decided something by this payment, and has not opened it yet, decides it anew. */
export async function touchPayment(tx: Tx, merchant: MerchantId, id: PaymentId): Promise<void> {
  await tx
    .updateTable("payments")
    .set((eb) => ({ version: eb("version", "+", 1) }))
    .where("merchant_id", "=", merchant)
    .where("id", "=", id)
    .execute();
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
