import { istanbulMinute } from "../clock.ts";
import { market } from "./market.en.ts";
import {
  type CardPart,
  type DeclineText,
  declineWords,
  type InputProblem,
  type InvoiceState,
  type LinkState,
  type Messages,
  type OrderEnd,
  type ReceiptNeed,
  type SpentState,
} from "./shape.ts";

const problems: Record<InputProblem, (field: string, bound?: string) => string> = {
  missing: (field) => `${field} is required`,
  malformed: (field) => `${field} is malformed`,
  card_number: (field) => `${field} must not hold a card number`,
  doubled: (field) => `${field} was sent more than once`,
  too_long: (field, most) =>
    most ? `${field} may have at most ${most} characters` : `${field} is too long`,
  out_of_range: (field, range) =>
    range ? `${field} must be within ${range}` : `${field} is out of range`,
  not_an_amount: (field) => `${field} must be a valid amount above zero (for example 20,50)`,
  not_hundredths: (field) =>
    `${field} must be a whole number of kuruş above zero, without separators (1000 for 10.00 TL)`,
  wrong_sum: (field, sum) => `The parts in ${field} must add up to ${sum}`,
  not_a_date: (field) => `${field} must be a valid date (yyyy-MM-dd)`,
  not_a_time: (field) => `${field} must be a valid date and time (yyyy-MM-ddTHH:mm:ss)`,
  not_an_address: (field) => `${field} must be an address that begins with http:// or https://`,
  address_inside: (field) =>
    `${field} must be an address that is reachable from outside; inner networks are not called`,
  not_a_phone: (field) => `${field} must be a mobile phone written as 5XXXXXXXXX`,
  not_an_email: (field) => `${field} must be a valid e-mail address`,
  too_large: () => "The request body is too large; at most 64 KB",
  unreadable: () => "The request body cannot be read; send one JSON object, XML document or form",
  unknown_content_type: () =>
    "The content type must be JSON, XML or form (application/json, application/xml, application/x-www-form-urlencoded)",
};

const states: Record<SpentState, string> = {
  pending: "the payment has no result yet",
  held: "the amount is pre-authorised and not drawn yet",
  captured: "the amount was drawn before",
  declined: "the payment was declined",
  voided: "the payment was cancelled before",
  refunded: "the amount was refunded before",
};

const cardParts: Record<CardPart, string> = {
  number: "The card data is wrong: invalid card number (pan / card_number)",
  expiry: "The card data is wrong: invalid expiry date (month, year / expire_month, expire_year)",
  cvv: "The card data is wrong: the security code must be 3 or 4 digits (cvc / cvv)",
};

const invoiceStates: Record<InvoiceState, string> = {
  waiting: "it waits for its payment",
  paid: "it is paid",
  failed: "it could not be collected",
  cancelled: "it is cancelled",
  deleted: "it is deleted",
};

const orderEnds: Record<OrderEnd, string> = {
  done: "all of it has been paid",
  failed: "its last payment could not be drawn",
  deleted: "it is deleted",
};

const linkStates: Record<LinkState, string> = {
  paid: "The payment link was paid before",
  passive: "The payment link is closed",
  expired: "The payment link has expired",
  sold_out: "The payment link is sold out",
};

const receiptNeeds: Record<ReceiptNeed, string> = {
  code: "The end user's SMS code has expired, was used or was never asked for; ask for one with v2/agent/create_end_user_receipt_otp",
  person: "The end user's data are incomplete or wrong",
  instalments: "A receipt for an end user needs at least 2 instalments",
  commission: "A receipt for an end user needs add_commission true",
};

const declines: DeclineText = {
  insufficient_funds: "Insufficient limit or balance",
  limit_exceeded: "The card's transaction limit is exceeded",
  do_not_honour: "The bank did not approve the transaction",
  call_issuer: "The cardholder should call the bank",
  expired_card: "The card has expired",
  invalid_card: "The card number is invalid",
  invalid_cvv: "The security code is wrong",
  lost_card: "Lost card",
  stolen_card: "Stolen card",
  pickup_card: "The card should be retained",
  restricted_card: "Restricted card",
  ecommerce_closed: "The card is closed to internet payments",
  not_permitted_cardholder: "The cardholder may not do this transaction",
  not_permitted_terminal: "This POS may not do this transaction",
  invalid_amount: "The amount is invalid",
  invalid_installment: "This number of instalments is not valid for the card",
  invalid_transaction: "Invalid transaction",
  pin_error: "Wrong PIN or too many tries",
  fraud_suspect: "Refused for security reasons",
  security_violation: "Security violation",
  authentication_failed: "The cardholder could not be authenticated",
  format_error: "The bank refused the request's format",
  duplicate_order: "The bank has seen this order number before",
  original_not_found: "The bank cannot find the original transaction",
  already_voided: "The transaction was already cancelled",
  already_refunded: "The transaction was already refunded",
  amount_over_original: "The amount is above the original's",
  not_settled_yet: "The bank's day is not closed yet: it can be cancelled but not refunded",
  batch_closed: "The bank's day is closed: it can be refunded but not cancelled",
  credentials: "The bank refused the merchant's credentials",
  ip_not_allowed: "The bank does not know this server's address",
  hash_error: "The bank refused the signature",
  merchant_config: "The merchant is not set up properly at the bank",
  issuer_unavailable: "The card's bank could not be reached",
  system_error: "System error at the bank",
  timeout: "The bank did not answer in time",
  retry_later: "Try again later",
  bank_unreachable: "The bank could not be reached; nothing was drawn",
  never_arrived: "The request never reached the bank; nothing was drawn",
  unknown: "The bank declined the transaction",
};

export const en: Messages = {
  success: "Success",
  order_success: "Success",
  no_data: "No record found",
  in_doubt: "The bank did not answer; the result is unknown. Ask with v1/transaction/check",
  in_doubt_here: "The bank has not said for sure yet; query the payment",
  declined: "Unsuccessful",
  card_not_saved: "The card could not be stored; the payment is not affected",
  internal_error:
    "An unexpected error occurred; ask with v1/transaction/check and report it with its x-request-id",
  unexpected_error:
    "Something unexpected went wrong; query the payment, and report it with the x-request-id",
  card_check: "Card check: TRY 1.00 is held and given back",
  code_sent: "The SMS was sent.",
  label_saved: "The label was saved.",
  undrawn: {
    no_card: "The order has no card; nothing could be drawn",
    card_not_taken:
      "The card is not usable any more, or no bank of the firm takes it; it was not tried",
  },
  declines,
  refusals: {
    invalid_input: ({ field, problem, bound }) => problems[problem](field, bound),
    key_unknown: () => "Your API key is wrong",
    not_permitted: ({ what }) => `You may not do this: ${what}`,
    address_not_allowed: ({ address }) => `This key may not be used from ${address}`,
    merchant_blocked: () => "The main firm is blocked",
    agent_blocked: () => "The agent is blocked",
    agent_not_found: ({ agent }) => `Agent not found: ${agent}`,
    path_unknown: () => "There is no such service",
    method_not_allowed: ({ method }) => `This service cannot be called with ${method}; use POST`,
    payment_not_found: () => "Transaction not found",
    reference_taken: ({ reference }) =>
      `Reference ${reference} belongs to a successful payment; ask with v1/transaction/check`,
    request_key_reused: () => "This Idempotency-Key was used with another request",
    payment_in_doubt: ({ reference }) =>
      `The bank has not said what became of ${reference}; ask with v1/transaction/check`,
    payment_busy: () => "Another operation on this payment is under way; try again shortly",
    nothing_to_do: ({ status }) => `There is nothing to do: ${states[status]}`,
    wrong_transaction_type: () => "This service is not for transactions of this type",
    amount_above_hold: ({ most }) => `amount is above the pre-authorised amount (at most ${most})`,
    amount_above_rest: ({ most }) => `The refund is above what is left (at most ${most})`,
    same_day_partial_refund: () =>
      "No partial refund on the day of sale: cancel it whole today or refund a part from tomorrow",
    capture_too_old: () => "A capture can be cancelled on its own day only; refund it instead",
    wrong_card_data: ({ part }) => cardParts[part],
    card_expired: () => "The card has expired",
    card_unknown: () => "The bank of this card number is not known",
    stored_card_not_found: () => "Stored card not found",
    instalment_not_offered: ({ instalments }) =>
      `${instalments} instalments are not offered for this card`,
    pos_not_offered: ({ pos }) => `POS type ${pos} is not offered`,
    rate_table_not_found: ({ table }) => `Rate table not found: ${table}`,
    session_not_found: () => "The session was not found or has expired; start the payment again",
    session_mismatch: () => "The token_id or the amount is not this session's",
    not_authenticated: () =>
      "3-D Secure was not passed or not finished; nothing was taken from the card",
    session_used: () => "This session was used before; start the payment again",
    card_owner_unknown: () => "card_owner_id is not one of this firm's",
    card_not_verified: ({ reason, bankMessage }) =>
      `The bank did not confirm the card, so it was not stored: ${declineWords(declines, reason, bankMessage)}`,
    card_check_in_doubt: () =>
      "The bank did not answer; the card could not be checked and was not stored. If TRY 1.00 was held, it is given back by itself. You can try again",
    code_needed: () => "To store a card, the code sent by SMS must be checked first",
    code_wrong: ({ left }) =>
      left > 0
        ? `The code is wrong; ${left} tries are left`
        : "The code is wrong; ask for a new one",
    code_expired: () => "The code has expired; ask for a new one",
    code_too_early: ({ wait }) => `A new code can be asked for in ${wait} seconds`,
    day_limit_reached: ({ until }) =>
      `The limit of tries for today is reached; try again after ${istanbulMinute(until)}`,
    link_not_found: () => "The payment link was not found",
    link_closed: ({ state }) => linkStates[state],
    receipt_refused: ({ what, field }) =>
      field ? `${receiptNeeds[what]}: ${field}` : receiptNeeds[what],
    subscription_not_found: () => "There is no such regular payment",
    subscription_reference_taken: ({ reference }) =>
      `The reference ${reference} belongs to another regular payment`,
    subscription_stopped: () => "The regular payment is stopped or deleted",
    subscription_state_fixed: ({ state }) =>
      `The regular payment cannot be stopped or resumed: ${orderEnds[state]}`,
    invoice_not_found: () => "There is no such invoice",
    invoice_name_taken: ({ name }) => `The invoice number ${name} was used before`,
    invoice_state_fixed: ({ status }) => `The invoice cannot be changed: ${invoiceStates[status]}`,
    invoice_busy: () => "The bank is being asked about the invoice; try again when it has said",
    price_is_fixed: () =>
      "Terms of a regular payment with a fixed price are invoiced by themselves",
    price_is_variable: () =>
      "Amounts of a regular payment with a variable price come with create_invoice",
    plan_is_full: () => "Each term of the plan has its invoice",
    plan_row_not_found: () => "The plan has no such term (plan_id)",
    no_invoice_to_change: () => "No invoice can be put into this state",
    payer_card_not_found: () => "There is no such card",
    last_card_stays: () => "The only card of a regular payment stays; add another one first",
    nothing_to_send: () => "The regular payment was made without send_mail and send_sms",
    draw_left_over: () => "It was not tried in this call; call again for what is left",
    market_refused: ({ problem, mostDays }) =>
      mostDays === undefined ? market[problem] : `A span of days has at most ${mostDays}`,
    temporarily_unavailable: () =>
      "The service is unavailable for the moment; the bank was not called, try again",
  },
};
