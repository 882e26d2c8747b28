import { type Found, type FoundTry, type TryAsk, tryCard } from "../../checkout/index.ts";
import { chosenOffer, type Offer, offerKey, offersFor } from "../../checkout/offers.rules.ts";
import type { Locale } from "../../lib/messages/index.ts";
import type { Currency } from "../../lib/money.ts";
import { Refusal, refuse } from "../../lib/refusal.ts";
import { Secret } from "../../lib/secret.ts";
import { type Merchant, timeOf } from "../../merchants/merchant.rules.ts";
import { type CardFacts, factsOfBin } from "../../vault/bin.rules.ts";
import { bankNameOf, type Card, readCard } from "../../vault/index.ts";
import type { Problem } from "./card-page.ts";
import { CHOOSE, cardTexts, problemName, problemWords } from "./card-texts.ts";
import type { HostedDeps } from "./deps.ts";
import { moneyText } from "./words.ts";

export type Posted = Readonly<Record<string, string>>;

/** `12 / 30`, `12/2030`, `1230`: the month, and the year in two or four digits. */
function expiryOf(text: string): { month: number; year: number } {
  const found = /^\s*(\d{1,2})\s*[/. -]\s*(\d{2}|\d{4})\s*$|^\s*(\d{2})(\d{2}|\d{4})\s*$/.exec(
    text,
  );
  if (!found) return refuse("wrong_card_data", { part: "expiry" });
  return { month: Number(found[1] ?? found[3]), year: Number(found[2] ?? found[4]) };
}

const HOLDER_MAX = 50;

/** The payer has not been shown what is drawn: more than the page says, and nothing was chosen. */
export class NotShown extends Error {}

/** The card that a payer typed. Refuses as `readCard`, also for a missing code or holder. */
export function typedCard(deps: HostedDeps, merchant: Merchant, posted: Posted): Card {
  const holder = (posted["card_holder"] ?? "").trim().slice(0, HOLDER_MAX);
  const cvv = (posted["cvc"] ?? "").trim();
  if (holder === "") refuse("wrong_card_data", { part: "number" });
  if (cvv === "") refuse("wrong_card_data", { part: "cvv" });
  return readCard(
    {
      pan: new Secret(posted["pan"] ?? ""),
      ...expiryOf(posted["expiry"] ?? ""),
      cvv: new Secret(cvv),
      holder,
    },
    timeOf(merchant, deps.clock()),
    merchant.mode === "sandbox",
  );
}

/**
 * Tries the card that a payer typed. Refuses as `typedCard`, `instalment_not_offered` for a choice
 * that is not this card's, and what `tryCard` does. Throws `NotShown` where a commission comes on
 * top that the payer has not agreed to.
 */
export async function enterCard(deps: HostedDeps, found: Found, posted: Posted): Promise<FoundTry> {
  const card = typedCard(deps, found.merchant, posted);
  return payBy(deps, found, { card, savesCard: found.session.terms.savesCard ?? false }, posted);
}

/** A card to pay by: typed, or stored already. */
export type Means = Pick<TryAsk, "card" | "storedCardId" | "savesCard">;

/** Tries a card in the way to pay that a payer chose. Refuses and throws as `enterCard`. */
export async function payBy(
  deps: HostedDeps,
  found: Found,
  means: Means,
  posted: Posted,
): Promise<FoundTry> {
  const { merchant, session } = found;
  const { facts } = means.card;
  const offers = offersFor(merchant, facts, session, session.terms);
  if (session.terms.addCommission && !posted["instalment_key"]) throw new NotShown();
  const { instalments } = chosenOffer(offers, facts, posted["instalment_key"] || undefined);
  const wants3d = posted["do_3ds"] === "1";
  return tryCard(deps.checkout, found, { ...means, instalments, wants3d });
}

export type BinAsk = Readonly<{
  merchant: Merchant;
  amountMinor: bigint;
  currency: Currency;
  terms: Parameters<typeof offersFor>[3];
  needs3d: boolean;
  locale: Locale;
}>;

/** One way to pay, in the words of the page's language. */
export type Option = Readonly<{
  key: string;
  label: string;
  instalments: number;
  per_instalment: string;
  total: string;
}>;

function optionOf(facts: CardFacts, offer: Offer, { currency, locale }: BinAsk): Option {
  const said = cardTexts[locale];
  const isSingle = offer.instalments === 0;
  return {
    key: offerKey(facts, offer),
    label: isSingle ? said.single : said.instalment(offer.instalments),
    instalments: offer.instalments,
    per_instalment: moneyText(offer.eachMinor, currency, locale),
    total: moneyText(offer.amountMinor, currency, locale),
  };
}

/** What the page's script shows of a card by its first digits; `undefined` for no known scheme. */
export function binAnswer(ask: BinAsk, bin: string) {
  const facts = /^\d{6,}$/.test(bin) ? factsOfBin(bin) : undefined;
  return facts && factsAnswer(ask, facts);
}

/** The same of a card that is known. */
export function factsAnswer(ask: BinAsk, facts: CardFacts) {
  const own = ask.merchant.pos.find((pos) => pos.bankId === facts.bankId && pos.isOpen);
  return {
    bank_name: own?.bankName ?? bankNameOf(facts.bankId),
    card_type: cardTexts[ask.locale].card_types[facts.type],
    brand: facts.brand,
    tds: ask.needs3d ? "required" : "optional",
    options: offersFor(ask.merchant, facts, ask, ask.terms).map((offer) =>
      optionOf(facts, offer, ask),
    ),
  };
}

/**
 * What the page says of a try that came to nothing, and how the card that was typed may pay: a page
 * without scripts shows instalments once it knows the card. Any other error is thrown on.
 */
export function problemOf(error: unknown, ask: BinAsk, posted: Posted): Problem {
  const digits = (posted["pan"] ?? "").replaceAll(/\D/g, "");
  const options = binAnswer(ask, digits.slice(0, BIN_DIGITS))?.options ?? [];
  const isRefused = error instanceof Refusal;
  if (!isRefused && !(error instanceof NotShown)) throw error;
  const why = isRefused ? problemName(error) : CHOOSE;
  return { why, words: problemWords(why, ask.locale) ?? "", options };
}

/** What a page's address says was wrong with the card that was sent in its other language. */
export function problemNamed(why: string | undefined, locale: Locale): Problem | undefined {
  const words = why && problemWords(why, locale);
  return why && words ? { why, words, options: [] } : undefined;
}
const BIN_DIGITS = 8;
