/** The longest that the standard allows; no country uses all of it. */
export const IBAN_LENGTH_MAX = 34;

/** As banks exchange it: in capitals, without the spaces that people read it by. */
export const bareIban = (text: string): string => text.replaceAll(/\s/g, "").toUpperCase();

/** A country, two check digits and an account: ISO 13616. Its check digits begin at 02. */
const FORM = /^[A-Z]{2}(?!0[01]|99)\d{2}[A-Z0-9]{11,30}$/;
/** Of Türkiye: a bank of five digits, one in reserve, and an account of sixteen characters. */
const TURKISH = /^TR\d{8}[A-Z0-9]{16}$/;

/** What is left of a number of any length, divided by 97. Letters count from 10. */
function rest97(text: string): number {
  let rest = 0;
  for (const letter of text) {
    const value = Number.parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** Whether a bare IBAN has the form of its standard, that of Türkiye its own, and check digits. */
export function isIban(bare: string): boolean {
  if (!FORM.test(bare) || (bare.startsWith("TR") && !TURKISH.test(bare))) return false;
  return rest97(bare.slice(4) + bare.slice(0, 4)) === 1;
}
