import { inTx } from "../db/transaction.ts";
import { askAtBank, sendAtBank } from "./at-bank.ts";
import type { PayoutsDeps } from "./deps.ts";
import { afterFinding, askedAgainAt, restsUntil, wasDenied } from "./doubt.rules.ts";
import { merchantTime } from "./merchant-time.ts";
import { openRun } from "./open-run.ts";
import { isSettled, type Payout, type Run } from "./payout.rules.ts";
import { lookAgain, setDue } from "./payouts.store.ts";
import { readRuns, saveDoubt } from "./runs.store.ts";
import { settle, settleDenied } from "./settle.ts";

/** Asks about the runs that the bank had denied. One that was paid after all is written so. */
async function askAboutDenied(deps: PayoutsDeps, payout: Payout, runs: readonly Run[]) {
  for (const run of runs.filter(wasDenied)) {
    const sending = { payout, run };
    const finding = await askAtBank(deps, sending);
    if (finding.kind === "paid") await settleDenied(deps, sending, finding);
  }
}

/**
 * Whether a queued payout is not to be sent yet, since its bank denied a run of it not long ago.
 * The bank is asked about that run meanwhile.
 */
async function rests(deps: PayoutsDeps, payout: Payout): Promise<boolean> {
  if (payout.runs === 0) return false;
  // Complete: a queued payout has no run under way, and whoever opens the next one counts them.
  const runs = await readRuns(deps.db.kysely, payout.merchantId, payout.number);
  const now = await merchantTime(deps, payout.merchantId);
  const dueAt = restsUntil(runs, now);
  if (!dueAt) return false;
  await askAboutDenied(deps, payout, runs);
  await inTx(deps.db, (tx) => lookAgain(tx, payout, dueAt));
  return true;
}

/**
 * Sends a queued payout: its run is stored first, then the bank is asked with no transaction open,
 * then what it said is written. Two who do so at once send once. What its bank denied a short while
 * ago rests before.
 */
export async function sendPayout(deps: PayoutsDeps, payout: Payout): Promise<void> {
  if (await rests(deps, payout)) return;
  const sending = await openRun(deps, payout);
  if (sending) await settle(deps, sending, await sendAtBank(deps, sending));
}

/**
 * Asks the bank what became of a payout that was sent, and takes the next step. Never sends again.
 * Asking twice, or beside the one who still waits for the bank, does no harm.
 */
export async function inquire(deps: PayoutsDeps, payout: Payout): Promise<void> {
  const runs = await readRuns(deps.db.kysely, payout.merchantId, payout.number);
  const run = runs.at(-1);
  if (!run || isSettled(run)) return;
  const sending = { payout, run };
  const finding = await askAtBank(deps, sending);
  const now = await merchantTime(deps, payout.merchantId);
  const why = finding.kind === "doubtful" ? finding.why : run.message;
  const step = afterFinding({ ...run, message: why }, finding, now);
  if (step.do === "settle") return settle(deps, sending, step.outcome);
  await inTx(deps.db, async (tx) => {
    if (await saveDoubt(tx, run, step.run)) await setDue(tx, payout, step.dueAt);
  });
}

/**
 * Asks again about the runs of an ended payout that the bank had denied. One that was paid after
 * all is written so, or a person is told where another one has paid; otherwise the bank is asked
 * once more later, for a week.
 */
export async function askDenied(deps: PayoutsDeps, payout: Payout): Promise<void> {
  const runs = await readRuns(deps.db.kysely, payout.merchantId, payout.number);
  await askAboutDenied(deps, payout, runs);
  const now = await merchantTime(deps, payout.merchantId);
  const dueAt = askedAgainAt(payout.settledAt ?? now, now);
  await inTx(deps.db, (tx) => lookAgain(tx, payout, dueAt));
}
