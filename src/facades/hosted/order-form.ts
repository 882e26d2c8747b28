import type { FastifyReply } from "fastify";
import { type Html, html, jsonScript } from "../../lib/html.ts";
import type { Locale } from "../../lib/messages/index.ts";
import { type OrderPage, orderPath } from "../../subscriptions/index.ts";
import { cardFields, lock } from "./card-fields.ts";
import type { Problem } from "./card-page.ts";
import { cardTexts } from "./card-texts.ts";
import { logoOrigin, orderSummary, orderTerms, priceText, type View } from "./order-sheet.ts";
import { orderTexts } from "./order-texts.ts";
import { everyText } from "./order-words.ts";
import { type Sheet, sayingWhy, sendPage } from "./page.ts";

/** The page's own path: forms keep the language that it is shown in, and the visit. */
export const pathIn = (
  { merchant, order }: Pick<OrderPage, "merchant" | "order">,
  locale: Locale,
  more = "",
): string => `${orderPath(merchant, order)}${more}?lang=${locale}`;

/** On a phone the summary is above what is to be done: forms come back to this part. */
export const PANEL = "panel";

/** By which a form says which other orders were named to the payer: the card is for no others. */
export const SHOWN = "shown";

/** A step of the payer's page: who asks for what, and beside it what is to be done. */
export function sendStep(
  reply: FastifyReply,
  sheet: Sheet,
  view: View,
  step: Readonly<{
    panel: Html;
    script: string;
    data?: Html;
    problem?: string | undefined;
    /** The problem's name, where the other language has words for it by that. */
    why?: string | undefined;
  }>,
) {
  const { merchant, order } = view.page;
  const { problem, why } = step;
  const isAnswer = reply.request.method === "POST";
  const alert = problem && html`<p class="alert" role="alert" id="form-error">${problem}</p>`;
  return sendPage(reply, why && isAnswer ? sayingWhy(sheet, why) : sheet, {
    title: `${orderTexts[sheet.locale].kind} · ${merchant.name}`,
    status: problem && isAnswer ? 422 : 200,
    data: step.data,
    scripts: [{ file: step.script }],
    imageOrigin: logoOrigin(order),
    body: html`
<main class="sheet">
${orderSummary(view)}
<section class="panel" id="${PANEL}">${alert}${step.panel}</section>
</main>`,
  });
}

/** Whose card there is already: a second one helps out, and does not take its place. */
function known({ page: { cards }, locale }: View): Html | undefined {
  const said = orderTexts[locale];
  const [first] = cards;
  if (!first) return undefined;
  const words = cards.length === 1 ? said.has_card(first.mask) : said.has_cards(cards.length);
  return html`<p class="known">${words}</p>`;
}

function consent({ page: { merchant }, locale }: View): Html {
  const said = orderTexts[locale];
  return html`
<label class="choice consent">
<input type="checkbox" id="accept" name="accept" value="1" required
  aria-describedby="accept-error">
<span>${said.accept(merchant.name)}</span>
</label>
<p class="error" id="accept-error" hidden>${said.accept_missing}</p>`;
}

function form(view: View, visit: string | undefined, problem: Problem | undefined): Html {
  const { page, locale } = view;
  const { order } = page;
  const others = page.others.map(({ id }) => id);
  const said = orderTexts[locale];
  const total = order.isFixedPrice ? priceText(order, locale) : "";
  const step = order.terms.needsCode && html`<p class="step">${said.code.step(2)}</p>`;
  // Without scripts the total of this card is shown here, and is agreed to with the next try.
  const [option] = problem?.options ?? [];
  return html`
<form id="card-form" method="post" action="${pathIn(page, locale)}#${PANEL}"
  data-bin-url="${pathIn(page, locale, "/bin")}" data-total="${total}">
${step}<h2>${page.cards.length > 0 ? said.another_card : said.card}</h2>
${known(view)}
${visit && html`<input type="hidden" name="visit" value="${visit}">`}
${others.length > 0 && html`<input type="hidden" name="${SHOWN}" value="${others.join(" ")}">`}
<div class="fields">${cardFields(cardTexts[locale])}</div>
<fieldset class="instalments" id="instalments"${!option && html` hidden`}>
<legend>${said.drawn}</legend>
<div class="options" id="options">${
    option &&
    html`<label class="option"><input type="radio" name="instalment_key" value="${option.key}"
checked><span class="option-name">${everyText(order, locale)}</span>
<span class="option-total">${option.total}</span></label>`
  }</div>
</fieldset>
<section class="terms">
<h3>${said.terms}</h3>
<ul>${orderTerms(view).map((term) => html`<li>${term}</li>`)}</ul>
<h3>${said.check}</h3>
<p>${said.check_lines}</p>
</section>
${consent(view)}
<p class="spoken" id="total" aria-live="polite"></p>
<button class="pay" id="pay" type="submit">${lock}
<span class="pay-text">${said.script.pay}</span></button>
<p class="trust">${lock}<span>${said.trust}</span></p>
</form>`;
}

/** The page on which a payer reads what is drawn, agrees, and enters a card. */
export function sendCardStep(
  reply: FastifyReply,
  sheet: Sheet,
  view: View,
  { visit, problem }: Readonly<{ visit: string | undefined; problem?: Problem | undefined }>,
) {
  const script = { ...cardTexts[sheet.locale].script, ...orderTexts[sheet.locale].script };
  return sendStep(reply, sheet, view, {
    panel: form(view, visit, problem),
    script: "checkout.js",
    data: jsonScript("texts", script),
    problem: problem?.words,
    why: problem?.why,
  });
}
