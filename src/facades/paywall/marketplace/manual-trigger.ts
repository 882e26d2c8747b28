import type { z } from "zod";
import { findOrder, pending, restartOrder, startOrder } from "../../../marketplace/index.ts";
import { whyText } from "../../../payouts/provider.rules.ts";
import { type Service, service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { currency, day, dayText, flag, guid, money, money4, needed } from "../wire/formats.ts";
import { members } from "../wire/members.ts";

const days = { DateFrom: day(), DateTo: day() };
/** What is absent is unexpected; only a currency that is named can be one that there is not. */
const CurrencyId = needed()
  .transform((id): string | number | boolean => id)
  .pipe(currency());

type Days = Readonly<{ from: string; to: string }>;
const daysShown = ({ from, to }: Days) => ({ DateFrom: dayText(from), DateTo: dayText(to) });

type Shown = Readonly<{ guid: string; span: Days; amountMinor: bigint; count: number }>;
const orderShown = ({ guid: JobId, span, amountMinor, count }: Shown) => ({
  JobId,
  ...daysShown(span),
  Earning: money4(amountMinor),
  Count: count,
});

const base = "/api/paywall/marketplace/manual/trigger";
const PendingInput = members({ ...days, CurrencyId });
const triggerPending: Service<typeof PendingInput> = {
  method: "GET",
  path: `${base}/pending`,
  summary: "What waits for a payout order",
  pair: "paywall_public",
  input: PendingInput,
  async run({ marketplace }, { caller }, { DateFrom: from, DateTo: to, CurrencyId: of }) {
    const span = { from, to };
    const { amountMinor, count } = await pending(marketplace, caller.merchant.id, of, span);
    return ok({ ...daysShown(span), Earning: money(amountMinor), Count: count });
  },
};

const StartInput = members({ ...days, CurrencyId, TestMode: flag, SkipExistsControl: flag });
const triggerStart: Service<typeof StartInput> = {
  method: "POST",
  path: `${base}/start`,
  summary: "Order a payout of the platform's own earnings",
  pair: "paywall_public",
  input: StartInput,
  async run({ marketplace }, { caller }, input) {
    const order = await startOrder(marketplace, caller.merchant, {
      currency: input.CurrencyId,
      span: { from: input.DateFrom, to: input.DateTo },
      isTrial: input.TestMode,
      skipsPaid: input.SkipExistsControl,
    });
    return ok(orderShown(order));
  },
};

const JobInput = members({ JobId: guid() });
const triggerInquiry: Service<typeof JobInput> = {
  method: "GET",
  path: `${base}/inquiry`,
  summary: "What became of a payout order",
  pair: "paywall_public",
  input: JobInput,
  async run({ marketplace }, { caller, locale }, { JobId }) {
    const order = await findOrder(marketplace, caller.merchant.id, JobId);
    return ok({
      ...orderShown(order),
      AnySuccess: order.ended.some(({ isPaid }) => isPaid),
      Results: order.ended.map(({ isPaid, message }) => ({
        Result: isPaid,
        ResultMessage: whyText(message, locale),
      })),
    });
  },
};

const triggerRestart: Service<typeof JobInput> = {
  method: "POST",
  path: `${base}/restart`,
  summary: "Carry out again a payout order that failed",
  pair: "paywall_public",
  input: JobInput,
  async run({ marketplace }, { caller }, { JobId }) {
    return ok(orderShown(await restartOrder(marketplace, caller.merchant, JobId)));
  },
};

/** Payout orders: what waits, the order, what became of it, and once more. */
export const manualTrigger: readonly Service<z.ZodType>[] = [
  service(triggerPending),
  service(triggerStart),
  service(triggerInquiry),
  service(triggerRestart),
];
