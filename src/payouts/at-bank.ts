import { inTxAgain } from "../db/contended.ts";
import { assert } from "../lib/assert.ts";
import { after } from "../lib/clock.ts";
import { bareId } from "../lib/id.ts";
import { money } from "../lib/money.ts";
import { findConnection } from "./connections.store.ts";
import { correct } from "./correct.ts";
import type { PayoutsDeps } from "./deps.ts";
import { VALID_MS, wasDenied } from "./doubt.rules.ts";
import { merchantTime } from "./merchant-time.ts";
import type { Sending } from "./payout.rules.ts";
import type { PayoutProvider, Refused, TransferOutcome } from "./provider.rules.ts";
import { readRuns } from "./runs.store.ts";

async function providerOf(deps: PayoutsDeps, { payout }: Sending): Promise<PayoutProvider> {
  const { merchantId, connection: number } = payout;
  assert(number !== null, "no bank is asked about what is transferred by hand");
  const connection = await findConnection(deps, deps.db.kysely, merchantId, { number });
  assert(connection, "a payout names a connection of its merchant");
  return deps.findProvider(connection);
}

/** A connector that throws is a bug; what the bank did meanwhile is unknown all the same. */
const doubt = (error: unknown): TransferOutcome => ({
  kind: "doubtful",
  why: error instanceof Error ? error.message : "unknown failure",
});

const refused = (reason: Refused["reason"]): Refused => ({ kind: "refused", reason, message: "" });

/** Whether a run lay so long that the bank may have been asked about it already. */
async function isOverdue(deps: PayoutsDeps, { payout }: Sending): Promise<boolean> {
  const now = await merchantTime(deps, payout.merchantId);
  return payout.dueAt !== null && payout.dueAt <= now;
}

/**
 * Asks once more about the earlier runs that the bank had denied, before the same is sent again.
 * One that was paid after all is written so, in place of this one; nothing is sent then, nor while
 * the bank is silent.
 */
async function hindrance(
  deps: PayoutsDeps,
  provider: PayoutProvider,
  { payout, run }: Sending,
): Promise<Refused | undefined> {
  const { merchantId, number, currency } = payout;
  const runs = run.run > 1 ? await readRuns(deps.db.kysely, merchantId, number) : [];
  for (const earlier of runs.filter(wasDenied)) {
    const amount = money(earlier.amountMinor, currency);
    const finding = await provider.inquire(bareId(earlier.id), amount);
    // A person has answered already what a silent bank does not; not what it may still do.
    const isOpen = finding.kind === "doubtful" && (finding.isPending || !earlier.isJudged);
    if (isOpen) return refused("not_sent");
    if (finding.kind !== "paid") continue;
    const now = await merchantTime(deps, merchantId);
    await inTxAgain(deps.db, (tx) => correct(tx, { payout, run: earlier }, finding, now, run));
    return refused("paid_before");
  }
  return undefined;
}

/**
 * Sends an opened run, once. Never throws: what is not known is doubtful. The bank tells its time
 * first, by which it must not carry the transfer out later. A process that stood still since the
 * opening sends nothing any more, since the bank may have said that it knows of no such transfer;
 * one that stood still after the bank told its time comes too late there.
 */
export async function sendAtBank(deps: PayoutsDeps, sending: Sending): Promise<TransferOutcome> {
  const { payout, run } = sending;
  try {
    assert(run.receiver, "a run that is sent goes somewhere");
    const provider = await providerOf(deps, sending);
    const hindered = await hindrance(deps, provider, sending);
    if (hindered) return hindered;
    const told = await provider.time();
    if (told.kind === "unknown" || (await isOverdue(deps, sending))) return refused("not_sent");
    return await provider.send({
      reference: bareId(run.id),
      amount: money(run.amountMinor, payout.currency),
      to: run.receiver,
      description: payout.description,
      validUntil: after(told.at, VALID_MS),
    });
  } catch (error) {
    return doubt(error);
  }
}

/** Asks what became of a run. Never throws. */
export async function askAtBank(deps: PayoutsDeps, sending: Sending): Promise<TransferOutcome> {
  const { payout, run } = sending;
  try {
    const provider = await providerOf(deps, sending);
    return await provider.inquire(bareId(run.id), money(run.amountMinor, payout.currency));
  } catch (error) {
    return doubt(error);
  }
}
