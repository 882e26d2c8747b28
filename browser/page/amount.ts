/** Nothing longer is an amount: fifteen digits are still exact in a JavaScript number. */
const DIGITS_MAX = 13;

/** The text's digits before and behind its decimal separator, if it is an amount. */
function partsOf(text: string): { whole: string; fraction: string } | undefined {
  const [comma, dot] = [text.lastIndexOf(","), text.lastIndexOf(".")];
  const last = Math.max(comma, dot);
  if (last === -1) return { whole: text, fraction: "" };
  const [separator, other] = comma > dot ? [",", "."] : [".", ","];
  const isGrouping = text.indexOf(separator) !== last || isThousands(text, last, other);
  if (isGrouping) return { whole: text.replaceAll(/[.,]/g, ""), fraction: "" };
  return { whole: text.slice(0, last).replaceAll(other, ""), fraction: text.slice(last + 1) };
}

/** A dot with three digits behind it groups thousands, as in `1.234`; `0.123` does not. */
const isThousands = (text: string, at: number, other: string): boolean =>
  text[at] === "." && !text.includes(other) && /^[1-9]\d*\.\d{3}$/.test(text);

/**
 * An amount as a shop's page writes it, in hundredths: `1.234,56` and `1234.56` are 123456. The
 * comma is the documented decimal separator; a dot counts as one where it can be nothing else,
 * because shops that print `150.00` mean a hundred and fifty. Rounds half up; gives `undefined` for
 * what is no amount.
 */
export function hundredthsOf(text: string): number | undefined {
  const parts = partsOf(text.replaceAll(/[\s\u00a0]|TRY|TL|₺/gi, ""));
  if (!parts) return undefined;
  const { whole, fraction } = parts;
  if (!/^\d*$/.test(whole + fraction) || whole + fraction === "") return undefined;
  if (whole.length > DIGITS_MAX) return undefined;
  const kept = Number(`${whole}${fraction.slice(0, 2).padEnd(2, "0")}`);
  return kept + (Number(fraction[2] ?? "0") >= 5 ? 1 : 0);
}

/** An amount in hundredths already; shops that multiply floats send `1998.9999999999998`. */
export function roundedHundredths(text: string): number | undefined {
  const plain = text.trim().replace(",", ".");
  return /^\d{1,15}(?:\.\d+)?$/.test(plain) ? Math.round(Number(plain)) : undefined;
}
