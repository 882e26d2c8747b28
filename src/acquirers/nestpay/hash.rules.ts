import { createHash, timingSafeEqual } from "node:crypto";

/** Fields of a form or of a return post, by name. `null` counts as empty. */
export type HashFields = Readonly<Record<string, string | null>>;

const neverHashed = ["hash", "encoding"];

const digest = (algorithm: "sha512" | "sha1", plaintext: string | Uint8Array): string =>
  createHash(algorithm).update(plaintext).digest("base64");

/** Backslashes first: the other way round the backslash of an escaped pipe would be doubled. */
const escaped = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll("|", "\\|");

const runs = (name: string): string[] => name.toUpperCase().match(/\d+|\D+/g) ?? [];

function compareRuns(a: string, b: string): number {
  if (/^\d/.test(a) && /^\d/.test(b)) {
    const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
    if (x.length !== y.length) return x.length - y.length;
    return x < y ? -1 : Number(x > y);
  }
  return a < b ? -1 : Number(a > b);
}

/** Natural order without regard to case: `ItemNumber2` stands before `itemnumber10`. */
function compareNames(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const order = compareRuns(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/**
 * What version 3 hashes (NestPay integration guide): values in natural order of their names,
 * escaped, joined by pipes, the store key last. Some banks return fields that they do not hash:
 * name those in `alsoLeftOut`, in any case.
 */
export function ver3Plaintext(
  fields: HashFields,
  storeKey: string,
  alsoLeftOut: readonly string[] = [],
): string {
  const leftOut = new Set([...neverHashed, ...alsoLeftOut].map((name) => name.toLowerCase()));
  const values = Object.keys(fields)
    .filter((name) => !leftOut.has(name.toLowerCase()))
    .map((name) => ({ name, runs: runs(name) }))
    .sort((a, b) => compareNames(a.runs, b.runs))
    .map(({ name }) => escaped(fields[name] ?? ""));
  return [...values, escaped(storeKey)].join("|");
}

/** The version 3 digest of a plaintext: SHA-512 as base64, of UTF-8 where a text is given. */
export const ver3Digest = (plaintext: string | Uint8Array): string => digest("sha512", plaintext);

/** The version 3 hash of a 3-D form or return. */
export const ver3Hash = (
  fields: HashFields,
  storeKey: string,
  alsoLeftOut: readonly string[] = [],
): string => ver3Digest(ver3Plaintext(fields, storeKey, alsoLeftOut));

const ver1FormNames = "clientid oid amount okUrl failUrl islemtipi taksit rnd".split(" ");

const joined = (fields: HashFields, names: readonly string[]): string =>
  names.map((name) => fields[name] ?? "").join("");

/** The version 1 hash of a form. Banks switched it off in 2024; only old recordings carry it. */
export const ver1FormHash = (fields: HashFields, storeKey: string): string =>
  digest("sha1", joined(fields, ver1FormNames) + storeKey);

/** The version 1 hash of a return, over the fields that it names itself in `HASHPARAMS`. */
export function ver1ReturnHash(fields: HashFields, storeKey: string): string {
  const names = (fields.HASHPARAMS ?? "").split(":").filter((name) => name !== "");
  return digest("sha1", joined(fields, names) + storeKey);
}

/** Compares in constant time. A missing hash equals none. */
export function sameHash(given: string | null | undefined, expected: string): boolean {
  if (!given || !expected) return false;
  const [a, b] = [Buffer.from(given, "utf8"), Buffer.from(expected, "utf8")];
  return a.length === b.length && timingSafeEqual(a, b);
}
