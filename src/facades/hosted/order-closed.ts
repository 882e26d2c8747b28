import type { FastifyReply } from "fastify";
import type { OrderPage } from "../../subscriptions/index.ts";
import type { OrderState } from "../../subscriptions/subscription.rules.ts";
import { message } from "./message.ts";
import { endTexts } from "./order-end-texts.ts";
import { priceText } from "./order-sheet.ts";
import { rhythmText } from "./order-words.ts";
import { type Sheet, sayingWhy, sendPage, TRIED } from "./page.ts";

type Closed = Exclude<OrderState, "active">;

/** Why an order takes no card from its payer; `undefined` while it does. */
export const whyOrderClosed = ({ state }: Pick<OrderPage, "state">): Closed | undefined =>
  state === "active" ? undefined : state;

/** Tells a payer why an order takes no card, and what of the card, where one was entered. */
export function sendOrderClosed(
  { reply, sheet }: Readonly<{ reply: FastifyReply; sheet: Sheet }>,
  { merchant, order }: Pick<OrderPage, "merchant" | "order">,
  state: Closed,
  wasTried: boolean,
) {
  const said = endTexts[sheet.locale].closed;
  const title = said[`${state}_title`];
  const isDone = state === "done";
  const facts = [
    [order.terms.description, priceText(order, sheet.locale)],
    [merchant.name, rhythmText(order, sheet.locale)],
  ] as const;
  const lines = [said[state](merchant.name), wasTried ? said.not_stored : ""];
  const body = message({ sign: isDone ? "good" : "over", title, lines, facts });
  const both = wasTried ? sayingWhy(sheet, TRIED) : sheet;
  return sendPage(reply, both, { title, body, status: isDone ? 200 : 410 });
}
