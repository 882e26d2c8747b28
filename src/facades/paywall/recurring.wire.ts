import { z } from "zod";
import type { MarketProblem } from "../../lib/market-problem.ts";
import { Refusal, refuse } from "../../lib/refusal.ts";
import { checkEmail, checkPhone } from "../../messaging/recipient.rules.ts";
import type { ShownRecurring } from "../../subscriptions/index.ts";
import {
  ITEM_TYPE_MAX,
  type RecurringCustomer,
  type RecurringTerms,
  retriesOf,
} from "../../subscriptions/recurring.rules.ts";
import {
  amount,
  currency,
  currencyIdOf,
  day,
  flag,
  moment,
  money,
  needed,
  text,
  whole,
} from "./formats.ts";
import { members } from "./members.ts";

const CODE_MAX = 250;
const NAME_MAX = 250;
const ADDRESS_MAX = 2_000;
const ITEMS_MAX = 100;
const UNLIMITED = 1;
const BY_COUNT = 2;

const no = (problem: MarketProblem) => refuse("market_refused", { problem });

export const recurringCode = needed(undefined, CODE_MAX);
const part = (problem: MarketProblem) => needed(problem, NAME_MAX, problem);

const CustomerInput = members(
  {
    SubscriptionCustomerPoolId: text(),
    Name: part("recurring_name_missing"),
    Lastname: part("recurring_lastname_missing"),
    Phone: part("recurring_phone_wrong"),
    Email: part("recurring_email_wrong"),
    Country: part("recurring_country_missing"),
    City: part("recurring_city_missing"),
    Address: part("recurring_address_missing"),
  },
  {},
  "recurring_name_missing",
);

const ItemInput = members({
  SubscriptionItemPoolId: text(),
  Type: whole("recurring_item_type_wrong"),
  Name: part("recurring_item_name_missing"),
  Amount: amount("recurring_item_amount_wrong"),
});

/** What creating and editing ask alike. */
const terms = {
  SubscriptionType: whole("recurring_type_wrong"),
  SubscriptionMerchantCode: recurringCode,
  CurrencyId: currency(),
  Amount: amount("recurring_amount_wrong"),
  CallbackUrl: text(ADDRESS_MAX),
  HasTrial: flag,
  TrialDay: whole("recurring_trial_wrong").default(0),
  PaymentAtCreation: flag,
  RecurringPeriodType: whole("recurring_period_wrong"),
  RecurringPeriodCount: whole("recurring_count_wrong").default(0),
  FailAttempt: whole("recurring_retries_wrong").default(0),
  FailAttemptPendingHour: whole("recurring_hours_wrong").default(0),
  Items: z.array(ItemInput).max(ITEMS_MAX).default([]),
};
const TermsInput = members(terms);

export const EditInput = members({ ...terms, ApplyForPendingJob: flag });

export const CreateInput = members({
  ...terms,
  Card: members({ UniqueCode: text() }).optional(),
  FirstPaymentDate: day().optional(),
  Customer: CustomerInput,
});

/** Names of a pool, which clients that name nothing send as 0. */
const isNamed = (pool: string): boolean => pool !== "" && pool !== "0";

/** Refuses `recurring_type_wrong` and, for a trial of no day, `recurring_trial_wrong`. */
export function termsOf(asked: z.output<typeof TermsInput>): RecurringTerms {
  const { SubscriptionType: type, HasTrial: hasTrial, TrialDay: days } = asked;
  if (type !== UNLIMITED && type !== BY_COUNT) no("recurring_type_wrong");
  if (hasTrial && days < 1) no("recurring_trial_wrong");
  return {
    currency: asked.CurrencyId,
    amountMinor: asked.Amount,
    count: type === BY_COUNT ? asked.RecurringPeriodCount : undefined,
    periodType: asked.RecurringPeriodType,
    trialDays: hasTrial ? days : 0,
    retries: asked.FailAttempt,
    pendingHours: asked.FailAttemptPendingHour,
    items: asked.Items.map((item) => {
      if (isNamed(item.SubscriptionItemPoolId)) no("not_offered");
      if (item.Type < 1 || item.Type > ITEM_TYPE_MAX) no("recurring_item_type_wrong");
      return { type: item.Type, name: item.Name, amountMinor: item.Amount };
    }),
  };
}

/** Runs a check of ours; whatever is wrong is one problem on this wire. */
function checked(problem: MarketProblem, check: () => string): string {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refusal) return no(problem);
    throw error;
  }
}

/** Refuses `recurring_phone_wrong` and `recurring_email_wrong`. */
export function customerOf(asked: z.output<typeof CustomerInput>): RecurringCustomer {
  if (isNamed(asked.SubscriptionCustomerPoolId)) no("not_offered");
  return {
    name: asked.Name,
    lastname: asked.Lastname,
    phone: checked("recurring_phone_wrong", () => checkPhone("", asked.Phone)),
    email: checked("recurring_email_wrong", () => checkEmail("", asked.Email)),
    country: asked.Country,
    city: asked.City,
    address: asked.Address,
  };
}

const customerShown = (customer: RecurringCustomer) => ({
  Name: customer.name,
  Lastname: customer.lastname,
  Phone: customer.phone,
  Email: customer.email,
  Country: customer.country,
  City: customer.city,
  Address: customer.address,
});

export const typeOf = ({ order }: Pick<ShownRecurring, "order">): number =>
  order.renews ? UNLIMITED : BY_COUNT;

/** A recurring payment as a query shows it. */
export const recurringShown = (shown: ShownRecurring) => {
  const { recurring, order, jobs } = shown;
  return {
    Id: Number(recurring.number),
    CurrencyId: currencyIdOf(order.currency),
    SubscriptionType: typeOf(shown),
    SubscriptionCode: recurring.guid,
    SubscriptionMerchantCode: recurring.code,
    Amount: money(order.amountMinor),
    CallbackUrl: order.terms.failedUrl ?? null,
    HasTrial: recurring.trialDays > 0,
    TrialDay: recurring.trialDays,
    RecurringPeriodType: recurring.periodType,
    FailAttempt: retriesOf(order),
    FailAttemptPendingHour: recurring.pendingHours,
    Card: { CardCount: shown.cards },
    Customer: customerShown(recurring.customer),
    Items: recurring.items.map(({ type, name, amountMinor }) => ({
      Type: type,
      Name: name,
      Amount: money(BigInt(amountMinor)),
    })),
    Jobs: jobs.map(({ at, isComplete }) => ({
      RecurringDateTime: moment(at),
      IsComplete: isComplete,
    })),
    InsertDateTime: moment(recurring.createdAt),
    IsActive: shown.isActive,
  };
};
