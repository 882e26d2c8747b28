import type { LinkItem, LinkProduct } from "../../checkout/link.rules.ts";
import { type Html, html } from "../../lib/html.ts";
import type { Locale } from "../../lib/messages/index.ts";
import type { Currency } from "../../lib/money.ts";
import { texts } from "./texts.ts";
import { moneyText } from "./words.ts";

/** What is paid for: one thing with its picture, or the lines of a basket. */
export type Goods = Readonly<{
  item?: LinkItem | undefined;
  pictureUrl?: string | undefined;
  products?: readonly LinkProduct[] | undefined;
}>;

/** Above the amount: its picture, its name, and what is said of it. */
export const itemPart = ({ item, pictureUrl }: Goods): Html | undefined =>
  item &&
  html`
<div class="item">
${pictureUrl && html`<img class="item-picture" src="${pictureUrl}" alt="${item.name}">`}
<p class="item-name">${item.name}</p>
${item.description && html`<p class="item-words">${item.description}</p>`}
</div>`;

/** Lines that stand on a phone before the card; the others are a touch away. */
const LINES_SHOWN = 4;

function line({ name, category, description, amountMinor }: LinkProduct, at: At): Html {
  const small = [category, description].filter((text) => text !== "").join(" · ");
  const amount = BigInt(amountMinor);
  return html`<li><span>${name}${small && html`<small>${small}</small>`}</span>
<span>${amount > 0n && moneyText(amount, at.currency, at.locale)}</span></li>`;
}

type At = Readonly<{ currency: Currency; locale: Locale }>;

/** The lines of a basket. What is paid is the amount above them, whatever they add up to. */
export function basketPart({ products = [] }: Goods, at: At): Html | undefined {
  if (products.length === 0) return undefined;
  const said = texts[at.locale];
  const lines = products.map((each) => line(each, at));
  const [first, rest] = [lines.slice(0, LINES_SHOWN), lines.slice(LINES_SHOWN)];
  return html`
<section class="plan basket">
<h2>${said.basket}</h2>
<ul>${first}</ul>
${
  rest.length > 0 &&
  html`<details><summary>${said.more_products(rest.length)}</summary><ul>${rest}</ul></details>`
}
</section>`;
}
