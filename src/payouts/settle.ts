import { inTx, isUnavailable, type Tx } from "../db/transaction.ts";
import { addJob } from "../events/index.ts";
import { drawnFrom } from "../ledger/account.rules.ts";
import { entriesOf, postEntries } from "../ledger/index.ts";
import { after } from "../lib/clock.ts";
import { flagPaid } from "./at-bank.ts";
import type { PayoutsDeps } from "./deps.ts";
import { FIRST_GAP_MS } from "./doubt.rules.ts";
import { merchantTime } from "./merchant-time.ts";
import { ANSWER_WAIT_MS, NOTICE_TRIES_MAX, type PayoutNotice, TELL_OF_PAYOUT } from "./notice.ts";
import { isSettled, paidFor, type Sending, sentAgainAt } from "./payout.rules.ts";
import { endPayout, putBack, setDue } from "./payouts.store.ts";
import type { Paid, Refused, TransferOutcome } from "./provider.rules.ts";
import { endRun, readRuns, saveDoubt } from "./runs.store.ts";

/** Waits before an outcome is written again after the database went away. */
const PATIENCE_MS = [50, 200, 1_000, 3_000];

async function book(tx: Tx, { payout, run }: Sending, at: Date): Promise<void> {
  const { merchantId, currency, connection } = payout;
  const leg = {
    kind: "payout",
    debit: paidFor(payout),
    credit: drawnFrom(connection),
    amountMinor: run.amountMinor,
  } as const;
  await postEntries(tx, entriesOf({ merchantId, sourceId: run.id, currency, at }, [leg]));
}

/**
 * Writes the end of a run with all that follows from it: the payout's state, which is that of all
 * that is in it, the ledger and the client's notice. False when its end was written before.
 */
export async function writeEnd(
  tx: Tx,
  sending: Sending,
  outcome: Paid | Refused,
  at: Date,
): Promise<boolean> {
  const { payout, run } = sending;
  if (!(await endRun(tx, run, outcome, at))) return false;
  const isPaid = outcome.kind === "paid";
  const failure = isPaid ? "" : outcome.reason;
  const again = failure && sentAgainAt(payout, failure, at);
  if (again) {
    await putBack(tx, payout, again);
    return true;
  }
  await endPayout(tx, payout, { state: isPaid ? "paid" : "failed", failure, at });
  if (isPaid) await book(tx, sending, at);
  // Who asked has heard of a yes that came at once.
  const isLate = at.getTime() - run.openedAt.getTime() >= ANSWER_WAIT_MS;
  const isNews = !isPaid || isLate;
  if (payout.details["callback"] && isNews) {
    const notice: PayoutNotice = { merchantId: payout.merchantId, number: `${payout.number}` };
    await addJob(tx, TELL_OF_PAYOUT, notice, { triesMax: NOTICE_TRIES_MAX });
  }
  return true;
}

/** Tells of a run that its bank paid after it had been given up. */
async function flagStray(deps: PayoutsDeps, { payout, run }: Sending, { bankReference }: Paid) {
  const runs = await readRuns(deps.db.kysely, payout.merchantId, payout.number);
  const written = runs.find(({ id }) => id === run.id);
  if (written?.state !== "refused") return;
  await flagPaid(deps, run, bankReference);
  throw new Error(`run ${run.id} was given up, and its bank paid it as ${bankReference}`);
}

async function write(deps: PayoutsDeps, sending: Sending, outcome: TransferOutcome) {
  const { payout, run } = sending;
  const now = await merchantTime(deps, payout.merchantId);
  if (outcome.kind === "paid" || outcome.kind === "refused") {
    const isFirst = await inTx(deps.db, (tx) => writeEnd(tx, sending, outcome, now));
    if (!isFirst && outcome.kind === "paid") await flagStray(deps, sending, outcome);
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
