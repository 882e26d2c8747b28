import type { PageCard } from "../../checkout/index.ts";
import { type Html, html } from "../../lib/html.ts";
import type { Locale } from "../../lib/messages/index.ts";
import { type CardBrand, isOtherBank } from "../../vault/bin.rules.ts";
import { bankNameOf, type StoredCard } from "../../vault/index.ts";
import { field } from "./card-fields.ts";
import { type CardTexts, cardTexts } from "./card-texts.ts";

/** What the page of a payer who is known to the shop shows beside the inputs of a card. */
export type StoredAsk = Readonly<{
  cards: readonly PageCard[];
  /** What is chosen when the page is shown; empty for a card that is still to be typed. */
  chosen: string;
  /** Whether a stored card is chosen with its security code. */
  asksCode: boolean;
  /** Whether a card that is typed may be stored. */
  mayStore: boolean;
  /** What the payer said to that before, where the page is shown again. */
  wantsStore: boolean;
  /** Milliseconds for which the cards may be seen. */
  lastsMs: number;
}>;

/** Cards that are in view at once; where there are many the others wait behind a line of words. */
const SHOWN_MAX = 4;
const LAST_DIGITS = 4;

const brands: Readonly<Record<CardBrand, string>> = {
  VISA: "Visa",
  MASTERCARD: "Mastercard",
  AMEX: "American Express",
  TROY: "Troy",
};

/** What the shop calls a card, else its programme, else its scheme. */
const nameOf = ({ description, facts }: StoredCard): string =>
  description || (isOtherBank(facts.bankId) ? brands[facts.brand] : bankNameOf(facts.bankId));

function row({ pick, card, isExpired }: PageCard, chosen: string, locale: Locale): Html {
  const said = cardTexts[locale].stored;
  const until = `${String(card.expiryMonth).padStart(2, "0")}/${String(card.expiryYear % 100)}`;
  return html`
<label class="option stored${isExpired && " off"}"><input type="radio" name="card"
value="${pick}"${isExpired && html` disabled`}${pick === chosen && html` checked`}>
<span class="mark" data-brand="${card.facts.brand}">${brands[card.facts.brand]}</span>
<span class="option-name">${nameOf(card)}</span>
<span class="option-parts"><span aria-hidden="true">••••</span>
<span class="spoken">${said.last}</span> ${card.mask.slice(-LAST_DIGITS)} ·
<span class="spoken">${said.until}</span> ${until}</span>
${isExpired && html`<strong class="option-state">${said.expired}</strong>`}</label>`;
}

/** The stored cards as a choice, with the card that is still to be typed at its end. */
function choice({ cards, chosen }: StoredAsk, locale: Locale): Html {
  const said = cardTexts[locale].stored;
  const rows = cards.map((each) => row(each, chosen, locale));
  // A line of words takes the room of one card.
  const inView = cards.length > SHOWN_MAX + 1 ? SHOWN_MAX : cards.length;
  const rest = rows.slice(inView);
  const isOpen = cards.slice(inView).some(({ pick }) => pick === chosen);
  return html`
<h2 id="cards-title">${said.title}</h2>
<fieldset class="cards" id="cards" aria-labelledby="cards-title">
<div class="options">${rows.slice(0, inView)}
${
  rest.length > 0 &&
  html`<details${isOpen && html` open`}><summary class="more">${said.more(rest.length)}</summary>
${rest}</details>`
}
<label class="option stored"><input type="radio" name="card"
value=""${chosen === "" && html` checked`}>
<span class="mark plus" aria-hidden="true"></span>
<span class="option-name">${said.other}</span></label></div>
</fieldset>
<p class="hint" id="stored-bank" role="status"></p>`;
}

const codeField = (locale: Locale): Html => html`
<div class="stored-code" id="stored-code">${field({
  id: "stored_cvc",
  label: cardTexts[locale].stored.code,
  input: html`<input id="stored_cvc" name="stored_cvc" type="text" inputmode="numeric"
    autocorrect="off" spellcheck="false" autocomplete="cc-csc" maxlength="4"
    placeholder="000" aria-describedby="stored_cvc-error">`,
})}</div>`;

/** The note is no part of the box's name, which is heard first. */
const storing = (merchantName: string, said: CardTexts["stored"], isWanted: boolean): Html => html`
<label class="choice"><input type="checkbox" name="store_card" value="1"
${isWanted && html`checked `}aria-labelledby="store-name" aria-describedby="store-note">
<span><span id="store-name">${said.store}</span>
<small id="store-note">${said.store_note(merchantName)}</small></span></label>`;

/** The choice of a card around the inputs of one that is typed. */
export function cardChoice(
  ask: StoredAsk,
  { merchantName, locale, fields }: { merchantName: string; locale: Locale; fields: Html },
): Html {
  const said = cardTexts[locale];
  const more = ask.mayStore && storing(merchantName, said.stored, ask.wantsStore);
  if (ask.cards.length === 0) return html`<h2>${said.title}</h2>${fields}${more}`;
  return html`${choice(ask, locale)}
${ask.asksCode && codeField(locale)}
<fieldset class="new-card" id="new-card" aria-labelledby="new-title">
<h3 id="new-title">${said.stored.other_title}</h3>
${fields}${more}
</fieldset>`;
}
