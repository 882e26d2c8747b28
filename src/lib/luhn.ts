/** The check digit of ISO/IEC 7812 over a text of digits. */
export function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Named in Paynet's own list of test cards although its last digit does not check. */
export const testCardsWithoutLuhn: ReadonlySet<string> = new Set(["4546711234567890"]);
