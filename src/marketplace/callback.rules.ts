import { type Attempt, chargeIdOf, type Payment } from "../payments/payment.rules.ts";

/** Of what an address of a merchant's may hear. */
export const heardWords = ["success", "failure", "cancel", "refund", "partial_refund"] as const;
export type Heard = (typeof heardWords)[number];

/** What is signed by a key of its own: a payer's way back, callbacks, and those of payouts. */
export const scenarios = ["3d", "system", "payout"] as const;
export type Scenario = (typeof scenarios)[number];

export const CALLBACKS_MAX = 10;
/** Waits after a call that was not taken: the fourth is the last. */
export const CALLBACK_GAPS_MS = [1, 5, 30].map((minutes) => minutes * 60_000);

/**
 * What an operation that the bank has ended is told as; `undefined` for one that is not told: a
 * hold, which is no payment yet, a capture that was taken back, and what was refused of a payment
 * that stands.
 */
export function heardAs(payment: Payment, attempt: Attempt): Heard | undefined {
  const { kind, status } = attempt;
  const isCharge = kind === "sale" || kind === "hold";
  if (status === "declined") return isCharge ? "failure" : undefined;
  if (status !== "approved") return undefined;
  switch (kind) {
    case "sale":
    case "capture":
      return "success";
    case "void":
      // Of a cancelled capture the hold is on its way back, which is told when it is there.
      return attempt.originalId === chargeIdOf(payment) ? "cancel" : undefined;
    case "release":
      return "cancel";
    case "refund": {
      const { refundedBeforeMinor, amountMinor } = attempt;
      const isWhole = refundedBeforeMinor === 0n && amountMinor === payment.capturedMinor;
      return isWhole ? "refund" : "partial_refund";
    }
    default:
      return undefined;
  }
}
