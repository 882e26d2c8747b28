import type { MerchantId } from "../lib/id.ts";
import type { DrawReason } from "./subscription.rules.ts";

/** The task that tells a merchant's address what became of a draw, or that a card was entered. */
export const TELL_SHOP = "tell-of-subscription";

/** Why the newest card, or none, came before no bank. */
export type Undrawn = "no_card" | "card_not_taken";

/** The invoice's number, and its newest try; 0 where there was none. */
type OfInvoice = Readonly<{ invoice: string; no: number }>;

/** Names what happened; what is told is read when it is told. */
export type Notice = Readonly<{ merchantId: MerchantId }> &
  (
    | (OfInvoice & Readonly<{ what: "succeeded" }>)
    | (OfInvoice & Readonly<{ what: "failed"; undrawn?: Undrawn }>)
    | Readonly<{
        what: "card_entered";
        subscriptionId: string;
        /** The card's number on the wire. */
        card: string;
      }>
  );

/** What of why an invoice came to nothing was no bank's word. */
export const undrawnOf = (reason: DrawReason | null): { undrawn: Undrawn } | undefined =>
  reason === "no_card" || reason === "card_not_taken" ? { undrawn: reason } : undefined;

/** The queue's pauses grow up to six hours: an address that is away for a day hears of it all. */
export const NOTICE_TRIES_MAX = 14;
