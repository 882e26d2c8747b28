import {
  arrangeCards,
  filterCards,
  labelCard,
  linkCard,
  listCards,
  removeCard,
} from "../../../subscriptions/index.ts";
import { type Service, service } from "../deps.ts";
import { pageOf } from "../payment/transaction.wire.ts";
import { orderEnvelope } from "../wire/shape.ts";
import {
  CardInfoArrangeBody,
  CardInfoDeleteBody,
  CardInfoFilterBody,
  CardInfoLabelBody,
  CardInfoLinkBody,
  CardInfoListBody,
  cardListAnswer,
  cardMembers,
  labelAnswer,
  linkAnswer,
} from "./subscription-cards.wire.ts";
import { orderNameOf } from "./subscription-name.wire.ts";

/** The cards of an order, in the order in which they are tried. */
const cardInfoList: Service<typeof CardInfoListBody> = {
  path: "/v1/subscription/card_info_list",
  summary: "Cards of a regular payment order",
  body: CardInfoListBody,
  objectName: "card_info_list",
  movesMoney: false,
  lists: "Data",
  async run(deps, { caller, locale }, body) {
    const { order, cards } = await listCards(deps, caller, orderNameOf(body));
    return cardListAnswer(order, cards, locale);
  },
};

/** Gives a card a label by which a merchant finds it. */
const cardInfoLabelUpdate: Service<typeof CardInfoLabelBody> = {
  path: "/v1/subscription/card_info_label_update",
  summary: "Label of a card of regular payment orders",
  body: CardInfoLabelBody,
  objectName: "card_info_label_update",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    await labelCard(deps, caller, body.card_id, body.label);
    return labelAnswer(locale);
  },
};

/** Takes a card off an order; the only one stays. */
const cardInfoDelete: Service<typeof CardInfoDeleteBody> = {
  path: "/v1/subscription/card_info_delete",
  summary: "Deletion of a card from a regular payment order",
  body: CardInfoDeleteBody,
  objectName: "card_info_delete",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const ask = { ...orderNameOf(body), card: body.card_id };
    await removeCard(deps.subscriptions, caller, ask);
    return { card_id: String(body.card_id), ...orderEnvelope("card_info_delete", locale) };
  },
};

/** Puts a card of one order on another, or on each of a group, as the last that is tried. */
const cardInfoLink: Service<typeof CardInfoLinkBody> = {
  path: "/v1/subscription/card_info_link_to_subscription",
  summary: "Linking of a card to further regular payment orders",
  body: CardInfoLinkBody,
  objectName: "card_info_link_to_subscription",
  movesMoney: false,
  lists: "Details",
  async run(deps, { caller, locale }, body) {
    const ask = { ...orderNameOf(body), group: body.group_reference_no, card: body.card_id };
    return linkAnswer(await linkCard(deps.subscriptions, caller, ask), locale);
  },
};

/** Sets in which order cards are tried. */
const cardInfoArrange: Service<typeof CardInfoArrangeBody> = {
  path: "/v1/subscription/card_info_arrange",
  summary: "Order in which the cards of a regular payment order are tried",
  body: CardInfoArrangeBody,
  objectName: "card_info_arrange",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const cards = body.card_information.map((row) => ({
      // A place tells its card; a card that is sent beside it must be that one.
      place: row.subscription_card_id,
      card: row.card_id,
      rank: row.order_no,
    }));
    await arrangeCards(deps.subscriptions, caller, { ...orderNameOf(body), cards });
    return orderEnvelope("card_info_arrange", locale);
  },
};

/** Clients of this service know of no pages, so the first one is long. */
const FILTER_LIMIT_DEFAULT = 1_000;

/** Cards of a dealer's orders, or of all orders, by their label. */
const cardInfoFilter: Service<typeof CardInfoFilterBody> = {
  path: "/v1/subscription/card_info_filter",
  summary: "Cards of regular payment orders by dealer and label",
  body: CardInfoFilterBody,
  objectName: "card_info_filter",
  movesMoney: false,
  lists: "Data",
  async run(deps, { caller, locale }, body) {
    const agent = await deps.reception.agentFor(caller, body.agent_id);
    const { offset, limit, shown } = pageOf({ ...body, limit: body.limit ?? FILTER_LIMIT_DEFAULT });
    const filter = { agentId: agent?.id, label: body.label, offset, limit };
    const { rows, total } = await filterCards(deps, caller, filter);
    return {
      total,
      total_count: rows.length,
      ...shown,
      has_more: offset + rows.length < total,
      Data: rows.map(cardMembers),
      ...orderEnvelope("card_info_filter", locale),
      message: null,
    };
  },
};

/** The services of cards on regular payment orders. */
export const subscriptionCardServices = [
  service(cardInfoList),
  service(cardInfoLabelUpdate),
  service(cardInfoDelete),
  service(cardInfoLink),
  service(cardInfoArrange),
  service(cardInfoFilter),
] as const;
