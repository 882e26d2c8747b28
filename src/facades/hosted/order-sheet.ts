import { type Html, html } from "../../lib/html.ts";
import type { Locale } from "../../lib/messages/index.ts";
import { timeOf } from "../../merchants/merchant.rules.ts";
import type { OrderPage } from "../../subscriptions/index.ts";
import type { Subscription } from "../../subscriptions/subscription.rules.ts";
import { cardTexts } from "./card-texts.ts";
import type { HostedDeps } from "./deps.ts";
import { orderTexts } from "./order-texts.ts";
import { everyText, rhythmText } from "./order-words.ts";
import { amountText, currencyName, dayText, moneyText } from "./words.ts";

/** An order's page as one payer sees it at one moment. */
export type View = Readonly<{ page: OrderPage; locale: Locale; now: Date }>;
export const viewOf = (deps: HostedDeps, page: OrderPage, locale: Locale): View => ({
  page,
  locale,
  now: timeOf(page.merchant, deps.clock()),
});

type Row = OrderPage["rows"][number];

const ROWS_SHOWN = 3;
/** What a reader can still look through; a plan of daily draws has hundreds. */
const ROWS_MAX = 120;

/** Whether a row is drawn as soon as there is a card, whatever its day. */
function isAtOnce({ page: { order, cards, rows }, now }: View, row: Row): boolean {
  if (cards.length > 0 || !row.invoice) return false;
  return row.at <= now || (order.drawsAtCard && row === rows[0]);
}

const whenText = (view: View, row: Row): string =>
  isAtOnce(view, row) ? orderTexts[view.locale].at_once : dayText(row.at, view.locale);

/** `99,00 TL`, or that the amount comes with each invoice. */
export const priceText = (order: Subscription, locale: Locale): string =>
  order.isFixedPrice
    ? moneyText(order.amountMinor, order.currency, locale)
    : orderTexts[locale].variable;

type Fact = readonly [name: string, value: string | undefined];

function factsOf(view: View): Fact[] {
  const { page, locale } = view;
  const { order, rows } = page;
  const said = orderTexts[locale];
  const [first, last] = [rows[0], rows.at(-1)];
  const hasEnd = rows.length > 1 && !order.renews;
  const sum = rows.reduce((minor, row) => minor + row.amountMinor, 0n);
  return [
    [cardTexts[locale].payer, order.terms.name],
    [first?.term === 0 ? said.first : said.next, first && whenText(view, first)],
    [said.last, hasEnd && last ? dayText(last.at, locale) : undefined],
    [
      (first?.term === 0 ? said.total : said.rest)(rows.length),
      hasEnd && order.isFixedPrice ? moneyText(sum, order.currency, locale) : undefined,
    ],
    [cardTexts[locale].reference, order.reference],
  ];
}

const rowItem = (view: View, row: Row): Html => {
  const { page, locale } = view;
  const price = row.invoice
    ? moneyText(row.amountMinor, page.order.currency, locale)
    : orderTexts[locale].by_invoice;
  return html`<li><span>${whenText(view, row)}</span><span>${price}</span></li>`;
};

function schedule(view: View): Html | undefined {
  const { rows } = view.page;
  const said = orderTexts[view.locale];
  if (rows.length < 2) return undefined;
  const rest = rows.slice(ROWS_SHOWN);
  const beyond = rest.length - (ROWS_MAX - ROWS_SHOWN);
  return html`
<section class="plan">
<h2>${said.plan}</h2>
<ol>${rows.slice(0, ROWS_SHOWN).map((row) => rowItem(view, row))}</ol>
${
  rest.length > 0 &&
  html`<details><summary>${said.more_rows(rest.length)}</summary>
<ol start="${ROWS_SHOWN + 1}">
${rest.slice(0, ROWS_MAX - ROWS_SHOWN).map((row) => rowItem(view, row))}
</ol>${beyond > 0 && html`<p class="plan-beyond">${said.rows_beyond(beyond)}</p>`}</details>`
}
</section>`;
}

const OTHERS_SHOWN = 20;

const otherItem = (order: Subscription, locale: Locale): Html =>
  html`<li><span>${order.terms.description}
<small>${rhythmText(order, locale)}</small></span><span>${priceText(order, locale)}</span></li>`;

/** The other orders that the card will serve, so that nobody agrees to less than is drawn. */
function others({ page, locale }: View): Html | undefined {
  if (page.others.length === 0) return undefined;
  const said = orderTexts[locale];
  const rest = page.others.slice(OTHERS_SHOWN);
  return html`
<section class="plan">
<h2>${said.others}</h2>
<ul>${page.others.slice(0, OTHERS_SHOWN).map((order) => otherItem(order, locale))}</ul>
${
  rest.length > 0 &&
  html`<details><summary>${said.more_others(rest.length)}</summary>
<ul>${rest.map((order) => otherItem(order, locale))}</ul></details>`
}
</section>`;
}

/** `100.000,00`: what fits the line in large letters. */
const AMOUNT_CHARACTERS = 10;

function heading({ page: { order }, locale }: View): Html {
  if (!order.isFixedPrice) return html`<h1 class="amount long">${orderTexts[locale].variable}</h1>`;
  const text = amountText(order.amountMinor, locale);
  const amount = html`<span>${text}</span>`;
  const currency = html`<span class="currency">${currencyName(order.currency, locale)}</span>`;
  const inOrder = locale === "tr" ? [amount, html` `, currency] : [currency, html` `, amount];
  return html`<h1 class="amount${text.length > AMOUNT_CHARACTERS && " long"}">${inOrder}</h1>`;
}

/** The one address besides ours from which a page of this order may load a picture. */
export function logoOrigin({ terms }: Subscription): string | undefined {
  const url = terms.logoUrl ? URL.parse(terms.logoUrl) : null;
  const isPlain = url && /^https:\/\/[a-z0-9.-]+(?::\d+)?$/.test(url.origin);
  return isPlain ? url.origin : undefined;
}

/** Who asks for what: the same beside every step of the payer. */
export function orderSummary(view: View): Html {
  const { page, locale } = view;
  const { merchant, order } = page;
  const said = orderTexts[locale];
  const logo = logoOrigin(order) && order.terms.logoUrl;
  const showsDrawn = order.addsCommission && order.isFixedPrice;
  return html`
<header class="summary order">
<p class="merchant">${
    logo && html`<img class="merchant-logo" id="logo" src="${logo}" alt="">`
  }<span>${merchant.name}</span></p>
<p class="kind">${said.kind}</p>
${heading(view)}
<p class="rhythm">${rhythmText(order, locale)}</p>
<p class="note">${order.terms.description}</p>
${!order.isFixedPrice && html`<p class="note">${said.variable_note}</p>`}
<dl class="facts">
${factsOf(view).flatMap(([name, value]) =>
  value ? [html`<div><dt>${name}</dt><dd>${value}</dd></div>`] : [],
)}
<div id="drawn"${!showsDrawn && html` hidden`}><dt>${said.drawn}</dt>
<dd>${said.drawn_unknown}</dd></div>
</dl>
${order.addsCommission && html`<p class="note">${said.fee}</p>`}
${schedule(view)}
${others(view)}
</header>`;
}

/** What the payer agrees to, in plain words. */
export function orderTerms(view: View): string[] {
  const { page, locale } = view;
  const { merchant, order, rows } = page;
  const said = orderTexts[locale];
  const [first, last] = [rows[0], rows.at(-1)];
  const every = everyText(order, locale);
  const price = priceText(order, locale);
  const isNow = first !== undefined && isAtOnce(view, first);
  const day = first && dayText(first.at, locale);
  const isOnce = rows.length === 1 && !order.renews;
  const fixed = isOnce
    ? isNow
      ? said.term_once_now(price)
      : said.term_once(price, day ?? "")
    : isNow
      ? said.term_fixed_now(price, every)
      : said.term_fixed(price, day ?? "", every);
  return [
    order.isFixedPrice ? fixed : said.term_variable(merchant.name, every),
    ...(order.addsCommission ? [said.term_commission] : []),
    said.term_retry(order.dailyAttempts, order.attemptDays),
    ...(order.renews ? [said.term_renews(order.intervalCount, merchant.name)] : []),
    ...(!order.renews && !isOnce && last ? [said.term_end(dayText(last.at, locale))] : []),
    ...(page.others.length > 0 ? [said.term_group] : []),
    said.term_stop(merchant.name),
  ];
}
