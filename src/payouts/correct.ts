import type { Tx } from "../db/transaction.ts";
import { book, tell } from "./after-end.ts";
import { bindingOf, claimOf, isCleared } from "./doubt.rules.ts";
import type { Run, Sending } from "./payout.rules.ts";
import { correctPayout, lockBound } from "./payouts.store.ts";
import type { Paid } from "./provider.rules.ts";
import { correctRun, endRun, flagRun, readRuns } from "./runs.store.ts";

/** Why a run was not sent: an earlier one that the bank had denied was paid. */
const PAID_BEFORE = { kind: "refused", reason: "paid_before", message: "" } as const;

/**
 * Writes that a run was paid which its bank had denied: the run and its payout are paid, the ledger
 * and the client's notice say so, in one commit and once. What is in the payout has not moved since
 * then. `hindered` is a run that was opened meanwhile and will not be sent: it ends. Where the
 * payout is of another amount by now, or another run of it is or may be paid, nothing is written
 * but that a person must look. Says whether the run is paid now.
 */
export async function correct(
  tx: Tx,
  { payout, run }: Sending,
  paid: Paid,
  at: Date,
  hindered?: Run,
): Promise<boolean> {
  const amountMinor = await lockBound(tx, payout);
  const runs = await readRuns(tx, payout.merchantId, payout.number);
  if (runs.some(({ id, state }) => id === run.id && state === "paid")) return true;
  const isAlone = runs.every(({ id, state }) => state === "refused" || id === hindered?.id);
  if (!isAlone || amountMinor !== run.amountMinor) {
    const words = claimOf(paid.bankReference);
    const own = runs.find(({ id }) => id === run.id);
    // What a person has judged already nobody has to look at again.
    if (!(own && isCleared(own) && own.message === words)) await flagRun(tx, run, words, at);
    return false;
  }
  if (hindered) await endRun(tx, hindered, PAID_BEFORE, at);
  if (!(await correctRun(tx, run, paid, at))) return false;
  const others = runs.filter(({ id }) => id !== run.id);
  await correctPayout(tx, payout, { ...bindingOf(others, at), at });
  await book(tx, { payout, run }, at);
  await tell(tx, payout);
  return true;
}
