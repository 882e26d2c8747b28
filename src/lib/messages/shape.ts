import type {
  CardPart,
  InputProblem,
  InvoiceState,
  LinkState,
  OrderEnd,
  ReceiptNeed,
  RefusalCode,
  RefusalDetails,
  SpentState,
} from "../refusal.ts";

export type { CardPart, InputProblem, InvoiceState, LinkState, OrderEnd, ReceiptNeed, SpentState };
export type Locale = "tr" | "en";
/** The reasons are those of the acquirers' outcomes; a test holds that none is missing. */
export type DeclineText = Record<string, string>;

/**
 * Why a card was declined: the bank's own words, or ours for its reason. Of a bank that was not
 * reached the words are the network's, and name addresses of our own side.
 */
export function declineWords(
  declines: DeclineText,
  reason: string,
  bankMessage: string | null | undefined,
): string {
  const isBanks = reason !== "bank_unreachable";
  return (isBanks && bankMessage) || (declines[reason] ?? declines["unknown"] ?? "");
}

/** A missing sentence or argument does not compile. */
export type Messages = {
  success: string;
  /** Services of regular payment orders spell it otherwise on their wire. */
  order_success: string;
  no_data: string;
  in_doubt: string;
  /** The same for wires without a service to check a payment by. */
  in_doubt_here: string;
  /** A payment that was declined, in one word. */
  declined: string;
  card_not_saved: string;
  /** What stands in lists beside the hold that checks a card. */
  card_check: string;
  code_sent: string;
  label_saved: string;
  /** Why a draw came to nothing without any bank having been asked. */
  undrawn: Readonly<Record<"no_card" | "card_not_taken", string>>;
  internal_error: string;
  /** The same for wires without a service to check a payment by. */
  unexpected_error: string;
  declines: DeclineText;
  refusals: { [Code in RefusalCode]: (details: RefusalDetails[Code]) => string };
};
