/** The longest number of any scheme; what is typed beyond is dropped. */
const DIGITS_MAX = 19;

export const digitsOf = (text: string): string => text.replaceAll(/\D/g, "");

const isAmex = (digits: string): boolean => /^3[47]/.test(digits);

/** In groups as on the plastic: fours, or 4-6-5 for American Express. No space at the end. */
export function groupNumber(digits: string): string {
  const shape = isAmex(digits) ? /^(\d{1,4})(\d{1,6})?(\d+)?$/ : undefined;
  const groups = shape ? (shape.exec(digits)?.slice(1) ?? []) : (digits.match(/\d{1,4}/g) ?? []);
  return groups.filter(Boolean).join(" ");
}

/** Where the caret stands after `count` digits of a grouped text. */
function caretAfter(text: string, count: number): number {
  if (count === 0) return 0;
  let seen = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (/\d/.test(text[at]!)) seen += 1;
    if (seen === count) return at + 1;
  }
  return text.length;
}

export type Edit = Readonly<{
  /** What stands in the input after the key, and where its caret is. */
  text: string;
  caret: number;
  /** The digits that stood there before. */
  before: string;
  /** The way a key deleted, if it did. */
  deleted?: "backward" | "forward" | undefined;
}>;

/**
 * The number in groups after a key, with the caret behind the digit that it stood behind. Deleting
 * a space deletes the digit beyond it: otherwise the key would seem dead.
 */
export function regroup({ text, caret, before, deleted }: Edit): { text: string; caret: number } {
  let digits = digitsOf(text);
  let count = digitsOf(text.slice(0, caret)).length;
  if (deleted && digits === before) {
    const at = deleted === "backward" ? count - 1 : count;
    if (at >= 0) digits = digits.slice(0, at) + digits.slice(at + 1);
    if (deleted === "backward") count = Math.max(0, count - 1);
  }
  const grouped = groupNumber(digits.slice(0, DIGITS_MAX));
  return { text: grouped, caret: caretAfter(grouped, count) };
}
