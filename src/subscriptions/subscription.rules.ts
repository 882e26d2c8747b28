import type { DeclineReason } from "../acquirers/outcome.rules.ts";
import type { AgentId, CardId, MerchantId, PaymentId } from "../lib/id.ts";
import type { Locale } from "../lib/messages/index.ts";
import type { Currency } from "../lib/money.ts";
import type { Interval, Plan } from "./plan.rules.ts";

export type SubscriptionStatus = "active" | "stopped" | "deleted";
export type InvoiceStatus = "waiting" | "paid" | "failed" | "cancelled" | "deleted";

/** What a merchant asked for beside money and dates. Kept as JSON. */
export type SubscriptionTerms = Readonly<{
  name: string;
  email: string;
  /** Ten digits, beginning with 5. */
  phone: string;
  /** What the payer is told the money is for. */
  description: string;
  agentCode?: string | undefined;
  userName?: string | undefined;
  note?: string | undefined;
  /** Told when a card was entered, and after each draw that succeeded or failed. */
  confirmationUrl?: string | undefined;
  succeededUrl?: string | undefined;
  failedUrl?: string | undefined;
  /** Where the payer's browser goes after a card was entered. */
  redirectUrl?: string | undefined;
  logoUrl?: string | undefined;
  sendsMail: boolean;
  sendsSms: boolean;
  /** Whether the payer's phone is proved by a code before a card is taken. */
  needsCode: boolean;
  locale: Locale;
}>;

/** Rounds of tries a day, and days with tries, where an order does not say how many. */
export const ATTEMPTS_DEFAULT = 3;
export const DAILY_ATTEMPTS_MAX = 24;
export const ATTEMPT_DAYS_MAX = 366;

/** A regular payment order. */
export type Subscription = Readonly<
  Plan & {
    merchantId: MerchantId;
    /** A lower-case GUID, as the wire shows it. */
    id: string;
    status: SubscriptionStatus;
    reference: string;
    groupReference: string | null;
    agentId: AgentId | null;
    currency: Currency;
    amountMinor: bigint;
    companyMinor: bigint | null;
    interval: Interval;
    /** The first wire number of each round of the plan. */
    planNumbers: readonly bigint[];
    isFixedPrice: boolean;
    renews: boolean;
    addsCommission: boolean;
    dailyAttempts: number;
    attemptDays: number;
    /** Instead of both and of the merchant's rest: rounds in all, and the rest between two. */
    ownRests?: Readonly<{ minutes: number; rounds: number }> | undefined;
    /** Whether the first term is drawn as soon as a card is there. */
    drawsAtCard: boolean;
    terms: SubscriptionTerms;
    acceptedAt: Date | null;
    acceptedFrom: string | null;
    stoppedAt: Date | null;
    createdAt: Date;
  }
>;

/**
 * Why the newest try came to nothing: the bank's reason, or that there was no card, or that none of
 * the merchant's contracts takes it.
 */
export type DrawReason = DeclineReason | "no_card" | "card_not_taken";

/** What is drawn for one term. */
export type Invoice = Readonly<{
  merchantId: MerchantId;
  number: bigint;
  invoiceNo: string;
  subscriptionId: string;
  /** Counted from 0. */
  term: number;
  version: number;
  status: InvoiceStatus;
  drawnFrom: Date;
  amountMinor: bigint;
  companyMinor: bigint | null;
  isTold: boolean;
  dueAt: Date | null;
  tries: number;
  /** Cards that said no in the round of tries under way. */
  refusedCards: readonly bigint[];
  lastReason: DrawReason | null;
  lastMessage: string | null;
  attemptedAt: Date | null;
  /** The Istanbul day of the newest round, `yyyy-MM-dd`. */
  attemptedOn: string | null;
  /** Rounds on that day; in all, where the order has rests of its own. */
  attemptsToday: number;
  attemptDays: number;
  openPaymentId: PaymentId | null;
  openCard: bigint | null;
  /** What becomes of it should the try under way come to nothing. */
  wantedStatus: "failed" | "cancelled" | "deleted" | null;
  wantedMinor: bigint | null;
  wantedCompanyMinor: bigint | null;
  paidById: PaymentId | null;
  paidAt: Date | null;
  createdAt: Date;
}>;

/** A card on an order, in the order in which cards are tried. */
export type OrderCard = Readonly<{
  /** The wire's `subscription_card_id`. */
  number: bigint;
  /** The wire's `card_id`. */
  card: bigint;
  cardId: CardId;
  position: number;
  label: string;
  mask: string;
  holderMask: string;
}>;

export const termsOf = ({ planNumbers, intervalCount }: Subscription): number =>
  planNumbers.length * intervalCount;

/** The wire's number of a term's row in the plan. */
export function planNumber(order: Subscription, term: number): bigint {
  const first = order.planNumbers[Math.floor(term / order.intervalCount)];
  return (first ?? 0n) + BigInt(term % order.intervalCount);
}

/** The term of a plan number; `undefined` for a number that is not the order's. */
export function termOf(order: Subscription, number: bigint): number | undefined {
  const round = order.planNumbers.findIndex(
    (first) => number >= first && number < first + BigInt(order.intervalCount),
  );
  if (round < 0) return undefined;
  return round * order.intervalCount + Number(number - order.planNumbers[round]!);
}

/** How an order stands: `done` and `failed` say that nothing is left to draw. */
export type OrderState = "active" | "done" | "failed" | "stopped" | "deleted";

/** What of an order's invoices tells its state; deleted ones count as none. */
export type Tally = Readonly<{
  /** Invoices that are not deleted. */
  all: number;
  waiting: number;
  /** How the latest term ended that was paid or failed. */
  last: "paid" | "failed" | null;
}>;

export function orderState(order: Subscription, { all, waiting, last }: Tally): OrderState {
  if (order.status !== "active") return order.status;
  // With a fixed price a term without an invoice is one that was deleted.
  const isInvoiced = order.isFixedPrice || (all > 0 && all >= termsOf(order));
  if (waiting > 0 || !isInvoiced || order.renews) return "active";
  return last === "paid" ? "done" : "failed";
}

/** Whether a term falls into the time for which an order was stopped: it was not tried before. */
export const fellIntoStop = (invoice: Invoice, stoppedAt: Date, now: Date): boolean =>
  invoice.status === "waiting" &&
  invoice.openPaymentId === null &&
  invoice.tries === 0 &&
  invoice.drawnFrom >= stoppedAt &&
  invoice.drawnFrom <= now;
