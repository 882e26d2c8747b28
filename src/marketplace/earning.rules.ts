import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";

/** Who is due something of a product: its member, or the platform itself. */
export type Party = "member" | "platform";
export type PayoutState = "queued" | "sending" | "paid" | "failed";

/** What one party is due of one product. */
export type Earning = Readonly<{
  merchantId: MerchantId;
  number: bigint;
  approvalId: string;
  sale: bigint;
  product: bigint;
  party: Party;
  /** The product's member, on the platform's earnings too. */
  member: bigint;
  currency: Currency;
  amountMinor: bigint;
  commissionPpm: bigint;
  /** Days, `yyyy-MM-dd`: when it is due, and the business day on which it is paid by itself. */
  reflectionDate: string;
  payDate: string;
  /** `closed` is nothing to pay; whether an open one is paid is what its payout says. */
  state: "open" | "closed" | "deleted";
  isRetried: boolean;
  isHeld: boolean;
  payout: bigint | null;
  calculatedAt: Date;
}>;

/** What the platform owes a member beside its earnings; below zero, what the member owes back. */
export type Debt = Readonly<{
  merchantId: MerchantId;
  number: bigint;
  sale: bigint;
  product: bigint;
  member: bigint;
  kind: "discount" | "cargo" | "clawback";
  currency: Currency;
  amountMinor: bigint;
  payDate: string;
  state: "open" | "deleted";
  isHeld: boolean;
  payout: bigint | null;
  calculatedAt: Date;
}>;

/** The state of the payout that something due is in; null where it is in none. */
export type InPayout = Readonly<{ payoutState: PayoutState | null }>;
export type EarningDue = Earning & InPayout;
export type DebtDue = Debt & InPayout;

/** What becomes of something due, in one word. */
export type DueStatus =
  | "calculated"
  | "retried"
  | "queued"
  | "sending"
  | "paid"
  | "failed"
  | "deleted"
  | "closed";

type Status = InPayout & Readonly<{ state: "open" | "closed" | "deleted"; isRetried?: boolean }>;

/** There is no column of it: one change of a payout moves all that is in it. */
export function statusOf({ state, payoutState, isRetried }: Status): DueStatus {
  if (state !== "open") return state;
  return payoutState ?? (isRetried ? "retried" : "calculated");
}

/** Whether it can still be changed or deleted: it is in no payout, or in one that failed. */
export const isUnpaid = ({ payoutState }: InPayout): boolean =>
  payoutState === null || payoutState === "failed";
