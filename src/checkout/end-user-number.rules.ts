const digitsOf = (text: string): number[] => Array.from(text, Number);

/**
 * Whether a text is an identity number of a person in Türkiye: eleven digits, the first of which is
 * not zero and the last two of which follow from the others (the registry's own rule).
 */
export function isIdentityNumber(text: string): boolean {
  if (!/^[1-9]\d{10}$/.test(text)) return false;
  const digits = digitsOf(text);
  const sum = (from: number, to: number, by: number): number => {
    let all = 0;
    for (let i = from; i < to; i += by) all += digits[i]!;
    return all;
  };
  const tenth = (((sum(0, 9, 2) * 7 - sum(1, 8, 2)) % 10) + 10) % 10;
  return digits[9] === tenth && digits[10] === sum(0, 10, 1) % 10;
}

/** What a digit adds in its place: each of the ten digits something else. */
function weighed(digit: number, i: number): number {
  const moved = (digit + 9 - i) % 10;
  return moved === 9 ? 9 : (moved * 2 ** (9 - i)) % 9;
}

/**
 * Whether a text is a tax number of Türkiye: ten digits, the last of which follows from the others
 * (the rule of the revenue administration).
 */
export function isTaxNumber(text: string): boolean {
  if (!/^\d{10}$/.test(text)) return false;
  const digits = digitsOf(text);
  const sum = digits.slice(0, 9).reduce((all, digit, i) => all + weighed(digit, i), 0);
  return digits[9] === (10 - (sum % 10)) % 10;
}

/**
 * An identity or tax number as it is kept and shown: enough to tell whose it is to who knows it.
 */
export const numberMaskOf = (number: string): string =>
  `${number.slice(0, 3)}${"*".repeat(number.length - 5)}${number.slice(-2)}`;
