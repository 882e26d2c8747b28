import { addJob } from "../events/index.ts";
import type { MerchantId, PaymentId } from "../lib/id.ts";
import { Refusal } from "../lib/refusal.ts";
import type { AfterSettlement, PaymentsDeps } from "./deps.ts";
import { followUp } from "./follow-up.ts";
import { chargeIdOf } from "./payment.rules.ts";
import { readDone } from "./payments.store.ts";
import { planRelease } from "./plan.rules.ts";

export const RELEASE_HOLD = "release-hold";
export type ReleaseHold = Readonly<{ merchantId: MerchantId; paymentId: PaymentId }>;

/**
 * A cancelled capture leaves its hold at the bank. Giving it back is queued in the transaction that
 * settles the cancel, so that a crash right after it leaves nobody's limit taken.
 */
export const queueRelease = {
  wants: ({ payment, attempt }) =>
    attempt.kind === "void" && attempt.status === "approved" && payment.status === "held",
  async run(tx, { payment }) {
    const job: ReleaseHold = { merchantId: payment.merchantId, paymentId: payment.id };
    await addJob(tx, RELEASE_HOLD, job);
  },
} satisfies AfterSettlement;

/**
 * Gives the hold back unless that was done, or the payment was captured again. Throws while the
 * bank cannot say what became of an earlier attempt: the queue tries again.
 */
export async function releaseHold(deps: PaymentsDeps, job: ReleaseHold): Promise<void> {
  const { merchantId, paymentId } = job;
  const target = await readDone(deps.db, merchantId, { attemptId: chargeIdOf({ id: paymentId }) });
  if (!target) return;
  const caller = { merchant: await deps.merchantOf(merchantId) };
  try {
    const { attempt } = await followUp(deps, caller, { target }, planRelease);
    if (attempt.status !== "approved") throw new Error(`the hold stays: ${attempt.declineReason}`);
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "nothing_to_do")) throw error;
  }
}
