import type { MerchantId } from "../lib/id.ts";

/** The task that tells a merchant's address what became of a draw, or that a card was entered. */
export const TELL_SHOP = "tell-of-subscription";

/** Names what happened; what is told is read when it is told. */
export type Notice = Readonly<{ merchantId: MerchantId }> &
  (
    | Readonly<{
        what: "succeeded" | "failed";
        /** The invoice's number. */
        invoice: string;
        /** The newest try; 0 where there was none. */
        no: number;
      }>
    | Readonly<{
        what: "card_entered";
        subscriptionId: string;
        /** The card's number on the wire. */
        card: string;
      }>
  );

/** Once, and four times more when the address does not take it: over about two minutes. */
export const NOTICE_TRIES_MAX = 5;
