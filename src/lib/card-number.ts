import { bareIban, isIban } from "./iban.ts";
import { hasLuhnDigit, testCardsWithoutLuhn } from "./luhn.ts";

/** First six and last four digits, stars between. */
export const maskOf = (pan: string): string =>
  `${pan.slice(0, 6)}${"*".repeat(pan.length - 10)}${pan.slice(-4)}`;

const DIGITS_MIN = 13;
const DIGITS_MAX = 19;

/**
 * How the numbers of the schemes begin, and how long they are (ISO/IEC 7812 and the schemes' own
 * ranges). The check digit alone is no sign: one in ten of all long numbers has it, and so has
 * every telephone's IMEI.
 */
const schemes: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/, // Visa
  /^(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^9792\d{12}$/, // Troy
  /^(?:50|5[6-8]|6\d)\d{11,17}$/, // Maestro, Discover, UnionPay, and Troy's older range
  /^35(?:2[89]|[3-8]\d)\d{12,15}$/, // JCB
  /^3(?:0[0-5]|[689]\d)\d{11,16}$/, // Diners Club
  /^220[0-4]\d{12,15}$/, // Mir
];

const isCardNumber = (digits: string): boolean =>
  testCardsWithoutLuhn.has(digits) ||
  (schemes.some((scheme) => scheme.test(digits)) && hasLuhnDigit(digits));

/** What stands between the groups of a number, as people type and paste it. */
const between = "(?:[\\s.,/|+_\\p{Pd}\\p{Cf}]{1,3}|&nbsp;)";
const gap = new RegExp(`^${between}$`, "u");
/** UTF-16 units of the longest `between`: three characters of two units each, or `&nbsp;`. */
const BETWEEN_MAX = 6;
/** Whether each character of ASCII is one that `between` may be made of. */
const isBetween = Array.from({ length: 128 }, (_, code) =>
  /[\s.,/|+_\-&nbsp;]/.test(String.fromCharCode(code)),
);

/**
 * Whether a text has as many digits as a card's number, near enough to each other. A text for which
 * this is false holds none; most texts and log lines are told so by one look at each character.
 */
export function hasLongNumber(text: string): boolean {
  let digits = 0;
  let apart = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      digits += 1;
      apart = 0;
      if (digits === DIGITS_MIN) return true;
    } else if (digits > 0) {
      apart += 1;
      const isNear = apart <= BETWEEN_MAX && (code >= 128 || isBetween[code]);
      if (!isNear) digits = 0;
    }
  }
  return false;
}

/** Long words in which digits follow each other by chance: GUIDs, hashes, accounts in Türkiye. */
const others = new RegExp(
  `(?<![\\da-z])(?:${[
    "[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}",
    "(?=\\d*[a-f])[\\da-f]{24,}",
    "TR(?: ?\\d){24}",
  ].join("|")})(?![\\da-z])`,
  "gi",
);

const blank = (word: string): string =>
  /^TR/i.test(word) && !isIban(bareIban(word)) ? word : "x".repeat(word.length);

type Span = Readonly<{ start: number; end: number }>;

/** Card numbers that begin with the first group: each ends with a group of its own. */
function numbersFrom(text: string, groups: readonly Span[]): Span[] {
  const [{ start }] = groups as [Span];
  const found: Span[] = [];
  let digits = "";
  for (const [i, group] of groups.entries()) {
    if (i > 0 && !gap.test(text.slice(groups[i - 1]!.end, group.start))) break;
    digits += text.slice(group.start, group.end);
    if (digits.length > DIGITS_MAX) break;
    if (digits.length >= DIGITS_MIN && isCardNumber(digits)) found.push({ start, end: group.end });
  }
  return found;
}

/** Where card numbers stand. Of two that share digits neither is shown, so they are one span. */
function spansIn(text: string): Span[] {
  if (!hasLongNumber(text)) return [];
  const seen = text.replace(others, blank);
  const groups = Array.from(seen.matchAll(/\d+/g), ({ 0: digits, index }) => ({
    start: index,
    end: index + digits.length,
  }));
  const spans: Span[] = [];
  for (const i of groups.keys()) {
    for (const next of numbersFrom(seen, groups.slice(i, i + DIGITS_MAX))) {
      const last = spans.at(-1);
      if (!last || last.end <= next.start) spans.push(next);
      else spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, next.end) };
    }
  }
  return spans;
}

/** Whether a text holds a card number, however its digits are grouped. */
export const holdsCardNumber = (text: string): boolean => spansIn(text).length > 0;

/** Writes something else in the place of every card number; `write` is given its digits. */
export function replaceCardNumbers(text: string, write: (digits: string) => string): string {
  const spans = spansIn(text);
  if (spans.length === 0) return text;
  let out = "";
  let from = 0;
  for (const { start, end } of spans) {
    out += text.slice(from, start) + write(text.slice(start, end).replaceAll(/\D/g, ""));
    from = end;
  }
  return out + text.slice(from);
}

/** A security code after its name: `cvc: 731`, `CVV'si 731`. */
const namedCode = /\b(cv[cv]2?|g[uü]venlik kodu|security code)(\D{0,16})\d{3,4}(?!\d)/giu;
const threeDigits = /\d{3}/;
/** Beside a number any three or four digits may be its code. */
const loneCode = /(?<![\d*])\d{3,4}(?![\d*])/g;

/**
 * A text of a person's without what a card is paid by: of a number its mask is left, and of a code
 * that stands beside a number, or after its own name, stars. It is never longer than it was.
 */
export function withoutCardData(text: string): string {
  const masked = replaceCardNumbers(text, maskOf);
  if (masked === text) {
    return threeDigits.test(text) ? text.replace(namedCode, "$1$2***") : text;
  }
  return masked.replace(loneCode, (code) => "*".repeat(code.length));
}
