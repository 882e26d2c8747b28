import type { Currency } from "../lib/money.ts";
import type { Proof } from "./threeds.rules.ts";
import type { HistoryRow, OrderStatus } from "./view.rules.ts";

/** What a merchant can ask of the bank, whatever the dialect calls it. */
export const operations = [
  "sale",
  "preauth",
  "capture",
  "void",
  "refund",
  "inquire",
  "history",
] as const;
export type Operation = (typeof operations)[number];

/** Why the bank refuses by itself, before any issuer is asked. Each dialect has a code for each. */
export type Refusal =
  | "format"
  | "type_unknown"
  | "currency_unknown"
  | "currency_differs"
  | "amount_zero"
  | "credentials"
  | "merchant_unknown"
  | "order_number_invalid"
  | "order_paid"
  | "order_running"
  | "card_number_missing"
  | "card_number_wrong"
  | "expiry_wrong"
  | "card_expired"
  | "cvv_wrong"
  | "instalment_refused"
  | "instalment_in_foreign_currency"
  | "authentication_unknown"
  | "recurring_not_offered"
  | "nothing_to_void"
  | "batch_closed"
  | "not_settled"
  | "refund_above_net"
  | "refund_net_zero"
  | "capture_done"
  | "capture_without_hold"
  | "capture_above_hold"
  | "capture_too_late"
  | "system_error";

/** A request that its dialect could read but not accept. `field` is the wire's own name. */
export type Problem = Readonly<{ why: Refusal; field?: string }>;

/** One request in the bank's own words. Amounts are whole kuruş, `0` where the wire has none. */
export type Ask = Readonly<{
  op: Operation;
  merchantNo: string;
  user: string;
  password: string;
  /** Empty where the wire leaves it to the bank. */
  orderNo: string;
  /** The bank's reference of an earlier transaction, or empty. */
  bankTxnId: string;
  amountKurus: number;
  /** Empty where a follow-up does not repeat it. */
  currency: Currency | "";
  /** `0` is a single payment. */
  instalments: number;
  pan: string;
  expiryMonth: number;
  expiryYear: number;
  cvv: string;
  /** In the place of the card, after 3-D Secure. */
  proof: Proof | undefined;
  clientIp: string;
  problem: Problem | undefined;
}>;

/** A transaction as its reply tells it. */
export type Receipt = Readonly<{
  orderNo: string;
  bankTxnId: string;
  rrn: string;
  authCode: string;
  batchNo: number;
  brand: string;
  issuerName: string;
  atMs: number;
}>;

/** What the bank decided; already durable when a dialect turns it into bytes. */
export type Answer =
  | { kind: "approved"; receipt: Receipt }
  | { kind: "declined"; code: string; receipt: Receipt }
  | { kind: "refused"; problem: Problem; atMs: number }
  | { kind: "status"; status: OrderStatus; mdStatus: string; atMs: number }
  | { kind: "history"; rows: HistoryRow[]; atMs: number }
  | { kind: "not_found"; atMs: number };

export const emptyAsk: Ask = {
  op: "sale",
  merchantNo: "",
  user: "",
  password: "",
  orderNo: "",
  bankTxnId: "",
  amountKurus: 0,
  currency: "",
  instalments: 0,
  pan: "",
  expiryMonth: 0,
  expiryYear: 0,
  cvv: "",
  proof: undefined,
  clientIp: "",
  problem: undefined,
};

/** The only form in which a card number is written down: first six and last four digits. */
export const maskPan = (pan: string): string =>
  pan.length < 13 ? "*".repeat(pan.length) : `${pan.slice(0, 6)}******${pan.slice(-4)}`;
