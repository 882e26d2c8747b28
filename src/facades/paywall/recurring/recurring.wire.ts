import { z } from "zod";
import { refuseMarket } from "../../../lib/refusal.ts";
import type { ShownRecurring } from "../../../subscriptions/index.ts";
import {
  type RecurringCustomer,
  type RecurringTerms,
  retriesOf,
} from "../../../subscriptions/recurring.rules.ts";
import {
  amount,
  currency,
  currencyIdOf,
  day,
  flag,
  moment,
  money,
  named,
  needed,
  text,
  whole,
} from "../wire/formats.ts";
import { members } from "../wire/members.ts";

const CODE_MAX = 250;
const NAME_MAX = 250;
const ADDRESS_MAX = 2_000;
const ITEMS_MAX = 100;
const UNLIMITED = 1;
const BY_COUNT = 2;

export const recurringCode = needed(undefined, CODE_MAX);
const part = text(NAME_MAX);
/** The number of something in a pool; clients that name nothing send 0. */
const pooled = named().default(0n);

export const CustomerInput = members(
  {
    SubscriptionCustomerPoolId: pooled,
    Name: part,
    Lastname: part,
    Phone: part,
    Email: part,
    Country: part,
    City: part,
    Address: part,
  },
  {},
  "recurring_name_missing",
);

export const ItemInput = members({
  SubscriptionItemPoolId: pooled,
  Type: whole("recurring_item_type_wrong").optional(),
  Name: part,
  Amount: amount("recurring_item_amount_wrong").optional(),
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

/** Refuses `recurring_type_wrong` and, for a trial of no day, `recurring_trial_wrong`. */
export function termsOf(
  asked: z.output<typeof TermsInput>,
  items: RecurringTerms["items"],
): RecurringTerms {
  const { SubscriptionType: type, HasTrial: hasTrial, TrialDay: days } = asked;
  if (type !== UNLIMITED && type !== BY_COUNT) refuseMarket("recurring_type_wrong");
  if (hasTrial && days < 1) refuseMarket("recurring_trial_wrong");
  return {
    currency: asked.CurrencyId,
    amountMinor: asked.Amount,
    count: type === BY_COUNT ? asked.RecurringPeriodCount : undefined,
    periodType: asked.RecurringPeriodType,
    trialDays: hasTrial ? days : 0,
    retries: asked.FailAttempt,
    pendingHours: asked.FailAttemptPendingHour,
    items,
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
