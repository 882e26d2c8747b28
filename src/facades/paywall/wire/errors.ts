import { type Locale, messages, refusalText } from "../../../lib/messages/index.ts";
import type { Refusal, RefusalCode } from "../../../lib/refusal.ts";
import { ownText } from "./own-words.ts";
import { problemCodes } from "./problem-codes.ts";

/** How a refusal is said: the wire's code, and the HTTP status where it is not 200. */
type WireError = Readonly<{ code: number; status?: number }>;

const code = {
  not_found: -1,
  failure: 1,
  unexpected: 2,
  code_taken: 4,
  no_provider: 5,
  payment_final: 7,
  instalment: 9,
  card: 14,
  card_expired: 19,
  stored_card: 22,
  header_missing: 4,
  state: 92,
  amount: 112,
  unauthorized: 401,
  forbidden: 403,
  path: 404,
  unavailable: 503,
} as const;

const is = (number: number): WireError => ({ code: number });

/** Every refusal, as this wire says it. A new one does not compile until it stands here. */
const wireErrors: Record<Exclude<RefusalCode, "market_refused">, WireError> = {
  invalid_input: is(code.unexpected),
  key_unknown: { status: 401, code: code.unauthorized },
  // Who signed in may not do this one thing: the .NET client reads no envelope beside HTTP 200.
  not_permitted: is(code.forbidden),
  address_not_allowed: { status: 403, code: code.forbidden },
  merchant_blocked: { status: 403, code: code.forbidden },
  agent_blocked: { status: 403, code: code.forbidden },
  agent_not_found: is(code.failure),
  path_unknown: { status: 404, code: code.path },
  method_not_allowed: { status: 405, code: code.path },
  payment_not_found: is(code.not_found),
  reference_taken: is(code.code_taken),
  request_key_reused: is(code.code_taken),
  payment_in_doubt: is(code.state),
  payment_busy: is(code.state),
  nothing_to_do: is(code.state),
  wrong_transaction_type: is(code.state),
  amount_above_hold: is(code.amount),
  amount_above_rest: is(code.amount),
  same_day_partial_refund: is(code.state),
  capture_too_old: is(code.state),
  wrong_card_data: is(code.card),
  card_expired: is(code.card_expired),
  card_unknown: is(code.card),
  stored_card_not_found: is(code.stored_card),
  instalment_not_offered: is(code.instalment),
  pos_not_offered: is(code.no_provider),
  rate_table_not_found: is(code.no_provider),
  session_not_found: is(code.not_found),
  session_mismatch: is(code.failure),
  not_authenticated: is(code.failure),
  session_used: is(code.payment_final),
  card_owner_unknown: is(code.stored_card),
  card_not_verified: is(code.failure),
  card_check_in_doubt: is(code.failure),
  code_needed: is(code.failure),
  code_wrong: is(code.failure),
  code_expired: is(code.failure),
  code_too_early: is(code.failure),
  day_limit_reached: is(code.failure),
  link_not_found: is(code.not_found),
  link_closed: is(code.failure),
  receipt_refused: is(code.failure),
  subscription_not_found: is(323),
  subscription_reference_taken: is(322),
  subscription_stopped: is(325),
  subscription_state_fixed: is(325),
  invoice_not_found: is(code.not_found),
  invoice_name_taken: is(code.failure),
  invoice_state_fixed: is(code.failure),
  invoice_busy: is(code.failure),
  price_is_fixed: is(code.failure),
  price_is_variable: is(code.failure),
  plan_is_full: is(code.failure),
  plan_row_not_found: is(code.failure),
  no_invoice_to_change: is(code.failure),
  payer_card_not_found: is(code.stored_card),
  last_card_stays: is(349),
  nothing_to_send: is(code.failure),
  draw_left_over: is(code.failure),
  temporarily_unavailable: { status: 503, code: code.unavailable },
};

/** The HTTP status, code and sentence of a refusal. */
export function errorOf(
  refusal: Refusal,
  locale: Locale,
): Readonly<{ status: number; code: number; message: string }> {
  if (isMarket(refusal)) {
    const { problem } = refusal.details;
    return { status: 200, code: problemCodes[problem], message: refusalText(refusal, locale) };
  }
  const wire = wireErrors[refusal.code as Exclude<RefusalCode, "market_refused">];
  const message = ownText(refusal, locale) ?? refusalText(refusal, locale);
  return { status: wire.status ?? 200, code: wire.code, message };
}

const isMarket = (refusal: Refusal): refusal is Refusal<"market_refused"> =>
  refusal.code === "market_refused";

type Words = Readonly<Record<Locale, string>>;
const keysMissing: Words = {
  tr: "apikey veya apiclient başlığı eksik",
  en: "The apikey or apiclient header is missing",
};
const tokenMissing: Words = { tr: "token başlığı eksik", en: "The token header is missing" };
const tokenUnknown: Words = {
  tr: "token başlığı geçersiz veya süresi dolmuş",
  en: "The token header is not valid, or its time is over",
};

/** A header that every call of a service must bring is not there: keys, or a browser's token. */
export const headerMissing = (locale: Locale, by: "keys" | "token" = "keys") =>
  ({
    status: 401,
    code: code.header_missing,
    message: (by === "keys" ? keysMissing : tokenMissing)[locale],
  }) as const;

/** The token of a browser was not given out, or its time is over. */
export const tokenNotValid = (locale: Locale) =>
  ({ status: 401, code: code.unauthorized, message: tokenUnknown[locale] }) as const;

/** What nobody foresaw; its cause is in the log alone. */
export const unexpected = (locale: Locale) =>
  ({ status: 500, code: 500, message: messages[locale].unexpected_error }) as const;
