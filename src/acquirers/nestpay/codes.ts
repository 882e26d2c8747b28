import type { DeclineReason } from "../index.ts";

/**
 * How far a refusal may be trusted. `declined`: a plain no. `not_executed`: the gateway refused
 * before anything ran. `doubtful`: it says no, yet such answers are sometimes wrong.
 */
type CodeClass = "declined" | "not_executed" | "doubtful";
export type CodeMeaning = Readonly<{ reason: DeclineReason; class: CodeClass }>;

const no = (reason: DeclineReason): CodeMeaning => ({ reason, class: "declined" });
const notRun = (reason: DeclineReason): CodeMeaning => ({ reason, class: "not_executed" });
const maybe = (reason: DeclineReason): CodeMeaning => ({ reason, class: "doubtful" });

/** Two-digit answers of issuers (ISO 8583), with what is particular to this gateway. */
const issuerCodes: Readonly<Record<string, CodeMeaning>> = {
  "01": no("call_issuer"),
  "02": no("call_issuer"),
  "03": no("merchant_config"),
  "04": no("pickup_card"),
  "05": no("do_not_honour"),
  "06": no("invalid_transaction"),
  "07": no("pickup_card"),
  // Elsewhere an approval after an identity check; here it is only dressed as one.
  "08": maybe("do_not_honour"),
  "09": no("retry_later"),
  "11": maybe("do_not_honour"),
  "12": no("invalid_transaction"),
  "13": no("invalid_amount"),
  "14": no("invalid_card"),
  "15": no("invalid_card"),
  "19": no("retry_later"),
  "20": no("invalid_amount"),
  "21": no("invalid_transaction"),
  "25": no("original_not_found"),
  "28": no("invalid_transaction"),
  "29": no("original_not_found"),
  "30": no("format_error"),
  "33": no("expired_card"),
  "34": no("fraud_suspect"),
  "36": no("restricted_card"),
  "37": no("pickup_card"),
  "38": no("pin_error"),
  "39": no("invalid_card"),
  "41": no("lost_card"),
  "43": no("stolen_card"),
  "51": no("insufficient_funds"),
  "52": no("invalid_card"),
  "53": no("invalid_card"),
  "54": no("expired_card"),
  "55": no("pin_error"),
  "56": no("invalid_card"),
  "57": no("not_permitted_cardholder"),
  "58": no("not_permitted_terminal"),
  "59": no("fraud_suspect"),
  "61": no("limit_exceeded"),
  "62": no("restricted_card"),
  "63": no("security_violation"),
  "65": no("limit_exceeded"),
  "75": no("pin_error"),
  "76": no("system_error"),
  "77": no("format_error"),
  "80": no("format_error"),
  "81": no("system_error"),
  "82": no("invalid_cvv"),
  "83": no("system_error"),
  "85": no("do_not_honour"),
  "91": maybe("issuer_unavailable"),
  // "Timeout, reversal is trying": the sale may stand until the reversal arrives.
  "92": maybe("timeout"),
  "93": no("invalid_installment"),
  "95": maybe("system_error"),
  "96": maybe("system_error"),
  "98": no("already_voided"),
  YK: no("restricted_card"),
};

/** The gateway's own codes: family, first and last number, meaning. The first that fits counts. */
const gatewayCodes: readonly (readonly [string, number, number, CodeMeaning])[] = [
  ["CORE", 1001, 1005, maybe("system_error")],
  ["CORE", 1006, 1029, notRun("format_error")],
  ["CORE", 2001, 2001, notRun("invalid_transaction")],
  ["CORE", 2008, 2008, no("original_not_found")],
  ["CORE", 2009, 2009, no("invalid_amount")],
  ["CORE", 2010, 2011, no("expired_card")],
  ["CORE", 2012, 2012, no("invalid_card")],
  ["CORE", 2015, 2015, no("invalid_card")],
  ["CORE", 2016, 2016, maybe("duplicate_order")],
  ["CORE", 2020, 2034, notRun("format_error")],
  ["CORE", 2105, 2106, no("format_error")],
  ["CORE", 2119, 2119, no("format_error")],
  ["CORE", 2115, 2117, notRun("merchant_config")],
  ["CORE", 2120, 2120, notRun("merchant_config")],
  ["CORE", 2123, 2123, notRun("merchant_config")],
  ["CORE", 2121, 2121, no("authentication_failed")],
  ["CORE", 2124, 2124, no("invalid_installment")],
  ["CORE", 2126, 2126, notRun("merchant_config")],
  ["CORE", 2127, 2127, maybe("duplicate_order")],
  ["CORE", 2201, 2202, notRun("credentials")],
  ["CORE", 2204, 2204, no("invalid_installment")],
  ["CORE", 2206, 2206, no("authentication_failed")],
  ["CORE", 2208, 2208, no("invalid_cvv")],
  ["CORE", 2254, 2254, no("ip_not_allowed")],
  ["CORE", 2250, 2256, no("fraud_suspect")],
  ["CORE", 2301, 2301, notRun("format_error")],
  ["CORE", 2302, 2302, maybe("duplicate_order")],
  ["CORE", 2304, 2304, maybe("duplicate_order")],
  ["CORE", 2311, 2311, notRun("retry_later")],
  ["CORE", 2314, 2314, notRun("retry_later")],
  ["CORE", 2400, 2400, maybe("system_error")],
  ["CORE", 2500, 2501, maybe("system_error")],
  ["CORE", 2503, 2503, no("amount_over_original")],
  ["CORE", 2504, 2504, no("already_refunded")],
  ["CORE", 2505, 2506, no("original_not_found")],
  // The order succeeded before. Our order ids serve one payment, so its own sale may stand there.
  ["CORE", 2507, 2507, maybe("duplicate_order")],
  ["CORE", 2508, 2508, no("not_settled_yet")],
  ["CORE", 2509, 2509, no("amount_over_original")],
  ["CORE", 2511, 2511, no("batch_closed")],
  ["CORE", 2512, 2512, no("not_permitted_terminal")],
  ["CORE", 2513, 2514, no("invalid_transaction")],
  ["CORE", 2515, 2515, no("invalid_cvv")],
  ["CORE", 2517, 2517, no("invalid_transaction")],
  ["CORE", 2603, 2603, no("invalid_installment")],
  ["CORE", 2700, 2700, maybe("system_error")],
  ["CORE", 2800, 2800, maybe("system_error")],
  ["CORE", 2900, 2900, maybe("system_error")],
  ["CORE", 3000, 3000, maybe("system_error")],
  ["BM", 1001, 1008, no("format_error")],
  // Worded as "never connected", but said by a gateway that may have tried more than once.
  ["BM", 9100, 9101, maybe("issuer_unavailable")],
  ["BM", 9102, 9102, maybe("timeout")],
  ["BM", 9103, 9103, maybe("issuer_unavailable")],
  ["HPP", 1001, 1999, notRun("format_error")],
];

/**
 * The meaning of an issuer's two characters in an explicit refusal. One that the table does not
 * know is still a refusal by an issuer. `undefined` for what no issuer says: `00`, `99`, others.
 */
export function meaningOfIssuerCode(code: string): CodeMeaning | undefined {
  if (code === "00" || code === "99" || !/^[0-9A-Z]{2}$/.test(code)) return undefined;
  return Object.hasOwn(issuerCodes, code) ? issuerCodes[code] : no("unknown");
}

/** The meaning of `Extra/ERRORCODE`; `undefined` for one that the integration guide lacks. */
export function meaningOfErrorCode(code: string): CodeMeaning | undefined {
  const [family, rest = ""] = code.split("-", 2);
  if (family === "ISO8583") return meaningOfIssuerCode(rest);
  if (!/^\d{4}$/.test(rest)) return undefined;
  const number = Number(rest);
  return gatewayCodes.find(
    ([of, from, to]) => of === family && from <= number && number <= to,
  )?.[3];
}
