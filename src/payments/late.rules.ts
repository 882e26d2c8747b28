import { refuse } from "../lib/refusal.ts";
import { type Attempt, leftToRefund, type Payment } from "./payment.rules.ts";
import { type FollowUp, follow, type Original } from "./plan.rules.ts";

/**
 * What a bank did of a capture, void or refund that had ended as never arrived, as an attempt of
 * its own on the payment as it is now. Refuses `nothing_to_do` where that is not as it was for the
 * one that ended, and for a refund of more than is left.
 */
export function planLate(
  payment: Payment,
  original: Original,
  ended: Attempt,
  more: FollowUp,
): Attempt {
  const { kind, amountMinor } = ended;
  const isOfHold = kind === "capture" || kind === "release";
  const isLive =
    payment.status === (isOfHold ? "held" : "captured") && payment.liveAttemptId === original.id;
  const most = kind === "refund" ? leftToRefund(payment) : amountMinor;
  const isWhole = kind === "refund" || payment.refundedMinor === 0n;
  if (!isLive || !isWhole || amountMinor > most) {
    return refuse("nothing_to_do", { status: payment.status });
  }
  return follow(payment, original, kind, amountMinor, { ...more, insteadOfId: ended.id });
}
