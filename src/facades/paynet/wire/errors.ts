import type { RefusalCode } from "../../../lib/refusal.ts";

/**
 * Paynet's result codes: `code` at HTTP 200, `result_code` in an error object.
 */
export const resultCode = {
  successful: 0,
  unsuccessful: 1,
  company_blocked: 2,
  agent_blocked: 3,
  agent_not_found: 4,
  duplicate_data: 5,
  no_process: 6,
  unauthorized: 7,
  server_error: 8,
  not_implemented: 9,
  time_out: 10,
  bad_request: 11,
  no_data: 12,
  no_session: 13,
  wrong_bin: 14,
  unmatched: 15,
  not_authenticated: 16,
  used_session: 17,
  wrong_card_data: 18,
  wrong_transaction_type: 19,
  wrong_pos_type: 20,
  wrong_ratio_get: 21,
  expire_date_error: 22,
  ratio_code_not_found: 23,
  invoice_not_found: 24,
  card_not_found: 25,
  card_key_undefined: 26,
  old_successful: 100,
  subscription_off: 201,
} as const;

type ErrorType = "api_error" | "invalid_request_error" | "authorization_error" | "404 Not Found";
/** At HTTP 200 a refusal is an answer of the service, at any other status the error object. */
export type WireError = Readonly<
  { status: 200; code: number } | { status: number; code: number; type: ErrorType }
>;

const answer = (code: number): WireError => ({ status: 200, code });
const input = (code: number = resultCode.bad_request): WireError => ({
  status: 400,
  code,
  type: "invalid_request_error",
});
const forbidden = (code: number): WireError => ({ status: 403, code, type: "authorization_error" });

/** Every refusal, as this wire says it. A new one does not compile until it stands here. */
export const wireErrors: Record<RefusalCode, WireError> = {
  invalid_input: input(),
  key_unknown: { status: 401, code: resultCode.unauthorized, type: "authorization_error" },
  not_permitted: forbidden(resultCode.unauthorized),
  address_not_allowed: forbidden(resultCode.unauthorized),
  merchant_blocked: forbidden(resultCode.company_blocked),
  agent_blocked: forbidden(resultCode.agent_blocked),
  agent_not_found: answer(resultCode.agent_not_found),
  path_unknown: { status: 404, code: resultCode.no_process, type: "404 Not Found" },
  method_not_allowed: {
    status: 405,
    code: resultCode.not_implemented,
    type: "invalid_request_error",
  },
  payment_not_found: answer(resultCode.no_data),
  reference_taken: answer(resultCode.duplicate_data),
  request_key_reused: input(resultCode.duplicate_data),
  payment_in_doubt: answer(resultCode.time_out),
  payment_busy: answer(resultCode.unsuccessful),
  nothing_to_do: answer(resultCode.no_process),
  wrong_transaction_type: answer(resultCode.wrong_transaction_type),
  amount_above_hold: input(),
  amount_above_rest: answer(resultCode.unsuccessful),
  same_day_partial_refund: answer(resultCode.unsuccessful),
  capture_too_old: answer(resultCode.no_process),
  wrong_card_data: answer(resultCode.wrong_card_data),
  card_expired: answer(resultCode.expire_date_error),
  card_unknown: answer(resultCode.wrong_bin),
  stored_card_not_found: answer(resultCode.card_not_found),
  instalment_not_offered: answer(resultCode.wrong_ratio_get),
  pos_not_offered: answer(resultCode.wrong_pos_type),
  session_not_found: answer(resultCode.no_session),
  session_mismatch: answer(resultCode.unmatched),
  not_authenticated: answer(resultCode.not_authenticated),
  session_used: answer(resultCode.used_session),
  card_owner_unknown: answer(resultCode.card_key_undefined),
  card_not_verified: answer(resultCode.unsuccessful),
  card_check_in_doubt: answer(resultCode.time_out),
  code_needed: answer(resultCode.unsuccessful),
  code_wrong: answer(resultCode.unsuccessful),
  code_expired: answer(resultCode.unsuccessful),
  code_too_early: answer(resultCode.unsuccessful),
  day_limit_reached: answer(resultCode.unsuccessful),
  link_not_found: answer(resultCode.no_data),
  link_closed: answer(resultCode.unsuccessful),
  receipt_refused: answer(resultCode.unsuccessful),
  rate_table_not_found: answer(resultCode.ratio_code_not_found),
  subscription_not_found: answer(resultCode.no_data),
  subscription_reference_taken: answer(resultCode.duplicate_data),
  subscription_stopped: answer(resultCode.subscription_off),
  subscription_state_fixed: answer(resultCode.no_process),
  invoice_not_found: answer(resultCode.invoice_not_found),
  invoice_name_taken: answer(resultCode.duplicate_data),
  invoice_state_fixed: answer(resultCode.no_process),
  invoice_busy: answer(resultCode.unsuccessful),
  price_is_fixed: answer(resultCode.no_process),
  price_is_variable: answer(resultCode.no_process),
  plan_is_full: answer(resultCode.no_process),
  plan_row_not_found: answer(resultCode.no_data),
  no_invoice_to_change: answer(resultCode.no_process),
  payer_card_not_found: answer(resultCode.card_not_found),
  last_card_stays: answer(resultCode.unsuccessful),
  nothing_to_send: answer(resultCode.no_process),
  draw_left_over: answer(resultCode.unsuccessful),
  // Of marketplaces this wire does not speak.
  market_refused: answer(resultCode.unsuccessful),
  temporarily_unavailable: { status: 503, code: resultCode.server_error, type: "api_error" },
};
