import { z } from "zod";
import { ADDRESS_LENGTH_MAX } from "../../../lib/address.ts";
import type { Locale } from "../../../lib/messages/index.ts";
import type { Agent, Merchant } from "../../../merchants/index.ts";
import type { OrderAsk, OrderView, ShownRow } from "../../../subscriptions/index.ts";
import { type Interval, TERMS_MAX } from "../../../subscriptions/plan.rules.ts";
import { partsOf } from "../../../subscriptions/shares.rules.ts";
import {
  ATTEMPT_DAYS_MAX,
  ATTEMPTS_DEFAULT,
  DAILY_ATTEMPTS_MAX,
} from "../../../subscriptions/subscription.rules.ts";
import { paging, span } from "../payment/transaction.wire.ts";
import {
  dateWithoutOffset,
  flag,
  freeText,
  hundredths,
  hundredthsOrZero,
  lira,
  moment,
  onlyLira,
  text,
  whole,
} from "../wire/formats.ts";
import { namedOrder } from "./subscription-name.wire.ts";
import { statusMembers, statusOf } from "./subscription-status.wire.ts";

const intervals = ["day", "week", "month", "year"] as const satisfies readonly Interval[];
const interval = whole(0, intervals.length - 1)
  .transform((number) => intervals[number]!)
  .meta({ description: "0 day, 1 week, 2 month, 3 year" });

const address = text(ADDRESS_LENGTH_MAX).optional();
/** Kuruş, as texts or bare integers; of one part the other is the rest. */
export const amounts = {
  amount: hundredths,
  agent_amount: hundredthsOrZero.optional(),
  company_amount: hundredthsOrZero.optional(),
};

/** `v1/subscription/create`. Two members have two spellings by the generation of the client. */
export const SubscriptionCreateBody = z
  .object({
    name_surname: freeText(100),
    ...amounts,
    interval,
    interval_count: whole(1, TERMS_MAX),
    begin_date: moment,
    reference_no: text(50),
    end_user_email: text(254),
    end_user_gsm: text(30),
    agent_id: text(10).optional(),
    end_user_desc: freeText(500),
    addcomission_to_amount: flag.optional(),
    add_comission_to_amount: flag.optional(),
    currency: onlyLira.optional(),
    period: whole(0, TERMS_MAX).optional(),
    user_name: freeText(50).optional(),
    agent_note: freeText(500).optional(),
    confirmation_webhook: address,
    suceed_webhook: address,
    succeed_webhook: address,
    error_webhook: address,
    confirmation_redirect_url: address,
    send_mail: flag.optional(),
    send_sms: flag.optional(),
    is_fixed_price: flag.optional(),
    auto_renew: flag.optional(),
    agent_logo: address,
    attempt_day_count: whole(0, ATTEMPT_DAYS_MAX).optional(),
    daily_attempt_count: whole(0, DAILY_ATTEMPTS_MAX).optional(),
    is_charge_on_card_confirmation: flag.optional(),
    group_reference_no: text(50).optional(),
    otp_control: flag.optional(),
  })
  .meta({ id: "SubscriptionCreate" });
export type SubscriptionCreateBody = z.output<typeof SubscriptionCreateBody>;

export const SubscriptionDetailBody = z.object(namedOrder).meta({ id: "SubscriptionDetail" });
export const SendAgainBody = z.object(namedOrder).meta({ id: "SubscriptionSendAgain" });

export const SubscriptionListBody = z
  .object({
    ...span,
    agent_id: text(10).optional(),
    show_all_agent: flag.optional(),
    group_reference_no: text(50).optional(),
    ...paging,
  })
  .meta({ id: "SubscriptionList" });

/** Done and failed is what orders become by themselves. */
export const SubscriptionStatusBody = z
  .object({ ...namedOrder, status: statusOf("active", "stopped", "deleted") })
  .meta({ id: "SubscriptionStatusUpdate" });

export const AmountUpdateBody = z
  .object({ ...namedOrder, ...amounts })
  .meta({ id: "SubscriptionAmountUpdate" });

type Amounts = Pick<z.output<typeof AmountUpdateBody>, keyof typeof amounts>;
/** An amount with its parts, in the platform's words. */
export const amountOf = (body: Amounts) => ({
  amountMinor: body.amount,
  agentMinor: body.agent_amount,
  companyMinor: body.company_amount,
});

/** What is asked for, in the platform's words. A period of 0 is one of 1. */
export function orderAskOf(
  body: SubscriptionCreateBody,
  agent: Agent | undefined,
  locale: Locale,
): OrderAsk {
  return {
    ...amountOf(body),
    currency: "TRY",
    reference: body.reference_no,
    groupReference: body.group_reference_no,
    agent,
    interval: body.interval,
    intervalCount: body.interval_count,
    period: body.period || 1,
    beginAt: body.begin_date,
    isFixedPrice: body.is_fixed_price ?? true,
    renews: body.auto_renew ?? false,
    addsCommission: body.addcomission_to_amount ?? body.add_comission_to_amount ?? false,
    dailyAttempts: body.daily_attempt_count || ATTEMPTS_DEFAULT,
    attemptDays: body.attempt_day_count || ATTEMPTS_DEFAULT,
    drawsAtCard: body.is_charge_on_card_confirmation ?? false,
    terms: {
      name: body.name_surname,
      email: body.end_user_email,
      phone: body.end_user_gsm,
      description: body.end_user_desc,
      userName: body.user_name,
      note: body.agent_note,
      confirmationUrl: body.confirmation_webhook,
      succeededUrl: body.suceed_webhook ?? body.succeed_webhook,
      failedUrl: body.error_webhook,
      redirectUrl: body.confirmation_redirect_url,
      logoUrl: body.agent_logo,
      sendsMail: body.send_mail ?? false,
      sendsSms: body.send_sms ?? false,
      needsCode: body.otp_control ?? false,
      locale,
    },
  };
}

/** What stands in the terms of an order, under the names by which it was asked for. */
const termMembers = ({ terms }: OrderView["order"]) => ({
  name_surname: terms.name,
  end_user_email: terms.email,
  end_user_gsm: terms.phone,
  end_user_desc: terms.description,
  user_name: terms.userName ?? "",
  agent_note: terms.note ?? "",
  confirmation_webhook: terms.confirmationUrl ?? "",
  suceed_webhook: terms.succeededUrl ?? "",
  error_webhook: terms.failedUrl ?? "",
  confirmation_redirect_url: terms.redirectUrl ?? "",
  agent_logo: terms.logoUrl ?? "",
  send_mail: terms.sendsMail,
  send_sms: terms.sendsSms,
  otp_control: terms.needsCode,
});

export type Shown = Readonly<{ merchant: Merchant; url: string }>;

/**
 * Every member of an order but its plan. Amounts are lira here, and each part is what it comes to
 * as of now; a multiplier of one is shown as none.
 */
export function orderMembers({ order, state }: OrderView, { merchant, url }: Shown) {
  const parts = partsOf(merchant, order.agentId !== null, order);
  return {
    subscription_id: order.id,
    url,
    company_code: merchant.companyCode,
    agent_id: order.terms.agentCode ?? merchant.companyCode,
    reference_no: order.reference,
    group_reference_no: order.groupReference ?? "",
    ...termMembers(order),
    amount: lira(order.amountMinor),
    agent_amount: lira(parts.agentMinor),
    company_amount: lira(parts.companyMinor),
    currency: order.currency,
    addcomission_to_amount: order.addsCommission,
    interval: intervals.indexOf(order.interval),
    interval_count: order.intervalCount,
    period: order.period === 1 ? 0 : order.period,
    begin_date: dateWithoutOffset(order.beginAt),
    create_date: dateWithoutOffset(order.createdAt),
    is_fixed_price: order.isFixedPrice,
    auto_renew: order.renews,
    attempt_day_count: order.attemptDays,
    daily_attempt_count: order.dailyAttempts,
    is_charge_on_card_confirmation: order.drawsAtCard,
    ...statusMembers(state),
  };
}

/** A row of the plan. Ids are integers in these services, that of a transaction too. */
export const planRow = (row: ShownRow) => ({
  plan_id: Number(row.number),
  invoice_id: Number(row.invoice?.number ?? 0n),
  val_date: dateWithoutOffset(row.at),
  amount: lira(row.amountMinor),
  xact_id: Number(row.xact),
  ...statusMembers(row.status),
});
