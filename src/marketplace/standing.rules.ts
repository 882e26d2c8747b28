import type { Attempt, Payment } from "../payments/payment.rules.ts";

/** A payment with all that was tried on it. */
type Told = Readonly<{ payment: Payment; attempts: readonly Attempt[] }>;

/** How a payment stands: money that was given back later was paid all the same. */
export type Standing = "started" | "held" | "paid" | "failed";

/** What of a payment the bank has approved. */
export type Done = Readonly<{
  paid: boolean;
  /** Taken back whole on the day of the money. */
  cancelled: boolean;
  /** Given back later: whole, by one refund or by several, and in part. */
  refunded: boolean;
  partlyRefunded: boolean;
}>;

export function doneOf({ payment, attempts }: Told): Done {
  const approved = attempts.filter(({ status }) => status === "approved");
  const refunds = approved.filter(({ kind }) => kind === "refund");
  const isWhole = ({ refundedBeforeMinor, amountMinor }: Attempt) =>
    refundedBeforeMinor === 0n && amountMinor === payment.capturedMinor;
  return {
    paid: approved.some(({ kind }) => kind === "sale" || kind === "capture"),
    cancelled: approved.some(({ kind }) => kind === "void"),
    refunded: payment.refundedMinor > 0n && payment.refundedMinor === payment.capturedMinor,
    partlyRefunded: refunds.some((each) => !isWhole(each)),
  };
}

export function standingOf(told: Told): Standing {
  const { payment, attempts } = told;
  switch (payment.status) {
    case "pending":
      return "started";
    case "held":
      // Of a cancelled capture the hold is on its way back.
      return attempts.some(({ kind, status }) => kind === "void" && status === "approved")
        ? "paid"
        : "held";
    case "captured":
      return "paid";
    case "declined":
      return "failed";
    case "voided":
      return doneOf(told).paid ? "paid" : "failed";
  }
}
