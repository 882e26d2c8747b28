import type { FastifyReply } from "fastify";
import { Refusal } from "../../lib/refusal.ts";
import type { OrderPage } from "../../subscriptions/index.ts";
import { message } from "./message.ts";
import { orderTexts } from "./order-texts.ts";
import { type Sheet, sendPage } from "./page.ts";
import { timeText } from "./words.ts";

/** When more may be tried, of a refusal for what was tried today. */
export function dayOverUntil(error: unknown): Date | undefined {
  if (!(error instanceof Refusal)) return undefined;
  const { details } = error as Refusal<"day_limit_reached">;
  return error.code === "day_limit_reached" ? details.until : undefined;
}

/** Tells a payer that too much was tried on this order today, and when it can be tried again. */
export function sendDayOver(
  reply: FastifyReply,
  sheet: Sheet,
  { merchant }: Pick<OrderPage, "merchant">,
  until: Date,
) {
  const said = orderTexts[sheet.locale].day_over;
  const lines = [said.line(timeText(until, sheet.locale)), said.ask(merchant.name)];
  const body = message({ sign: "over", title: said.title, lines });
  return sendPage(reply, sheet, { title: said.title, body, status: 429 });
}
