import { assert } from "./assert.ts";

export const currencies = ["TRY", "USD", "EUR", "GBP"] as const;
export type Currency = (typeof currencies)[number];
/** A whole number of minor units (kuruş, cents) with its currency. Never a float. */
export type Money = Readonly<{ minor: bigint; currency: Currency }>;

/** Rates are whole parts per million: 2 % is 20,000. */
export const PPM = 1_000_000n;
/** 999,999,999,999.99: far beyond any card, far below 2^53 minor units. */
export const MOST_MINOR = 99_999_999_999_999n;

export const money = (minor: bigint, currency: Currency): Money => ({ minor, currency });

/** Divides and rounds half away from zero, as invoices do. `by` is positive. */
export function divideHalfUp(value: bigint, by: bigint): bigint {
  assert(by > 0n, "the divisor is positive");
  const doubled = (value < 0n ? -value : value) * 2n + by;
  const rounded = doubled / (by * 2n);
  return value < 0n ? -rounded : rounded;
}

/** `minor` times a rate, rounded half up to a whole minor unit. */
export const portion = (minor: bigint, ratePpm: bigint): bigint =>
  divideHalfUp(minor * ratePpm, PPM);

/** Shares `total` by weight. Rounding the running sum makes the parts add up to `total` exactly. */
export function share(total: Money, weights: readonly bigint[]): Money[] {
  const sum = (upTo: number) => weights.slice(0, upTo).reduce((all, weight) => all + weight, 0n);
  const whole = sum(weights.length);
  assert(whole > 0n, "some weight is positive");
  const given = (upTo: number) => (total.minor * sum(upTo)) / whole;
  return weights.map((_, i) => ({ minor: given(i + 1) - given(i), currency: total.currency }));
}

/**
 * The part of `total` that belongs to the step from `before` to `after` on a way of `whole`.
 * Steps that walk the whole way take the whole total, whatever was rounded in between.
 */
export function step(total: bigint, before: bigint, after: bigint, whole: bigint): bigint {
  assert(whole > 0n && before >= 0n && before <= after && after <= whole, "a step lies on the way");
  return divideHalfUp(total * after, whole) - divideHalfUp(total * before, whole);
}

/** `123450n` → `"1234.50"`. String operations only: a float would lose a kuruş. */
export function decimalText(minor: bigint, separator: "." | "," = "."): string {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, "0");
  const sign = minor < 0n ? "-" : "";
  return `${sign}${digits.slice(0, -2)}${separator}${digits.slice(-2)}`;
}

/**
 * A plain decimal (`"20"`, `"20.5"`, `"8.905"`) as minor units, more than two decimals rounded half
 * up. Signs, exponents and separators of thousands are not plain: those give `undefined`.
 */
export function minorOfDecimal(text: string): bigint | undefined {
  const found = /^(\d{1,15})(?:\.(\d{1,10}))?$/.exec(text);
  if (!found) return undefined;
  const fraction = (found[2] ?? "").padEnd(2, "0");
  const scale = 10n ** BigInt(fraction.length - 2);
  return divideHalfUp(BigInt(`${found[1]}${fraction}`), scale);
}
