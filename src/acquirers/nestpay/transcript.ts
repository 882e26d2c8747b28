import type { Pos } from "../index.ts";
import { xmlText } from "./request.ts";

const HIDDEN = "[hidden]";
/** Shorter texts occur by chance; their element is masked by its name instead. */
const SHORTEST_LITERAL = 4;

const maskedPan = (pan: string): string =>
  `${pan.slice(0, 6)}${"*".repeat(Math.max(0, pan.length - 10))}${pan.slice(-4)}`;

/** Thirteen to nineteen digits, also in groups of four. */
const cardNumbers = /(?<!\d)\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}(?!\d)/g;

/** Keeps the first six and last four digits of whatever looks like a card number. */
export const withoutCardNumbers = (text: string): string =>
  text.replace(cardNumbers, (found) => maskedPan(found));

const writtenForms = (secret: string): string[] =>
  [secret, xmlText(secret)].flatMap((text) => [text, encodeURIComponent(text)]);

/** An element's content as written in a document, a page, a percent-encoded body and a form. */
const secretElements = [
  /(?<!\/)\b(Password|Cvv2Val|cv2)(>)[^<]*/gi,
  /(?<!\/)\b(Password|Cvv2Val|cv2)(&gt;)(?:(?!&lt;)[^<])*/gi,
  /(?<!%2F)(Password|Cvv2Val|cv2)(%3E)(?:(?!%3C)[^<\s])*/gi,
  /\b(Password|Cvv2Val|cv2)(=)[^&<\s]*/gi,
];

/**
 * A request or reply as it may be kept: of a card number the first six and last four digits, of
 * card codes, passwords and keys nothing. A bank may quote our request back, also percent-encoded.
 */
export function masked(text: string, pos: Pos, pan?: string): string {
  let kept = text;
  for (const secret of [pos.password.open(), pos.storeKey.open()]) {
    if (secret.length < SHORTEST_LITERAL) continue;
    for (const form of writtenForms(secret)) kept = kept.replaceAll(form, HIDDEN);
  }
  for (const pattern of secretElements) kept = kept.replace(pattern, `$1$2${HIDDEN}`);
  if (pan) kept = kept.replaceAll(pan, maskedPan(pan));
  return withoutCardNumbers(kept);
}
