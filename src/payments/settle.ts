import type { Outcome } from "../acquirers/outcome.rules.ts";
import { isContended } from "../db/contended.ts";
import { GatherFull } from "../db/gather.ts";
import { isUnavailable } from "../db/transaction.ts";
import { Refusal } from "../lib/refusal.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import type { PaymentsDeps } from "./deps.ts";
import { isTakenBack } from "./doubt.rules.ts";
import { type Done, isSettled } from "./payment.rules.ts";
import { readDone } from "./payments.store.ts";
import { applyOutcome, type Settlement } from "./settle.rules.ts";

/** Waits before what follows from a bank's word is written again. */
const PATIENCE_MS = [50, 200, 1_000, 3_000];
const STALE_TRIES_MAX = 5;

/** Whether the database may do later what it did not do: it was gone, or others came first. */
const mayPass = (error: unknown): boolean => isUnavailable(error) || isContended(error);

/** Does again for a while what the database did not do because it was gone, or worked on others. */
export async function patiently<T>(deps: PaymentsDeps, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const wait = PATIENCE_MS[tries];
      if (!mayPass(error) || wait === undefined) throw error;
      await deps.pause(wait);
    }
  }
}

/** The payment moved on each time its outcome was to be written. The attempt stays unsettled. */
class StalePayment extends Error {}

/** Whether an outcome could not be written now. It may have been, where its commit got lost. */
export const isUnwritten = (error: unknown): boolean =>
  mayPass(error) || error instanceof GatherFull || error instanceof StalePayment;

/** An attempt and its payment as they are now. */
export async function readAgain(deps: PaymentsDeps, done: Done): Promise<Done> {
  const { merchantId, id } = done.attempt;
  const found = await readDone(deps.db, merchantId, { attemptId: id });
  if (!found) throw new Error(`Attempt ${id} is gone`);
  return found;
}

/**
 * What the outcome makes of both; nothing where they do not fit together any more: the payment was
 * read after another had settled the attempt.
 */
function applied(done: Done, outcome: Outcome, now: Date): Settlement | undefined {
  try {
    return applyOutcome(done.payment, done.attempt, outcome, now);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Writes the outcome; answers nothing when the attempt or its payment is no longer as it was. */
async function write(deps: PaymentsDeps, done: Done, outcome: Outcome): Promise<Done | undefined> {
  const merchant = await deps.merchantOf(done.payment.merchantId);
  const now = timeOf(merchant, deps.clock());
  const settlement = applied(done, outcome, now);
  return settlement && (await deps.hotPath.settle({ settlement, now })) ? settlement : undefined;
}

/**
 * The one door: a bank's outcome becomes state, ledger entries and events, in one commit. Settling
 * twice changes nothing; both callers get what was written. A yes to a charge that is being taken
 * back is not written: it stays in doubt, and is answered so. When the database goes away it is
 * tried again for a few seconds, since the money has moved; after that the attempt stays as it is
 * and the bank will be asked about it.
 */
export async function settle(deps: PaymentsDeps, done: Done, outcome: Outcome): Promise<Done> {
  let current = done;
  for (let stale = 0; ; stale += 1) {
    if (isSettled(current.attempt)) return current;
    if (outcome.kind === "approved" && isTakenBack(current.attempt)) return current;
    const written = await patiently(deps, () => write(deps, current, outcome));
    if (written) return written;
    if (stale >= STALE_TRIES_MAX) throw new StalePayment();
    current = await patiently(deps, () => readAgain(deps, current));
  }
}
