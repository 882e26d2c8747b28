import { hash } from "node:crypto";
import type { Field } from "../../form.rules.ts";

/** These two never take part, in whatever case they are written. */
const leftOut = new Set(["hash", "encoding"]);

/** `ItemNumber10` as its runs: `ITEMNUMBER`, `10`. */
const runsOf = (name: string): string[] => name.toUpperCase().match(/\d+|\D+/g) ?? [];

function compareRuns(a: string, b: string): number {
  const isNumber = /^\d/.test(a) && /^\d/.test(b);
  const size = isNumber ? BigInt(a) - BigInt(b) : 0n;
  if (size !== 0n) return size < 0n ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Order of names: case does not count, and runs of digits count as the numbers they are. */
function compareNames(a: string, b: string): number {
  const [left, right] = [runsOf(a), runsOf(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const order = compareRuns(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** A backslash is doubled first, then each pipe gets one: the other way round hides a pipe. */
const escapePart = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("|", "\\|");

/** What is hashed: values in the order of their names, then the store key, pipes in between. */
export function ver3Plaintext(fields: readonly Field[], storeKey: string): string {
  const counted = fields.filter(([name]) => !leftOut.has(name.toLowerCase()));
  const sorted = counted.toSorted(([a], [b]) => compareNames(a, b));
  return [...sorted.map(([, value]) => value), storeKey].map(escapePart).join("|");
}

/** The hash of a form or a return, over UTF-8 (NestPay integration guide, hash version 3). */
export const ver3Hash = (fields: readonly Field[], storeKey: string): string =>
  hash("sha512", ver3Plaintext(fields, storeKey), "base64");
