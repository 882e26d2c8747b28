import { hasLuhnDigit, testCardsWithoutLuhn } from "../../src/lib/luhn.ts";
import type { Model } from "./marks.ts";

/** Codes that `validationError` tells; what each is about is known from client pages. */
export const problemCodes = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21,
] as const;
export type ProblemCode = (typeof problemCodes)[number];

export type Today = Readonly<{ year: number; month: number }>;

function ofNumber(pan: string | undefined): ProblemCode | undefined {
  if (!pan) return 1;
  const isNumber = /^\d{15,16}$/.test(pan) && (hasLuhnDigit(pan) || testCardsWithoutLuhn.has(pan));
  return isNumber ? undefined : 2;
}

function ofMonth(month: string | undefined): ProblemCode | undefined {
  if (!month) return 5;
  if (!/^\d{1,2}$/.test(month)) return 6;
  return Number(month) >= 1 && Number(month) <= 12 ? undefined : 7;
}

export const fullYear = (year: string): number =>
  year.length === 2 ? 2000 + Number(year) : Number(year);

function ofYear({ year, month }: Model, today: Today): ProblemCode | undefined {
  if (!year) return 8;
  if (!/^\d+$/.test(year)) return 9;
  if (year.length !== 2 && year.length !== 4) return 10;
  const isPast =
    fullYear(year) < today.year ||
    (fullYear(year) === today.year && Number(month ?? 12) < today.month);
  return isPast ? 11 : undefined;
}

function ofCvc({ cvc, pan }: Model): ProblemCode | undefined {
  if (!cvc) return 3;
  const isAmex = /^3[47]/.test(pan ?? "");
  return (isAmex ? /^\d{4}$/ : /^\d{3}$/).test(cvc) ? undefined : 4;
}

function ofHolder(holder: string | undefined): ProblemCode | undefined {
  if (holder === undefined) return undefined; // The page does not ask for it.
  if (holder === "") return 15;
  return /\p{L}/u.test(holder) && !/[\d<>{}@#$%^*=_|~\\]/.test(holder) ? undefined : 16;
}

/** Only where the page has such an input and there was something to choose from. */
function ofInstalment(key: string | undefined, hasChoice: boolean): ProblemCode | undefined {
  if (key === undefined) return undefined;
  if (key === "") return hasChoice ? 13 : undefined;
  return key.startsWith("ji_") ? undefined : 14;
}

export const problemOfDescription = (description: string): ProblemCode | undefined =>
  description === "" ? 17 : undefined;

export function problemOfPhone(phone: string): ProblemCode | undefined {
  const digits = phone.replaceAll(/[\s()+-]/g, "");
  if (digits === "") return 18;
  if (!/^\d+$/.test(digits)) return 19;
  return /^(?:90|0)?5\d{9}$/.test(digits) ? undefined : 20;
}

function ofSaving(model: Model): ProblemCode | undefined {
  if (!model.save_card) return undefined;
  const { save_card_desc: description, save_card_gsm: phone } = model;
  return (
    (description === undefined ? undefined : problemOfDescription(description)) ??
    (phone === undefined ? undefined : problemOfPhone(phone))
  );
}

/** The first thing wrong with a typed card, or nothing. `hasChoice`: instalments were offered. */
export const problemOfCard = (
  model: Model,
  today: Today,
  hasChoice: boolean,
): ProblemCode | undefined =>
  ofHolder(model.card_holder) ??
  ofNumber(model.pan) ??
  ofMonth(model.month) ??
  ofYear(model, today) ??
  ofCvc(model) ??
  ofInstalment(model.instalment_key, hasChoice) ??
  ofSaving(model);

/** The first thing wrong with a payment by a stored card; its code may be asked for too. */
export const problemOfStored = (model: Model, hasChoice: boolean): ProblemCode | undefined =>
  (model.card_hash ? undefined : 21) ??
  (model.cvc ? ofCvc(model) : undefined) ??
  ofInstalment(model.instalment_key, hasChoice);
