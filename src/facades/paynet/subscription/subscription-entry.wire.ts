import { z } from "zod";
import type { FoundTry } from "../../../checkout/index.ts";
import { ADDRESS_LENGTH_MAX } from "../../../lib/address.ts";
import { type Locale, messages } from "../../../lib/messages/index.ts";
import type { EnteredOrder, EntryEnd } from "../../../subscriptions/index.ts";
import type { Subscription } from "../../../subscriptions/subscription.rules.ts";
import { formTo, sessionMembers } from "../payment/tds.wire.ts";
import { resultCode } from "../wire/errors.ts";
import { freeText, hidden, text, whole } from "../wire/formats.ts";
import { envelope, errorMembers, orderEnvelope } from "../wire/shape.ts";
import { namedOrder } from "./subscription-name.wire.ts";

/** The code of the card is `cvv` here, and its holder need not be named. */
export const CardTdsInitialBody = z
  .object({
    ...namedOrder,
    group_reference_no: text(50).optional(),
    return_url: text(ADDRESS_LENGTH_MAX),
    pan: hidden(24),
    card_holder: freeText(50).optional(),
    month: whole(1, 12),
    year: whole(0, 2099),
    cvv: hidden(24),
    label: freeText(100).optional(),
  })
  .meta({ id: "SubscriptionCreateCardTdsInitial" });
export type CardTdsInitialBody = z.output<typeof CardTdsInitialBody>;

export const CardTdsConfirmBody = z
  .object(sessionMembers)
  .meta({ id: "SubscriptionCreateCardTdsConfirm" });

/** The way to the bank of a card that is entered for an order; by GET and by POST. */
const ENTRY_GATE_PATH = "/v1/subscriptioncreatecardjgate/tds";

export function cardTdsInitialAnswer(
  publicUrl: string,
  names: Readonly<{ session_id: string; token_id: string }>,
  locale: Locale,
) {
  const url = `${publicUrl}${ENTRY_GATE_PATH}?${new URLSearchParams(names)}`;
  const { session_id, token_id } = names;
  return {
    ...{ session_id, token_id, post_url: url, html_content: formTo(url) },
    ...orderEnvelope("create_card_tds_initial", locale),
  };
}

export const CONFIRM_OBJECT = "create_card_tds_confirm_response";
const noError = {
  paynet_error_id: "",
  paynet_error_message: "",
  bank_error_id: "",
  bank_error_message: "",
  bank_error_short_desc: "",
  bank_error_long_desc: "",
};

/** The orders of a group that have the card now. */
const groupRow = ({ order }: EnteredOrder, locale: Locale) => ({
  subscription_id: order.id,
  reference_no: order.reference,
  is_succeed: true,
  message: messages[locale].order_success,
});

/** The charge that was made at once, of the order itself where there are several; 0 for none. */
function xactOf(order: Subscription, orders: readonly EnteredOrder[]): number {
  const own = orders.find((each) => each.order.id === order.id)?.drawn;
  const drawn = own ?? orders.find((each) => each.drawn)?.drawn;
  return Number(drawn?.xact ?? 0n);
}

/** Whose page it was: the host that the payer was sent back to. */
const domainOf = ({ session }: FoundTry): string => {
  const url = session.terms.returnUrl;
  return (url && URL.parse(url)?.hostname) || "";
};

/**
 * `is_succeed` says whether the card is on the order. The success text is the one of payments here,
 * unlike that of the other services of orders.
 */
export function cardTdsConfirmAnswer(found: FoundTry, end: EntryEnd, locale: Locale) {
  const { order } = end;
  const isStored = end.kind === "stored";
  const isGroup = isStored && end.coversGroup;
  return {
    is_succeed: isStored,
    card_id: isStored ? String(end.card) : "",
    xact_id: isStored ? xactOf(order, end.orders) : 0,
    ...(isStored ? noError : errorMembers(end.done.attempt, locale)),
    domain: domainOf(found),
    token_id: found.token.guid,
    subscription_id: order.id,
    subscription_gsm: order.terms.phone,
    otp_control: order.terms.needsCode,
    attempt_day_count: order.attemptDays,
    group_reference_details: isGroup ? end.orders.map((each) => groupRow(each, locale)) : [],
    ...envelope(CONFIRM_OBJECT, isStored ? undefined : end.done.attempt, locale),
    ...(end.kind === "in_doubt" && {
      code: resultCode.time_out,
      message: messages[locale].refusals.card_check_in_doubt({}),
    }),
  };
}
