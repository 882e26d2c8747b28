import { inTx } from "../db/transaction.ts";
import { emit } from "../events/index.ts";
import { after } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { askAtBank, safetyVoidAtBank } from "./at-bank.ts";
import type { PaymentsDeps } from "./deps.ts";
import { type AskedBy, afterFinding, afterSafetyVoid, type DoubtStep } from "./doubt.rules.ts";
import { type Attempt, type Done, isSettled, type Payment } from "./payment.rules.ts";
import { leaseDue, merchantsWithDue, readDone, saveDoubt } from "./payments.store.ts";
import { eventOf } from "./settle.rules.ts";
import { settle } from "./settle.ts";

/** Longer than an inquiry and a void take together. */
const ASK_LEASE_MS = 90_000;
const LEASE_MAX = 50;
const AT_ONCE_MAX = 10;
/** An open attempt younger than this is surely under way in another request. */
const UNDER_WAY_MS = 3_000;

async function take(deps: PaymentsDeps, done: Done, step: DoubtStep, by: AskedBy): Promise<Done> {
  switch (step.do) {
    case "settle":
      return settle(deps, done, step.outcome);
    case "ask_again":
      await saveDoubt(deps.db.kysely, step.attempt, by);
      return { payment: done.payment, attempt: step.attempt };
    case "flag":
      await flag(deps, done.payment, step.attempt);
      return { payment: done.payment, attempt: step.attempt };
    case "safety_void": {
      // Stored first: a crash after the void must leave the trace that one was sent.
      await saveDoubt(deps.db.kysely, step.attempt, by);
      const asked = { payment: done.payment, attempt: step.attempt };
      const outcome = await safetyVoidAtBank(deps, asked);
      const now = await merchantTime(deps, done.payment.merchantId);
      return take(deps, asked, afterSafetyVoid(step.attempt, outcome, now, by), by);
    }
  }
}

/** Hands an attempt to a person: the schedule is through and the bank never said. */
async function flag(deps: PaymentsDeps, payment: Payment, attempt: Attempt): Promise<void> {
  const createdAt = await merchantTime(deps, payment.merchantId);
  await inTx(deps.db, async (tx) => {
    if (!(await saveDoubt(tx, attempt, "schedule"))) return;
    await emit(tx, [{ ...eventOf(payment, attempt, "payment.needs_attention"), createdAt }]);
  });
}

const merchantTime = async (deps: PaymentsDeps, id: MerchantId) =>
  timeOf(await deps.merchantOf(id), deps.clock());

/**
 * Asks the bank what became of an attempt in doubt and takes the next step. Never charges again.
 * Asking twice, or beside the request that is still waiting for its answer, does no harm: whoever
 * settles first is believed, and both were told by the same bank.
 */
async function inquire(deps: PaymentsDeps, done: Done, by: AskedBy = "schedule"): Promise<Done> {
  if (isSettled(done.attempt)) return done;
  const finding = await askAtBank(deps, done);
  const now = await merchantTime(deps, done.payment.merchantId);
  return take(deps, done, afterFinding(done.attempt, finding, now, by), by);
}

/**
 * Asks at once on behalf of a caller, unless another request is plainly waiting for the answer or
 * there is one.
 */
export async function askNow(deps: PaymentsDeps, done: Done): Promise<Done> {
  if (isSettled(done.attempt)) return done;
  const now = await merchantTime(deps, done.payment.merchantId);
  const isUnderWay =
    done.attempt.status === "open" &&
    now.getTime() - done.attempt.openedAt.getTime() < UNDER_WAY_MS;
  return isUnderWay ? done : inquire(deps, done, "caller");
}

async function askLeased(deps: PaymentsDeps, attempt: Attempt): Promise<void> {
  const done = await readDone(deps.db, attempt.merchantId, { attemptId: attempt.id });
  if (done) await inquire(deps, done);
}

/**
 * Asks about everything that fell due, merchant by merchant, and says how many were asked about. A
 * crash in the middle leaves the rest leased: they fall due again.
 */
export async function inquireDue(
  deps: PaymentsDeps,
  onError: (error: unknown) => void,
): Promise<number> {
  let asked = 0;
  for (const merchantId of await merchantsWithDue(deps.db, deps.clock())) {
    const now = await merchantTime(deps, merchantId);
    const due = await leaseDue(deps.db, merchantId, now, after(now, ASK_LEASE_MS), LEASE_MAX);
    for (let i = 0; i < due.length; i += AT_ONCE_MAX) {
      const batch = due.slice(i, i + AT_ONCE_MAX);
      await Promise.all(batch.map((each) => askLeased(deps, each).catch(onError)));
    }
    asked += due.length;
  }
  return asked;
}
