import type { Payment } from "../../../payments/index.ts";

/** The wire's documents publish none of these numbers; they are ours, and stable. */
const methods = { direct: [1, "NonSecure"], threeD: [2, "3D"], other: [0, null] } as const;

/**
 * The number and name of how a payment was made: with 3-D Secure or without; neither for one of
 * another wire that went by no page of ours.
 */
export function methodOf(payment: Pick<Payment, "details"> | undefined, isSale: boolean) {
  const isThreeD = payment?.details["is_tds"];
  if (isThreeD === true) return methods.threeD;
  return isSale || isThreeD === false ? methods.direct : methods.other;
}
