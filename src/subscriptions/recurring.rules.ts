import { istanbulDay, startOfIstanbulDay } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import { refuse, refuseMarket } from "../lib/refusal.ts";
import { daysLater, type Interval, nextLike, TERMS_MAX, termAt } from "./plan.rules.ts";
import type { Subscription } from "./subscription.rules.ts";

/** Who pays, as a merchant writes it. */
export type RecurringCustomer = Readonly<{
  name: string;
  lastname: string;
  phone: string;
  email: string;
  country: string;
  city: string;
  address: string;
}>;

/** What is paid for: 1 membership, 2 product, 3 service. Kept as JSON, which has no big numbers. */
export type RecurringItem = Readonly<{ type: number; name: string; amountMinor: string }>;

/**
 * `opening` is paid at its creation and lives only once that has come; whoever asks for it before
 * finds nothing.
 */
export type RecurringState = "opening" | "live" | "deleted";

/** A recurring payment as its merchant named it, and the order that it is now. */
export type Recurring = Readonly<{
  merchantId: MerchantId;
  /** The wire's `SubscriptionId`. */
  number: bigint;
  /** The wire's `SubscriptionCode`, and the group of all orders that it ever was. */
  guid: string;
  /** The merchant's own name for it. */
  code: string;
  state: RecurringState;
  subscriptionId: string;
  periodType: number;
  pendingHours: number;
  /** Days without a charge before its first one; 0 without a trial. */
  trialDays: number;
  customer: RecurringCustomer;
  items: readonly RecurringItem[];
  createdAt: Date;
}>;

/** When and how often a recurring payment is charged, and of what. */
export type RecurringTerms = Readonly<{
  currency: Currency;
  amountMinor: bigint;
  /** How many charges; without an end where it is not said. */
  count?: number | undefined;
  periodType: number;
  trialDays: number;
  /** Rounds after one that came to nothing, and the hours between two. */
  retries: number;
  pendingHours: number;
  items: readonly (Omit<RecurringItem, "amountMinor"> & Readonly<{ amountMinor: bigint }>)[];
}>;

const TRIAL_DAYS_MAX = 366;
const RETRIES_MAX = 5;
const PENDING_HOURS_MAX = 24;
export const ITEM_TYPE_MAX = 3;
const MINUTES = 60;

type Span = Readonly<{ interval: Interval; period: number }>;
/** The wire's periods by their numbers. */
const spans: Readonly<Record<number, Span>> = {
  1: { interval: "day", period: 1 },
  2: { interval: "week", period: 1 },
  3: { interval: "week", period: 2 },
  4: { interval: "month", period: 1 },
  5: { interval: "month", period: 3 },
  6: { interval: "month", period: 6 },
  7: { interval: "month", period: 9 },
  8: { interval: "year", period: 1 },
};

/** The interval of a period of the wire. Refuses `recurring_period_wrong`. */
export const spanOf = (type: number): Span => spans[type] ?? refuseMarket("recurring_period_wrong");

/**
 * Refuses what of a recurring payment cannot be: its amount, items that do not make it, and how
 * often it is charged and tried.
 */
export function checkTerms(terms: RecurringTerms): void {
  const { amountMinor, items, count, trialDays, retries, pendingHours } = terms;
  if (amountMinor <= 0n) refuseMarket("recurring_amount_wrong");
  if (items.length === 0) refuseMarket("recurring_items_missing");
  const sum = items.reduce((all, item) => all + item.amountMinor, 0n);
  if (sum !== amountMinor) refuseMarket("recurring_items_do_not_add_up");
  spanOf(terms.periodType);
  if (count !== undefined && (count < 1 || count > TERMS_MAX))
    refuseMarket("recurring_count_wrong");
  if (trialDays < 0 || trialDays > TRIAL_DAYS_MAX) refuseMarket("recurring_trial_wrong");
  if (retries < 0 || retries > RETRIES_MAX) refuseMarket("recurring_retries_wrong");
  const hoursMin = retries > 0 ? 1 : 0;
  if (pendingHours < hoursMin || pendingHours > PENDING_HOURS_MAX)
    refuseMarket("recurring_hours_wrong");
}

/** Items as they are kept. */
export const itemsKept = (items: RecurringTerms["items"]): RecurringItem[] =>
  items.map((item) => ({ ...item, amountMinor: item.amountMinor.toString() }));

/** How its order is tried: one round and its repetitions, with the same rest before each. */
export const ownRestsOf = ({
  retries,
  pendingHours,
}: Pick<RecurringTerms, "retries" | "pendingHours">) => ({
  minutes: Math.max(pendingHours, 1) * MINUTES,
  rounds: retries + 1,
});

/** How often a round is repeated. */
export const retriesOf = ({ ownRests }: Subscription): number => (ownRests?.rounds ?? 1) - 1;

/** Whether what is asked is another plan: period, trial, currency, or how often it is charged. */
export const hasOtherPlan = (
  { periodType, trialDays }: Recurring,
  { renews, intervalCount, currency }: Subscription,
  asked: RecurringTerms,
): boolean =>
  asked.currency !== currency ||
  asked.periodType !== periodType ||
  asked.trialDays !== trialDays ||
  asked.count !== (renews ? undefined : intervalCount);

export type Beginning = Readonly<{
  periodType: number;
  trialDays: number;
  paysAtCreation: boolean;
  /** `yyyy-MM-dd`, where the merchant names the day of the first charge. */
  firstDay?: string | undefined;
}>;

/** Whether the first charge is made before anything else; a trial puts it off even then. */
export const isPaidAtOnce = ({ paysAtCreation, trialDays }: Beginning): boolean =>
  paysAtCreation && trialDays === 0;

/**
 * The moment of the first charge. It is the day that was named, else today where it is paid at its
 * creation, else one period from now; the days of a trial come on top. The time of day is that of
 * `now`. Refuses `invalid_input` for a named day that has passed, and for one that is not today
 * where the first charge is made at once.
 */
export function firstAt(asked: Beginning, now: Date): Date {
  const { periodType, trialDays, paysAtCreation, firstDay } = asked;
  const today = istanbulDay(now);
  const isWrong = firstDay && (firstDay < today || (isPaidAtOnce(asked) && firstDay !== today));
  if (isWrong) refuse("invalid_input", { field: "FirstPaymentDate", problem: "out_of_range" });
  const midnight = firstDay ? startOfIstanbulDay(firstDay) : undefined;
  const start = midnight ? nextLike(now, midnight) : now;
  const isFromStart = paysAtCreation || firstDay !== undefined;
  const begin = isFromStart ? start : termAt({ beginAt: start, ...spanOf(periodType) }, 1);
  return daysLater(begin, trialDays);
}
