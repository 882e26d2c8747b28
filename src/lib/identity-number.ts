const digitsOf = (text: string): number[] => Array.from(text, Number);
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

/**
 * Whether a text is the identity number of a person in Türkiye: eleven digits, the first not 0, the
 * last two of them check digits. Foreigners' numbers, which begin with 99, are made the same way.
 */
export function isIdentityNumber(text: string): boolean {
  if (!/^[1-9]\d{10}$/.test(text)) return false;
  const digits = digitsOf(text);
  const odd = sum([0, 2, 4, 6, 8].map((at) => digits[at]!));
  const even = sum([1, 3, 5, 7].map((at) => digits[at]!));
  // Never below zero: the even places hold at most 36.
  const tenth = (odd * 7 - even + 40) % 10;
  return digits[9] === tenth && digits[10] === sum(digits.slice(0, 10)) % 10;
}

const TAX_DIGITS = 10;

/** What one digit of a tax number, counted from 0, adds to its check. */
function weighed(digit: number, at: number): number {
  const places = TAX_DIGITS - 1 - at;
  const moved = (digit + places) % 10;
  return moved === 9 ? 9 : (moved * 2 ** places) % 9;
}

/** Whether a text is a tax number of Türkiye: ten digits, the last of them a check digit. */
export function isTaxNumber(text: string): boolean {
  if (!/^\d{10}$/.test(text)) return false;
  const digits = digitsOf(text);
  const check = (10 - (sum(digits.slice(0, TAX_DIGITS - 1).map(weighed)) % 10)) % 10;
  return digits[TAX_DIGITS - 1] === check;
}
