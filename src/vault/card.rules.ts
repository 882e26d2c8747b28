import { hasLongNumber, maskOf, withoutCardData } from "../lib/card-number.ts";
import { istanbulDay } from "../lib/clock.ts";
import { hasLuhnDigit, testCardsWithoutLuhn } from "../lib/luhn.ts";
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

const letter = /\p{L}\p{M}*/gu;

/**
 * A holder's name as lists show it: the first and the last letter in capitals, and four stars that
 * do not tell how long it is. Paynet's manual prints `A****I` and `C****R`. A name of one letter
 * ends in stars, a text without letters shows nothing.
 */
export function holderMaskOf(name: string): string {
  const letters = name.toLocaleUpperCase("tr-TR").match(letter) ?? [];
  const [first] = letters;
  if (first === undefined) return "";
  return `${first}****${letters.length > 1 ? letters.at(-1) : ""}`;
}

/**
 * Keeps of a text that holds a card's number, however grouped, the mask alone: beside a number the
 * code may stand too. Any other text is left as it is.
 */
export function numberHider(card: Pick<Card, "pan" | "mask">): (text: string) => string {
  let number: RegExp | undefined;
  return (text) => {
    if (!hasLongNumber(text)) return text;
    number ??= new RegExp([...card.pan.open()].join("[ .-]?"));
    return number.test(text) ? card.mask : text;
  };
}

/** Whether a text may hold the number of a mask, however grouped: for when the number is gone. */
export function mayHoldNumber(mask: string): (text: string) => boolean {
  const digits = [...mask].map((sign) => (sign === "*" ? "\\d" : sign));
  const number = new RegExp(digits.join("[ .-]?"));
  return (text) => number.test(text);
}

/** Whether a text can be a card's security code. */
export const isCvv = (text: Secret): boolean => /^\d{3,4}$/.test(text.open());

/** Cards are good until the end of their month in Istanbul. */
export function isExpired(
  { expiryMonth, expiryYear }: Pick<Card, "expiryMonth" | "expiryYear">,
  now: Date,
): boolean {
  const month = `${expiryYear}-${String(expiryMonth).padStart(2, "0")}`;
  return month < istanbulDay(now).slice(0, 7);
}

/**
 * Reads a typed card at `now`. Cards are good until the end of their month in Istanbul.
 * Refuses `wrong_card_data`, `card_expired` and, for digits of no known scheme, `card_unknown`.
 */
export function readCard(typed: TypedCard, now: Date, isSandbox: boolean): Card {
  const pan = typed.pan.open().replaceAll(/[ -]/g, "");
  const isTestCard = isSandbox && testCardsWithoutLuhn.has(pan);
  if (!/^\d{15,16}$/.test(pan)) return refuse("wrong_card_data", { part: "number" });
  if (!hasLuhnDigit(pan) && !isTestCard) return refuse("wrong_card_data", { part: "number" });
  if (typed.cvv && !isCvv(typed.cvv)) return refuse("wrong_card_data", { part: "cvv" });
  const year = typed.year < 100 ? 2000 + typed.year : typed.year;
  const isMonth = Number.isInteger(typed.month) && typed.month >= 1 && typed.month <= 12;
  // A year of three digits is neither form, and would be compared with the others as a text.
  const isYear = Number.isInteger(year) && year >= 1000 && year <= 2099;
  if (!isMonth || !isYear) return refuse("wrong_card_data", { part: "expiry" });
  if (isExpired({ expiryMonth: typed.month, expiryYear: year }, now)) refuse("card_expired", {});
  const number = { pan: new Secret(pan), mask: maskOf(pan) };
  return {
    ...number,
    expiryMonth: typed.month,
    expiryYear: year,
    cvv: typed.cvv,
    // Into this field too clients have typed the number, and that of another card.
    holder: withoutCardData(numberHider(number)(typed.holder)),
    facts: factsOfBin(pan) ?? refuse("card_unknown", {}),
  };
}
