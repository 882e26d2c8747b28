import type { MarketProblem } from "./market-problem.ts";

/** What is wrong with a field, in one word; the message catalogues make the sentence. */
export type InputProblem =
  | "missing"
  | "malformed"
  | "card_number"
  | "doubled"
  | "too_long"
  | "out_of_range"
  | "not_an_amount"
  | "not_hundredths"
  | "wrong_sum"
  | "not_a_date"
  | "not_a_time"
  | "not_an_address"
  | "address_inside"
  | "not_a_phone"
  | "not_an_email"
  | "too_large"
  | "unreadable"
  | "unknown_content_type";

/** Why there is nothing to do: the state of the payment in which a request found it. */
export type SpentState = "pending" | "held" | "captured" | "declined" | "voided" | "refunded";
/** What of a typed card is wrong. */
export type CardPart = "number" | "expiry" | "cvv";

/** How an invoice stands. */
export type InvoiceState = "waiting" | "paid" | "failed" | "cancelled" | "deleted";

/** How a regular payment order has ended. */
export type OrderEnd = "done" | "failed" | "deleted";

/** Why a link takes no payment, or no change. */
export type LinkState = "paid" | "passive" | "expired" | "sold_out";
export type ReceiptNeed = "code" | "person" | "instalments" | "commission";

type Nothing = Record<never, never>;
/** Every way in which the platform says "we will not do this", with what its sentence needs. */
export type RefusalDetails = {
  /** `bound` is the longest length or the range, where there is one. */
  invalid_input: { field: string; problem: InputProblem; bound?: string | undefined };
  key_unknown: Nothing;
  not_permitted: { what: string };
  address_not_allowed: { address: string };
  merchant_blocked: Nothing;
  agent_blocked: Nothing;
  agent_not_found: { agent: string };
  path_unknown: Nothing;
  method_not_allowed: { method: string };
  payment_not_found: Nothing;
  reference_taken: { reference: string };
  request_key_reused: Nothing;
  payment_in_doubt: { reference: string };
  payment_busy: Nothing;
  nothing_to_do: { status: SpentState };
  wrong_transaction_type: Nothing;
  amount_above_hold: { most: string };
  amount_above_rest: { most: string };
  same_day_partial_refund: Nothing;
  capture_too_old: Nothing;
  wrong_card_data: { part: CardPart };
  card_expired: Nothing;
  card_unknown: Nothing;
  stored_card_not_found: Nothing;
  instalment_not_offered: { instalments: string };
  pos_not_offered: { pos: string };
  rate_table_not_found: { table: string };
  /** No such 3-D or form session, or it has expired, or it is somebody else's. */
  session_not_found: Nothing;
  /** The token, or the amount, is not the session's. */
  session_mismatch: Nothing;
  not_authenticated: Nothing;
  session_used: Nothing;
  card_owner_unknown: Nothing;
  /** The bank did not confirm a card that was to be stored; its own words may be empty. */
  card_not_verified: { reason: string; bankMessage: string };
  /** The bank did not answer whether it confirms a card that was to be stored. */
  card_check_in_doubt: Nothing;
  code_needed: Nothing;
  code_wrong: { left: number };
  code_expired: Nothing;
  /** `wait` is seconds. */
  code_too_early: { wait: number };
  /** So much of it was asked for, or tried, on this day; the next one begins at `until`. */
  day_limit_reached: { until: Date };
  link_not_found: Nothing;
  link_closed: { state: LinkState };
  /** What a receipt for an end user needs and does not have; the field where one is to blame. */
  receipt_refused: { what: ReceiptNeed; field?: string | undefined };
  subscription_not_found: Nothing;
  subscription_reference_taken: { reference: string };
  /** What is asked for needs an order that draws, and this one is stopped or deleted. */
  subscription_stopped: Nothing;
  /** An order is not stopped or resumed any more out of the state that it is in. */
  subscription_state_fixed: { state: OrderEnd };
  invoice_not_found: Nothing;
  invoice_name_taken: { name: string };
  invoice_state_fixed: { status: InvoiceState };
  /** The bank is being asked about it at this moment, or has not said yet. */
  invoice_busy: Nothing;
  /** The order's own amount is drawn each term: there is nothing to invoice. */
  price_is_fixed: Nothing;
  /** Amounts of terms come with their invoices. */
  price_is_variable: Nothing;
  plan_is_full: Nothing;
  plan_row_not_found: Nothing;
  /** Of all the invoices of an order none can be put into the state that is asked for. */
  no_invoice_to_change: Nothing;
  payer_card_not_found: Nothing;
  last_card_stays: Nothing;
  /** The order was made without e-mail and text message. */
  nothing_to_send: Nothing;
  /** One call draws so many invoices; this one is for the next. */
  draw_left_over: Nothing;
  /** What a marketplace refuses, in one word; `mostDays` of a span that has more. */
  market_refused: { problem: MarketProblem; mostDays?: number };
  temporarily_unavailable: Nothing;
};
export type RefusalCode = keyof RefusalDetails;

/** We will not do this, and the caller may know why. Anything else thrown is a bug. */
export class Refusal<Code extends RefusalCode = RefusalCode> extends Error {
  readonly code: Code;
  readonly details: RefusalDetails[Code];
  constructor(code: Code, details: RefusalDetails[Code]) {
    super(code);
    this.name = "Refusal";
    this.code = code;
    this.details = details;
  }
}

/** Throws the refusal; an expression, so that it fits after `??`. */
export function refuse<Code extends RefusalCode>(code: Code, details: RefusalDetails[Code]): never {
  throw new Refusal(code, details);
}

/** Throws what a marketplace refuses, in its one word. */
export function refuseMarket(problem: MarketProblem): never {
  return refuse("market_refused", { problem });
}
