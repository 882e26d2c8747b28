import type { Attempt, Payment } from "./payment.rules.ts";
import { type FollowUp, follow } from "./plan.rules.ts";

/**
 * The other way to give back the whole, when the bank's day is not where ours is: a refund for a
 * void after the bank's end of day, a void for a refund before it. Absent when there is none.
 */
export function otherKind(payment: Payment, declined: Attempt): "refund" | "void" | undefined {
  if (declined.status !== "declined" || declined.insteadOfId !== null) return undefined;
  if (payment.refundedMinor > 0n) return undefined;
  if (declined.amountMinor !== payment.capturedMinor) return undefined;
  const { kind, declineReason } = declined;
  if (kind === "void" && declineReason === "batch_closed") return "refund";
  return kind === "refund" && declineReason === "not_settled_yet" ? "void" : undefined;
}

/** The attempt that goes the other way on the same original, where there is such a way. */
export function otherWay(payment: Payment, declined: Attempt, more: FollowUp): Attempt | undefined {
  const kind = otherKind(payment, declined);
  if (!kind) return undefined;
  const original = {
    id: declined.originalId ?? declined.id,
    kind: "sale",
    bankReference: declined.originalReference,
    authorizationCode: declined.originalCode,
  } as const;
  const next = { ...more, insteadOfId: declined.id };
  return follow(payment, original, kind, declined.amountMinor, next);
}
