import type { FastifyReply } from "fastify";
import type { FoundLink } from "../../checkout/index.ts";
import { linkState } from "../../checkout/link.rules.ts";
import type { LinkState, Refusal } from "../../lib/refusal.ts";
import { timeOf } from "../../merchants/merchant.rules.ts";
import type { HostedDeps } from "./deps.ts";
import { message } from "./message.ts";
import { type Sheet, sayingWhy, sendPage, TRIED } from "./page.ts";
import { texts } from "./texts.ts";
import { moneyText } from "./words.ts";

/** Why a link takes no payment now; `undefined` while it does. */
export function whyClosed(deps: HostedDeps, { merchant, link }: FoundLink): LinkState | undefined {
  const state = linkState(link, timeOf(merchant, deps.clock()));
  return state === "waiting" ? undefined : state;
}

/** Why a link took no payment just now, where that is what was refused. */
export const closedBy = ({ code, details }: Refusal): LinkState | undefined =>
  code === "link_closed" && "state" in details ? (details.state as LinkState) : undefined;

/** Tells a payer why a link takes no payment, and what of the card, where one was entered. */
export function sendLinkClosed(
  { reply, sheet }: Readonly<{ reply: FastifyReply; sheet: Sheet }>,
  { merchant, link }: FoundLink,
  state: LinkState,
  wasTried = false,
) {
  const said = texts[sheet.locale];
  const amount = moneyText(link.amountMinor, link.currency, sheet.locale);
  const title = state === "paid" ? said.paid_title : said[`link_${state}_title`];
  const body = message({
    sign: state === "paid" ? "good" : "over",
    title,
    lines: [said[`link_${state}`], wasTried ? said.link_not_drawn : ""],
    facts: [[merchant.name, amount]],
  });
  const both = wasTried ? sayingWhy(sheet, TRIED) : sheet;
  return sendPage(reply, both, { title, body, status: state === "paid" ? 200 : 410 });
}
