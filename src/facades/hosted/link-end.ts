import type { FastifyReply } from "fastify";
import { type FoundTry, finish, LINK_PATH, type Link, linkOf } from "../../checkout/index.ts";
import { html } from "../../lib/html.ts";
import { Refusal, type RefusalCode } from "../../lib/refusal.ts";
import type { Done } from "../../payments/index.ts";
import { isSettled } from "../../payments/payment.rules.ts";
import { cardTexts, payerWords } from "./card-texts.ts";
import type { HostedDeps } from "./deps.ts";
import { closedBy, sendLinkClosed, whyClosed } from "./link-closed.ts";
import { type MessageParts, message, whyDeclined } from "./message.ts";
import { type Sheet, sendPage } from "./page.ts";
import { type Ended, wordsOf } from "./return.ts";
import { texts } from "./texts.ts";
import { moneyText, timeText } from "./words.ts";

type At = Readonly<{ reply: FastifyReply; sheet: Sheet }>;

/** The merchant's own page, told which operation it is about where there is one. */
function sendAway(deps: HostedDeps, reply: FastifyReply, url: string, done?: Done) {
  const target = new URL(url);
  if (done) target.searchParams.set("xact_id", deps.xactId(done.attempt.id));
  return reply.header("referrer-policy", "no-referrer").redirect(target.href, 303);
}

function show({ reply, sheet }: At, status: number, parts: MessageParts) {
  return sendPage(reply, sheet, { title: parts.title, status, body: message(parts) });
}

/** Back to the card, as long as the link may be paid. */
function again({ sheet }: At, found: FoundTry, link: Link) {
  const path = `${LINK_PATH}/${encodeURIComponent(found.merchant.companyCode)}/${link.id}`;
  return html`<a class="pay" href="${path}?lang=${sheet.locale}">${texts[sheet.locale].again}</a>`;
}

/** The bank did not let the payer through: nothing is charged. */
export async function sendLinkRefused(
  deps: HostedDeps,
  found: FoundTry,
  at: At,
  ended: Exclude<Ended, { kind: "authenticated" }>,
) {
  const link = await linkOf(deps.checkout, found.session);
  if (link.terms.errorUrl) return sendAway(deps, at.reply, link.terms.errorUrl);
  const { title, lines } = wordsOf(ended, at.sheet, found.session.kind);
  return show(at, 200, { sign: "bad", title, lines, more: again(at, found, link) });
}

function factsOf(found: FoundTry, { payment, attempt }: Done, link: Link, sheet: Sheet) {
  const said = cardTexts[sheet.locale];
  const { locale } = sheet;
  const facts: (readonly [string, string])[] = [
    [texts[locale].paid_to, found.merchant.name],
    ...(link.terms.item ? [[texts[locale].item, link.terms.item.name] as const] : []),
    [texts[locale].amount, moneyText(payment.amountMinor, payment.currency, locale)],
    [said.number, payment.cardMask],
  ];
  if (payment.instalments > 0) {
    facts.push([said.instalments, said.instalment(payment.instalments)]);
  }
  if (payment.reference !== found.session.linkId) facts.push([said.reference, payment.reference]);
  facts.push([texts[locale].approval, attempt.authorizationCode ?? ""]);
  facts.push([texts[locale].when, timeText(attempt.openedAt, locale)]);
  return facts;
}

/** How the payment of a link ended: the merchant's own page, or ours. */
function tellEnd(
  deps: HostedDeps,
  found: FoundTry,
  at: At,
  end: Readonly<{ done: Done; link: Link }>,
) {
  const { done, link } = end;
  const said = texts[at.sheet.locale];
  const { attempt } = done;
  if (!isSettled(attempt)) return askAgain(found, at);
  if (attempt.status === "approved") {
    if (link.terms.succeedUrl) return sendAway(deps, at.reply, link.terms.succeedUrl, done);
    const lines = [said.paid(found.merchant.name)];
    const facts = factsOf(found, done, link, at.sheet);
    return show(at, 200, { sign: "good", title: said.paid_title, lines, facts });
  }
  if (link.terms.errorUrl) return sendAway(deps, at.reply, link.terms.errorUrl, done);
  const lines = [...whyDeclined(attempt, at.sheet.locale), said.declined];
  return show(at, 200, {
    sign: "bad",
    title: said.declined_title,
    lines,
    more: again(at, found, link),
  });
}

/** Refusals after which nobody knows yet whether money was taken. */
const mayBePaid: ReadonlySet<RefusalCode> = new Set([
  "payment_in_doubt",
  "payment_busy",
  "temporarily_unavailable",
]);

/** The result is not known here and now; the same address knows it later. */
function askAgain(found: FoundTry, at: At) {
  const said = texts[at.sheet.locale];
  const lines = [said.doubt(found.merchant.name)];
  const more = html`<a class="pay" href="">${said.look_again}</a>`;
  return show(at, 200, { sign: "over", title: said.doubt_title, lines, more });
}

function notPaid(found: FoundTry, at: At, refusal: Refusal, link: Link) {
  const { locale } = at.sheet;
  const title = texts[locale].declined_title;
  const lines = [payerWords(refusal, locale)];
  return show(at, 200, { sign: "bad", title, lines, more: again(at, found, link) });
}

/**
 * The payer of a link is back from the bank, which said yes: now the payment is made. Loaded again,
 * the page finds what the first load did.
 */
export async function sendLinkEnd(
  deps: HostedDeps,
  found: FoundTry,
  { clientIp, ...at }: At & Readonly<{ clientIp: string }>,
) {
  const link = await linkOf(deps.checkout, found.session);
  try {
    const { done } = await finish(deps.checkout, found, { clientIp });
    return tellEnd(deps, found, at, { done, link });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Somebody else has paid it meanwhile, or the merchant has closed it.
    const { merchant } = found;
    const now = { merchant, link: await linkOf(deps.checkout, found.session) };
    const closed = closedBy(error) ?? whyClosed(deps, now);
    if (closed) return sendLinkClosed(at, now, closed, true);
    return mayBePaid.has(error.code) ? askAgain(found, at) : notPaid(found, at, error, now.link);
  }
}
