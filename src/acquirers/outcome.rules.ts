/** Why a bank, or the way to it, said no. One list for every bank; their codes map onto it. */
export const declineReasons = [
  "insufficient_funds",
  "limit_exceeded",
  "do_not_honour",
  "call_issuer",
  "expired_card",
  "invalid_card",
  "invalid_cvv",
  "lost_card",
  "stolen_card",
  "pickup_card",
  "restricted_card",
  "ecommerce_closed",
  "not_permitted_cardholder",
  "not_permitted_terminal",
  "invalid_amount",
  "invalid_installment",
  "invalid_transaction",
  "pin_error",
  "fraud_suspect",
  "security_violation",
  "authentication_failed",
  "format_error",
  "duplicate_order",
  "original_not_found",
  "already_voided",
  "already_refunded",
  "amount_over_original",
  "not_settled_yet",
  "batch_closed",
  "credentials",
  "ip_not_allowed",
  "hash_error",
  "merchant_config",
  "issuer_unavailable",
  "system_error",
  "timeout",
  "retry_later",
  "bank_unreachable",
  "never_arrived",
  "unknown",
] as const;
export type DeclineReason = (typeof declineReasons)[number];

export type Approved = { kind: "approved"; bankReference: string; authorizationCode: string };
export type Declined = {
  kind: "declined";
  reason: DeclineReason;
  /** The bank's own code and words, `""` when the bank was never reached. */
  bankCode: string;
  bankMessage: string;
};
export type Challenge = {
  kind: "challenge";
  page: { url: string; fields: Record<string, string> };
};
export type Doubtful = { kind: "doubtful"; why: string };

/**
 * What a bank answered. Only a plain yes is `approved` and only a plain no is `declined`; whatever
 * could have moved money without saying so is `doubtful`.
 */
export type Outcome = Approved | Declined | Challenge | Doubtful;

/**
 * What a bank says about an order when it is asked later. `not_found` proves nothing while the
 * bank may still be working; `undone` says that it was executed and taken back; `unknown` is any
 * answer that could not be read.
 */
export type Finding =
  | Approved
  | Declined
  | { kind: "undone" }
  | { kind: "not_found" }
  | { kind: "unknown"; why: string };
