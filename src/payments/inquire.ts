import type { Approved } from "../acquirers/outcome.rules.ts";
import { inTx } from "../db/transaction.ts";
import { emit } from "../events/index.ts";
import { after } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { askAtBank, voidChargeAtBank } from "./at-bank.ts";
import type { PaymentsDeps } from "./deps.ts";
import {
  ASK_LEASE_MS,
  type AskedBy,
  afterFinding,
  afterSafetyVoid,
  type DoubtStep,
  isVoidUnderWay,
} from "./doubt.rules.ts";
import { type Attempt, type Done, isSettled, type Payment } from "./payment.rules.ts";
import {
  decideSafetyVoid,
  leaseDue,
  merchantsWithDue,
  readDone,
  saveDoubt,
} from "./payments.store.ts";
import { eventOf } from "./settle.rules.ts";
import { isUnwritten, readAgain, settle } from "./settle.ts";

const LEASE_MAX = 50;
const AT_ONCE_MAX = 10;
/** An open attempt younger than this is surely under way in another request. */
const UNDER_WAY_MS = 3_000;

async function take(deps: PaymentsDeps, done: Done, step: DoubtStep, by: AskedBy): Promise<Done> {
  const asked = { payment: done.payment, attempt: step.attempt };
  switch (step.do) {
    case "settle":
      return settle(deps, asked, step.outcome);
    case "leave":
      return done;
    case "ask_again":
      await saveDoubt(deps.db.kysely, step.attempt, by);
      return asked;
    case "flag":
      await flag(deps, done.payment, step.attempt);
      return asked;
    case "safety_void": {
      // Decided before it is sent: a crash leaves the trace, and nobody settles a yes meanwhile.
      const decided = await inTx(deps.db, (tx) => decideSafetyVoid(tx, asked, by));
      if (!decided) return readAgain(deps, done);
      return takeBack(deps, decided, by, step.found);
    }
  }
}

/** Sends the void that was decided, unless this process stood still meanwhile. */
async function takeBack(
  deps: PaymentsDeps,
  decided: Done,
  by: AskedBy,
  found: Approved | undefined,
): Promise<Done> {
  const { merchantId } = decided.payment;
  if (!isVoidUnderWay(decided.attempt, await merchantTime(deps, merchantId))) return decided;
  const outcome = await voidChargeAtBank(deps, decided, found);
  const now = await merchantTime(deps, merchantId);
  const next = afterSafetyVoid(decided.attempt, outcome, now, by, found);
  return take(deps, decided, next, by);
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
 * settles first is believed, unless it was decided meanwhile to take the charge back.
 */
async function inquire(deps: PaymentsDeps, done: Done, by: AskedBy = "schedule"): Promise<Done> {
  if (isSettled(done.attempt)) return done;
  const finding = await askAtBank(deps, done);
  const now = await merchantTime(deps, done.payment.merchantId);
  return take(deps, done, afterFinding(done.attempt, finding, now, by), by);
}

/**
 * Asks at once on behalf of a caller, unless another request is plainly waiting for the answer or
 * there is one. It stays unsettled where the bank's word cannot be written now.
 */
export async function askNow(deps: PaymentsDeps, done: Done): Promise<Done> {
  if (isSettled(done.attempt)) return done;
  const now = await merchantTime(deps, done.payment.merchantId);
  const isUnderWay =
    done.attempt.status === "open" &&
    now.getTime() - done.attempt.openedAt.getTime() < UNDER_WAY_MS;
  if (isUnderWay) return done;
  try {
    return await inquire(deps, done, "caller");
  } catch (error) {
    return isUnwritten(error) ? done : Promise.reject(error);
  }
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
