import { istanbulDay } from "../lib/clock.ts";
import { refuse } from "../lib/refusal.ts";
import { Secret } from "../lib/secret.ts";
import { type CardFacts, factsOfBin } from "./bin.rules.ts";

/** A card as it was typed, numbers still hidden, with what its first digits tell. */
export type Card = Readonly<{
  pan: Secret;
  /** First six and last four digits, stars between. */
  mask: string;
  expiryMonth: number;
  /** Four digits. */
  expiryYear: number;
  cvv?: Secret | undefined;
  holder: string;
  facts: CardFacts;
}>;

export type TypedCard = Readonly<{
  pan: Secret;
  month: number;
  /** Two or four digits; clients send both. */
  year: number;
  cvv?: Secret | undefined;
  holder: string;
}>;

/** Named in Paynet's own list of test cards although its last digit does not check. */
const testCardsWithoutLuhn: ReadonlySet<string> = new Set(["4546711234567890"]);

/** The check digit of ISO/IEC 7812. */
export function hasLuhnDigit(pan: string): boolean {
  let sum = 0;
  for (let i = 0; i < pan.length; i += 1) {
    const digit = pan.charCodeAt(pan.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

export const maskOf = (pan: string): string =>
  `${pan.slice(0, 6)}${"*".repeat(pan.length - 10)}${pan.slice(-4)}`;

/**
 * Reads a typed card at `now`. Cards are good until the end of their month in Istanbul.
 * Refuses `wrong_card_data`, `card_expired` and, for digits of no known scheme, `card_unknown`.
 */
export function readCard(typed: TypedCard, now: Date, isSandbox: boolean): Card {
  const pan = typed.pan.open().replaceAll(/[ -]/g, "");
  const isTestCard = isSandbox && testCardsWithoutLuhn.has(pan);
  if (!/^\d{15,16}$/.test(pan)) return refuse("wrong_card_data", { part: "number" });
  if (!hasLuhnDigit(pan) && !isTestCard) return refuse("wrong_card_data", { part: "number" });
  const isCvv = !typed.cvv || /^\d{3,4}$/.test(typed.cvv.open());
  if (!isCvv) return refuse("wrong_card_data", { part: "cvv" });
  const year = typed.year < 100 ? 2000 + typed.year : typed.year;
  const isMonth = Number.isInteger(typed.month) && typed.month >= 1 && typed.month <= 12;
  // A year of three digits is neither form, and would be compared with the others as a text.
  const isYear = Number.isInteger(year) && year >= 1000 && year <= 2099;
  if (!isMonth || !isYear) return refuse("wrong_card_data", { part: "expiry" });
  const month = `${year}-${String(typed.month).padStart(2, "0")}`;
  if (month < istanbulDay(now).slice(0, 7)) return refuse("card_expired", {});
  return {
    pan: new Secret(pan),
    mask: maskOf(pan),
    expiryMonth: typed.month,
    expiryYear: year,
    cvv: typed.cvv,
    holder: typed.holder,
    facts: factsOfBin(pan) ?? refuse("card_unknown", {}),
  };
}
