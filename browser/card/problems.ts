import { hasLuhnDigit, testCardsWithoutLuhn } from "../../src/lib/luhn.ts";
import { type Expiry, isPast, readExpiry } from "./expiry.ts";
import { digitsOf } from "./number.ts";

/** The inputs that are checked, by their ids. */
export const fieldNames = ["pan", "expiry", "cvc", "card_holder"] as const;
export type FieldName = (typeof fieldNames)[number];

export type Problem =
  | "number_missing"
  | "number_wrong"
  | "expiry_missing"
  | "expiry_wrong"
  | "expiry_past"
  | "cvc_missing"
  | "cvc_wrong"
  | "holder_missing"
  | "holder_wrong";

export type Typed = Readonly<Record<FieldName, string>>;

function ofNumber(text: string): Problem | undefined {
  const digits = digitsOf(text);
  if (digits === "") return "number_missing";
  const isNumber = /^\d{15,16}$/.test(digits);
  const isRight = isNumber && (hasLuhnDigit(digits) || testCardsWithoutLuhn.has(digits));
  return isRight ? undefined : "number_wrong";
}

function ofExpiry(text: string, today: Expiry): Problem | undefined {
  if (text.trim() === "") return "expiry_missing";
  const expiry = readExpiry(text);
  if (!expiry) return "expiry_wrong";
  return isPast(expiry, today) ? "expiry_past" : undefined;
}

/** How many digits the code of this number's scheme has. */
export const cvcLength = (number: string): 3 | 4 => (/^3[47]/.test(digitsOf(number)) ? 4 : 3);

function ofCvc(text: string, number: string): Problem | undefined {
  const code = text.trim();
  if (code === "") return "cvc_missing";
  return /^\d+$/.test(code) && code.length === cvcLength(number) ? undefined : "cvc_wrong";
}

function ofHolder(text: string): Problem | undefined {
  if (text.trim() === "") return "holder_missing";
  return /\p{L}.*\p{L}/u.test(text) && !/\d{3}/.test(text) ? undefined : "holder_wrong";
}

/** What is wrong with what was typed, by input; `undefined` where nothing is. */
export const problemsOf = (
  typed: Typed,
  today: Expiry,
): Readonly<Record<FieldName, Problem | undefined>> => ({
  pan: ofNumber(typed.pan),
  expiry: ofExpiry(typed.expiry, today),
  cvc: ofCvc(typed.cvc, typed.pan),
  card_holder: ofHolder(typed.card_holder),
});
