import type { Secret } from "../lib/secret.ts";

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
export type Doubtful = { kind: "doubtful"; why: string };

/**
 * What a bank answered. Only a plain yes is `approved` and only a plain no is `declined`; whatever
 * could have moved money without saying so is `doubtful`.
 */
export type Outcome = Approved | Declined | Doubtful;

/** A form for a browser. The fields hold the card: they are for its holder and kept nowhere. */
export type Challenge = Readonly<{ url: string; fields: Readonly<Record<string, string>> }>;

/** What the bank signed of a cardholder whose page took the money, or would have. */
export type Holder =
  | Readonly<{ kind: "authenticated"; level: "full" | "half"; eci: string }>
  /** Not, or not as the contract asks for: money that was taken all the same must go back. */
  | Readonly<{ kind: "refused"; reason: DeclineReason; bankCode: string; bankMessage: string }>;

/**
 * What a return from the bank's page proves. `refused` is the bank's own word that the cardholder
 * was not authenticated. `unproven` is anything that the bank need not have said: it changes
 * nothing, since whoever made it up must not end a payment that is still under way.
 */
export type Returned =
  | Readonly<{
      kind: "authenticated";
      /** Half: asked, but the card's bank does not take part; the contract accepts that. */
      level: "full" | "half";
      eci: string;
      /** What a charge repeats to the bank. Only the dialect reads it. */
      proof: Secret;
    }>
  | Readonly<{ kind: "refused"; reason: DeclineReason; bankCode: string; bankMessage: string }>
  /** The bank's page was to take the money itself: what became of that, and of the holder. */
  | Readonly<{ kind: "charged"; outcome: Outcome; holder: Holder }>
  | Readonly<{ kind: "unproven"; why: string; bankMessage: string }>;

/**
 * What a bank says about an order when it is asked later. `not_found` proves nothing while the
 * bank may still be working; `undone` says that it was executed and taken back; `unknown` is any
 * answer that could not be read.
 */
export type Finding =
  /** With what the bank says of the holder who paid on its page, where it says so. */
  | (Approved & { holder?: Holder })
  | Declined
  | { kind: "undone" }
  | { kind: "not_found" }
  | { kind: "unknown"; why: string };
