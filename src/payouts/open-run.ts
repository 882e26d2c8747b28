import { inTx } from "../db/transaction.ts";
import { after } from "../lib/clock.ts";
import { newId } from "../lib/id.ts";
import type { PayoutsDeps } from "./deps.ts";
import { OPEN_LEASE_MS } from "./doubt.rules.ts";
import { merchantTime } from "./merchant-time.ts";
import type { Payout, Run, Sending } from "./payout.rules.ts";
import { markSending } from "./payouts.store.ts";
import { insertRun } from "./runs.store.ts";
import { writeEnd } from "./settle.ts";

/** Ends a payout for which there is no account, with a run that no bank was asked about. */
const NO_ACCOUNT = { kind: "refused", reason: "account_missing", message: "" } as const;

/**
 * Stores that a queued payout is about to be sent, before the bank is asked, with the account as it
 * is now. `undefined` when somebody else has it, or when there is no account: then it has failed.
 */
export async function openRun(deps: PayoutsDeps, queued: Payout): Promise<Sending | undefined> {
  const { merchantId } = queued;
  const now = await merchantTime(deps, merchantId);
  return inTx(deps.db, async (tx) => {
    const payout = await markSending(tx, queued, after(now, OPEN_LEASE_MS));
    if (!payout) return undefined;
    const receiver = payout.receiver ?? (await deps.accountOf(tx, payout));
    const run: Run = {
      merchantId,
      id: newId("out", now),
      payout: payout.number,
      run: payout.runs,
      state: "open",
      amountMinor: payout.amountMinor,
      receiver: receiver ?? null,
      bankReference: null,
      message: "",
      openedAt: now,
      settledAt: null,
      inquiries: 0,
      notFoundCount: 0,
      firstNotFoundAt: null,
      flaggedAt: null,
      isJudged: false,
    };
    await insertRun(tx, run);
    const sending = { payout, run };
    if (receiver) return sending;
    await writeEnd(tx, sending, NO_ACCOUNT, now);
    return undefined;
  });
}
