import type { Outcome } from "../acquirers/outcome.rules.ts";
import { isUnavailable } from "../db/transaction.ts";
import { Refusal } from "../lib/refusal.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import type { PaymentsDeps } from "./deps.ts";
import { type Done, isSettled } from "./payment.rules.ts";
import { readDone } from "./payments.store.ts";
import { applyOutcome, type Settlement } from "./settle.rules.ts";

/** Waits before an outcome is written again after the database went away. */
const PATIENCE_MS = [50, 200, 1_000, 3_000];
const STALE_TRIES_MAX = 5;

/** The payment moved on each time its outcome was to be written. The attempt stays unsettled. */
export class StalePayment extends Error {}

async function readAgain(deps: PaymentsDeps, done: Done): Promise<Done> {
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
 * twice changes nothing; both callers get what was written. When the database goes away it is tried
 * again for a few seconds, since the money has moved; after that the attempt stays as it is and the
 * bank will be asked about it.
 */
export async function settle(deps: PaymentsDeps, done: Done, outcome: Outcome): Promise<Done> {
  let current = done;
  let patience = 0;
  for (let stale = 0; ; ) {
    if (isSettled(current.attempt)) return current;
    try {
      const written = await write(deps, current, outcome);
      if (written) return written;
      if (stale >= STALE_TRIES_MAX) throw new StalePayment();
      stale += 1;
      current = await readAgain(deps, current);
    } catch (error) {
      const wait = PATIENCE_MS[patience];
      if (!isUnavailable(error) || wait === undefined) throw error;
      patience += 1;
      await deps.pause(wait);
    }
  }
}
