import { z } from "zod";
import { type Locale, messages, refusalText } from "../../../lib/messages/index.ts";
import type { Linked, PayerCard } from "../../../subscriptions/index.ts";
import type { OrderCard, Subscription } from "../../../subscriptions/subscription.rules.ts";
import { paging } from "../payment/transaction.wire.ts";
import { wireErrors } from "../wire/errors.ts";
import { freeText, problem, text, whole } from "../wire/formats.ts";
import { orderEnvelope } from "../wire/shape.ts";
import { cardMask, namedOrder, wireNumber } from "./subscription-name.wire.ts";

export const CardInfoListBody = z.object(namedOrder).meta({ id: "SubscriptionCardInfoList" });

export const CardInfoLabelBody = z
  .object({ card_id: wireNumber, label: freeText(100) })
  .meta({ id: "SubscriptionCardInfoLabelUpdate" });

export const CardInfoDeleteBody = z
  .object({ card_id: wireNumber, ...namedOrder })
  .meta({ id: "SubscriptionCardInfoDelete" });

export const CardInfoLinkBody = z
  .object({ card_id: wireNumber, ...namedOrder, group_reference_no: text(50).optional() })
  .meta({ id: "SubscriptionCardInfoLinkToSubscription" });

/** More than any payer has; the whole list is read before a card of it is looked for. */
const CARDS_MAX = 100;

/** An id that is not known is sent as 0, as an empty text or not at all. */
const numberOrNone = wireNumber
  .or(z.literal(["", null]))
  .optional()
  .transform((number) => (typeof number === "bigint" && number > 0n ? number : undefined));

/** In XML the rows stand in an element each, in a form they are JSON as a text. */
function rowsOf(value: unknown): unknown {
  if (typeof value === "string") {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const members: unknown[] = Object.values(value);
  if (members.length !== 1) return value;
  const [only] = members;
  return Array.isArray(only) ? only : [only];
}

export const CardInfoArrangeBody = z
  .object({
    ...namedOrder,
    card_information: z.preprocess(
      rowsOf,
      z
        .array(
          z.object({
            subscription_card_id: numberOrNone,
            card_id: numberOrNone,
            /** Counted from 1. */
            order_no: whole(1, 9_999),
          }),
          { error: problem("malformed") },
        )
        .min(1, { error: problem("missing") })
        .max(CARDS_MAX, { error: problem("out_of_range") }),
    ),
  })
  .meta({ id: "SubscriptionCardInfoArrange" });
export type CardInfoArrangeBody = z.output<typeof CardInfoArrangeBody>;

export const CardInfoFilterBody = z
  .object({ agent_id: text(10).optional(), label: freeText(100).optional(), ...paging })
  .meta({ id: "SubscriptionCardInfoFilter" });

/** What a card shows wherever it stands. */
export const cardMembers = ({ card, mask, holderMask, label }: PayerCard) => ({
  card_id: Number(card),
  card_no_mask: cardMask(mask),
  card_holder_name_mask: holderMask,
  label,
});

/** An order's cards as they are tried. */
export const cardListAnswer = (
  order: Subscription,
  cards: readonly OrderCard[],
  locale: Locale,
) => ({
  subscription_id: order.id,
  reference_no: order.reference,
  Data: cards.map((card, i) => ({
    ...cardMembers(card),
    subscription_card_id: Number(card.number),
    order_no: i + 1,
  })),
  ...orderEnvelope("card_info_list", locale),
});

const OBJECT = "card_info_link_to_subscription";

/** What became of each order; the whole has failed where no order has the card. */
export function linkAnswer(linked: readonly Linked[], locale: Locale) {
  const success = orderEnvelope(OBJECT, locale);
  const refusal = linked.some((each) => !each.refusal) ? undefined : linked[0]?.refusal;
  const failure = refusal && {
    object_name: OBJECT,
    code: wireErrors[refusal.code].code,
    message: refusalText(refusal, locale),
  };
  return {
    Details: linked.map(({ id, reference, refusal: why }) => ({
      subscription_id: id,
      reference_no: reference,
      is_succeed: !why,
      message: why ? refusalText(why, locale) : success.message,
    })),
    ...(failure ?? success),
  };
}

/** This one says its success in words of its own. */
export const labelAnswer = (locale: Locale) => ({
  ...orderEnvelope("card_info_label_update", locale),
  message: messages[locale].label_saved,
});
