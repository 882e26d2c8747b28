import type { FastifyReply } from "fastify";
import { type Html, html, jsonScript } from "../../lib/html.ts";
import type { Locale } from "../../lib/messages/index.ts";
import type { Currency } from "../../lib/money.ts";
import type { Option } from "./card-entry.ts";
import { cardFields, lock } from "./card-fields.ts";
import { type CardTexts, cardTexts } from "./card-texts.ts";
import { basketPart, type Goods, itemPart } from "./goods.ts";
import { type Sheet, sayingWhy, sendPage } from "./page.ts";
import { cardChoice, type StoredAsk } from "./stored-cards.ts";
import { amountText, currencyName, moneyText } from "./words.ts";

/** What a payer is asked for, by whom, and where the answer goes. */
export type CardAsk = Readonly<{
  merchantName: string;
  amountMinor: bigint;
  currency: Currency;
  note?: string | undefined;
  goods?: Goods | undefined;
  payer?: string | undefined;
  reference?: string | undefined;
  action: string;
  binUrl: string;
  /** Whether the payer may choose to go without 3-D Secure. */
  mayChoose3d: boolean;
  /** The origin of the shop around the page, if it is shown in an overlay; `*` when unknown. */
  shop?: string | undefined;
  qrUrl?: string | undefined;
  /** Whether the payer carries the commission, so that what is drawn is more than the amount. */
  addsCommission: boolean;
  /** Where the payer's cards are stored with the shop. */
  stored?: StoredAsk | undefined;
}>;

/** What was wrong with what a payer sent, by its name too, and how that card may pay. */
export type Problem = Readonly<{ why: string; words: string; options: readonly Option[] }>;

const choice3d = (said: CardTexts): Html => html`
<label class="choice" id="tds">
<input type="checkbox" name="do_3ds" value="1" checked>
<span>${said.tds}<small>${said.tds_note}</small></span>
</label>`;

/** As the page's script shows it: the server does so where that does not run. */
const optionRow = (said: CardTexts, option: Option, i: number): Html => html`
<label class="option"><input type="radio" name="instalment_key" value="${option.key}"
${i === 0 && html` checked`}><span class="option-name">${option.label}</span>
<span class="option-parts">${
  option.instalments > 1 &&
  said.script.parts
    .replace("{count}", String(option.instalments))
    .replace("{amount}", option.per_instalment)
}</span><span class="option-total">${option.total}</span></label>`;

/** The inputs of a card, and where there are stored ones the choice among these. */
function cardPart({ stored, merchantName }: CardAsk, locale: Locale): Html {
  const said = cardTexts[locale];
  const isNeeded = !stored || stored.cards.length === 0;
  const inputs = cardFields(said, isNeeded ? "required" : "");
  const fields = html`<div class="fields">${inputs}</div>`;
  if (!stored) return html`<h2>${said.title}</h2>${fields}`;
  return cardChoice(stored, { merchantName, locale, fields });
}

function form(ask: CardAsk, locale: Locale, options: readonly Option[]): Html {
  const said = cardTexts[locale];
  const { stored } = ask;
  const total = moneyText(ask.amountMinor, ask.currency, locale);
  // Without scripts the button cannot follow the choice of a total.
  const pay = options.length > 0 ? said.pay_chosen : said.script.pay.replace("{total}", total);
  return html`
<form id="card-form" method="post" action="${ask.action}" data-bin-url="${ask.binUrl}"
  data-total="${total}"${stored && html` data-lasts="${stored.lastsMs}"`}>
${cardPart(ask, locale)}
<fieldset class="instalments" id="instalments"${options.length === 0 && html` hidden`}>
<legend>${said.instalments}</legend>
<div class="options" id="options">${options.map((each, i) => optionRow(said, each, i))}</div>
</fieldset>
${ask.mayChoose3d && choice3d(said)}
<p class="spoken" id="total" aria-live="polite"></p>
<div class="pay-bar"><button class="pay" id="pay" type="submit">${lock}
<span class="pay-text">${pay}</span></button></div>
<p class="trust">${lock}<span>${said.trust}</span></p>
</form>`;
}

/** `100.000,00`: what fits the line in large letters. */
const AMOUNT_CHARACTERS = 10;

function summary(ask: CardAsk, locale: Locale): Html {
  const said = cardTexts[locale];
  const facts = [
    [said.payer, ask.payer],
    [said.reference, ask.reference],
  ] as const;
  const text = amountText(ask.amountMinor, locale);
  const isLong = text.length > AMOUNT_CHARACTERS;
  const amount = html`<span>${text}</span>`;
  const currency = html`<span class="currency">${currencyName(ask.currency, locale)}</span>`;
  const inOrder = locale === "tr" ? [amount, html` `, currency] : [currency, html` `, amount];
  return html`
<header class="summary">
<p class="merchant">${ask.merchantName}</p>
${ask.goods && itemPart(ask.goods)}
<h1 class="amount${isLong && " long"}">${inOrder}</h1>
${ask.note && html`<p class="note">${ask.note}</p>`}
<dl class="facts">
${facts.flatMap(([name, value]) =>
  value ? [html`<div><dt>${name}</dt><dd>${value}</dd></div>`] : [],
)}
<div id="drawn"${!ask.addsCommission && html` hidden`}><dt>${said.drawn}</dt>
<dd>${said.drawn_unknown}</dd></div>
</dl>
${ask.goods && basketPart(ask.goods, { currency: ask.currency, locale })}
${ask.addsCommission && html`<p class="note">${said.commission}</p>`}
${
  ask.qrUrl &&
  html`<figure class="qr"><img src="${ask.qrUrl}" alt="${said.qr}" width="116" height="116">
<figcaption>${said.phone}</figcaption></figure>`
}
</header>`;
}

/** The page on which a payer enters a card, with the one thing that was wrong, if anything was. */
export function sendCardPage(reply: FastifyReply, sheet: Sheet, ask: CardAsk, problem?: Problem) {
  const { locale } = sheet;
  // Under a basket it would be out of sight: the page opens where it stands. In a shop's overlay
  // there is none, and browsers give no frame the focus by itself.
  const focus = !ask.shop && html` tabindex="-1" autofocus`;
  const alert =
    problem && html`<p class="alert" role="alert" id="form-error"${focus}>${problem.words}</p>`;
  const isAnswer = reply.request.method === "POST";
  const frame = {
    file: "frame.js",
    data: {
      origin: ask.shop ?? "",
      message: "command=iframe-transparent",
      escape: "command=close-iframe",
    },
  };
  const total = moneyText(ask.amountMinor, ask.currency, locale);
  return sendPage(reply, problem && isAnswer ? sayingWhy(sheet, problem.why) : sheet, {
    title: `${total} · ${ask.merchantName}`,
    status: problem && isAnswer ? 422 : 200,
    data: jsonScript("texts", cardTexts[locale].script),
    scripts: [{ file: "checkout.js" }, ...(ask.shop ? [frame] : [])],
    isFrame: ask.shop !== undefined,
    framing: ask.shop === undefined ? "nowhere" : "anywhere",
    body: html`
<main class="sheet">
${summary(ask, locale)}
<section class="panel">${alert}${form(ask, locale, problem?.options ?? [])}</section>
</main>`,
  });
}
