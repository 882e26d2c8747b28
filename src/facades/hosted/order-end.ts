import type { FastifyReply } from "fastify";
import type { FoundTry } from "../../checkout/index.ts";
import { html } from "../../lib/html.ts";
import { Refusal } from "../../lib/refusal.ts";
import {
  confirmCardEntry,
  type EntryEnd,
  type EntryPlace,
  entryPlaceOf,
  openOrderPage,
} from "../../subscriptions/index.ts";
import { cardTexts } from "./card-texts.ts";
import type { HostedDeps } from "./deps.ts";
import { type MessageParts, message, whyDeclined } from "./message.ts";
import { sendOrderClosed, whyOrderClosed } from "./order-closed.ts";
import { type StoredEnd, storedParts } from "./order-end-parts.ts";
import { endTexts } from "./order-end-texts.ts";
import { pathIn } from "./order-form.ts";
import { orderWords } from "./order-texts.ts";
import { type Sheet, sendPage } from "./page.ts";
import { type Ended, wordsOf } from "./return.ts";
import { texts } from "./texts.ts";

type At = Readonly<{ reply: FastifyReply; sheet: Sheet }>;

function show({ reply, sheet }: At, parts: MessageParts) {
  return sendPage(reply, sheet, { title: parts.title, body: message(parts) });
}

/** Back to the page of the order; a phone that was proved stays so. */
export function orderAgain({ merchant, order, visit }: EntryPlace, { locale }: Sheet) {
  const path = pathIn({ merchant, order }, locale);
  const href = visit ? `${path}&visit=${visit}` : path;
  return html`<a class="pay" href="${href}">${texts[locale].again}</a>`;
}

/** The bank did not let the payer through: nothing is held. */
export async function sendEntryRefused(
  deps: HostedDeps,
  found: FoundTry,
  at: At,
  ended: Exclude<Ended, { kind: "authenticated" }>,
) {
  const { sign, title, lines } = wordsOf(ended, at.sheet, found.session.kind);
  const more = orderAgain(await entryPlaceOf(deps.subscriptions, found), at.sheet);
  return show(at, { sign, title, lines, more });
}

/** The merchant's own page, told which order has which card now. */
function sendAway({ reply }: At, url: string, end: StoredEnd) {
  const target = new URL(url);
  target.searchParams.set("subscription_id", end.order.id);
  target.searchParams.set("card_id", String(end.card));
  return reply.header("referrer-policy", "no-referrer").redirect(target.href, 303);
}

/** The result is not known here and now; the same address knows it later. */
function askAgain(at: At) {
  const { locale } = at.sheet;
  const said = endTexts[locale].end;
  const more = html`<a class="pay" href="">${texts[locale].look_again}</a>`;
  return show(at, { sign: "over", title: said.doubt, lines: [said.doubt_line], more });
}

function tellEnd(found: FoundTry, at: At, end: EntryEnd, place: EntryPlace) {
  const { locale } = at.sheet;
  const said = endTexts[locale].end;
  if (end.kind === "in_doubt") return askAgain(at);
  if (end.kind === "stored") {
    const url = end.order.terms.redirectUrl;
    return url ? sendAway(at, url, end) : show(at, storedParts(found, end, locale));
  }
  const facts = [[cardTexts[locale].number, found.token.payment.cardMask]] as const;
  const lines = [...whyDeclined(end.done.attempt, locale), said.declined_line];
  const more = orderAgain(place, at.sheet);
  return show(at, { sign: "bad", title: said.declined, lines, facts, more });
}

const mayStillBe: ReadonlySet<string> = new Set([
  "payment_in_doubt",
  "payment_busy",
  "temporarily_unavailable",
]);

/**
 * The payer of an order is back from the bank, which said yes: now the card is stored. Loaded
 * again, the page goes on where the first load ended, or tells what that did.
 */
export async function sendEntryEnd(
  deps: HostedDeps,
  found: FoundTry,
  { clientIp, ...at }: At & Readonly<{ clientIp: string }>,
) {
  const place = await entryPlaceOf(deps.subscriptions, found);
  try {
    const end = await confirmCardEntry(deps.subscriptions, found, { clientIp });
    return tellEnd(found, at, end, place);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { merchant, order } = place;
    const { companyCode } = merchant;
    const page = await openOrderPage(deps.subscriptions, { companyCode, id: order.id });
    const closed = whyOrderClosed(page);
    if (closed) return sendOrderClosed(at, page, closed, true);
    if (mayStillBe.has(error.code)) return askAgain(at);
    const { locale } = at.sheet;
    const lines = [orderWords(error, locale)];
    const more = orderAgain(place, at.sheet);
    return show(at, { sign: "bad", title: endTexts[locale].end.not_stored, lines, more });
  }
}
