import type { Pos } from "../index.ts";
import { xmlText } from "./request.ts";

const HIDDEN = "[hidden]";
/** Shorter texts occur by chance; their element is masked by its name instead. */
const SHORTEST_LITERAL = 4;

const maskedPan = (pan: string): string =>
  `${pan.slice(0, 6)}${"*".repeat(Math.max(0, pan.length - 10))}${pan.slice(-4)}`;

const writtenForms = (text: string): string[] => [text, encodeURIComponent(text), xmlText(text)];

/**
 * A request or reply as it may be kept: of a card number the first six and last four digits, of
 * card codes, passwords and keys nothing. A bank may quote our request back, also percent-encoded.
 */
export function masked(text: string, pos: Pos, pan?: string): string {
  let kept = text
    .replace(/(?<!\/)\b(Password|Cvv2Val|cv2)>[^<]*/gi, `$1>${HIDDEN}`)
    .replace(/\b(Password|Cvv2Val|cv2)(&gt;|%3E|=)[^<&%\s]*/gi, `$1$2${HIDDEN}`);
  for (const secret of [pos.password.open(), pos.storeKey.open()]) {
    if (secret.length < SHORTEST_LITERAL) continue;
    for (const form of writtenForms(secret)) kept = kept.replaceAll(form, HIDDEN);
  }
  if (pan) kept = kept.replaceAll(pan, maskedPan(pan));
  return kept.replace(/(?<!\d)\d{13,19}(?!\d)/g, maskedPan);
}
