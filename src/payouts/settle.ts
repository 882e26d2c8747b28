import { inTxAgain } from "../db/contended.ts";
import { inTx, isUnavailable, type Tx } from "../db/transaction.ts";
import { after } from "../lib/clock.ts";
import { book, tell } from "./after-end.ts";
import { correct } from "./correct.ts";
import type { PayoutsDeps } from "./deps.ts";
import { bindingOf, FIRST_GAP_MS } from "./doubt.rules.ts";
import { merchantTime } from "./merchant-time.ts";
import { ANSWER_WAIT_MS } from "./notice.ts";
import { isSettled, type Sending, sentAgainAt } from "./payout.rules.ts";
import { endPayout, putBack, setDue } from "./payouts.store.ts";
import type { Paid, Refused, TransferOutcome } from "./provider.rules.ts";
import { endRun, readRuns, saveDoubt, type VerdictId } from "./runs.store.ts";

/** Waits before an outcome is written again after the database went away. */
const PATIENCE_MS = [50, 200, 1_000, 3_000];

/**
 * Writes the end of a run with all that follows from it: the payout's state, which is that of all
 * that is in it, the ledger and the client's notice. `verdict` is that of the person who said it,
 * where no bank did. False when its end was written before.
 */
export async function writeEnd(
  tx: Tx,
  sending: Sending,
  outcome: Paid | Refused,
  at: Date,
  verdict?: VerdictId,
): Promise<boolean> {
  const { payout, run } = sending;
  if (!(await endRun(tx, run, outcome, at, verdict))) return false;
  const isPaid = outcome.kind === "paid";
  const failure = isPaid ? "" : outcome.reason;
  const again = failure && sentAgainAt(payout, failure, at);
  if (again) {
    await putBack(tx, payout, again);
    return true;
  }
  // Of a payout that its first run has paid there is no other one.
  const isFirst = isPaid && run.run === 1;
  const runs = isFirst ? [] : await readRuns(tx, payout.merchantId, payout.number);
  const binding = bindingOf(runs, at);
  await endPayout(tx, payout, { state: isPaid ? "paid" : "failed", failure, ...binding, at });
  if (isPaid) await book(tx, sending, at);
  // Who asked has heard of a yes that came at once.
  const isLate = at.getTime() - run.openedAt.getTime() >= ANSWER_WAIT_MS;
  if (!isPaid || isLate) await tell(tx, payout);
  return true;
}

/** A run that its bank paid after it had been given up is paid, or a person hears of it. */
export async function settleDenied(deps: PayoutsDeps, sending: Sending, paid: Paid) {
  const now = await merchantTime(deps, sending.payout.merchantId);
  await inTxAgain(deps.db, (tx) => correct(tx, sending, paid, now));
}

async function write(deps: PayoutsDeps, sending: Sending, outcome: TransferOutcome) {
  const { payout, run } = sending;
  const now = await merchantTime(deps, payout.merchantId);
  if (outcome.kind === "paid" || outcome.kind === "refused") {
    const isFirst = await inTx(deps.db, (tx) => writeEnd(tx, sending, outcome, now));
    if (!isFirst && outcome.kind === "paid") await settleDenied(deps, sending, outcome);
    return;
  }
  const message = outcome.kind === "doubtful" ? outcome.why : "";
  await inTx(deps.db, async (tx) => {
    const isOurs = await saveDoubt(tx, run, { ...run, message });
    if (isOurs) await setDue(tx, payout, after(now, FIRST_GAP_MS));
  });
}

/**
 * The one door of what a bank said to a transfer. Settling twice changes nothing. When the database
 * goes away it is tried again for a few seconds; after that the run stays as it is and the bank
 * will be asked about it.
 */
export async function settle(
  deps: PayoutsDeps,
  sending: Sending,
  outcome: TransferOutcome,
): Promise<void> {
  if (isSettled(sending.run)) return;
  for (let patience = 0; ; patience += 1) {
    try {
      return await write(deps, sending, outcome);
    } catch (error) {
      const wait = PATIENCE_MS[patience];
      if (!isUnavailable(error) || wait === undefined) throw error;
      await deps.pause(wait);
    }
  }
}
