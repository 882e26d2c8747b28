import type { Keyring } from "../lib/seal.ts";
import { keyedHash, keyedHashText } from "../lib/seal.ts";

/** Keys that stand alone, in an `Authorization` header. */
export type LoneKind = "secret" | "publishable";
/** Keys that come with a client's GUID, in two headers of their own. */
export type PairKind = "paywall_public" | "paywall_private";
export type KeyKind = LoneKind | PairKind;
const prefixes: Record<LoneKind, string> = { secret: "sck_", publishable: "pbk_" };

/** A new key from 32 random bytes. The prefix says what it is for. */
export const keyText = (kind: LoneKind, chance: Buffer): string =>
  `${prefixes[kind]}${chance.toString("base64").replaceAll("=", "")}`;

/** How many random bytes make the key of a pair: as base64 it has 344 characters. */
export const PAIR_KEY_BYTES = 256;

export const hashOfKey = (ring: Keyring, key: string): Buffer => keyedHash(ring.apiKeys, key);
/** The same as base64. */
export const hashTextOfKey = (ring: Keyring, key: string): string =>
  keyedHashText(ring.apiKeys, key);

const isKey = (text: string): boolean => Object.values(prefixes).some((p) => text.startsWith(p));
const KEY_LENGTH_MAX = 200;
const PAIR_KEY_LENGTH_MAX = 1_000;

/**
 * Whether two header values may be a pair at all: each once, as it is, and no longer than keys are.
 */
export const isPair = (key: unknown, client: unknown): boolean =>
  [key, client].every(
    (text) => typeof text === "string" && text !== "" && text.length <= PAIR_KEY_LENGTH_MAX,
  );

/**
 * The key in an `Authorization: Basic` header. Paynet's clients send the key as it is; newer ones
 * send base64 of the key and a colon. A key is never URL-decoded: it may hold `+` and `/`.
 */
export function keyOfHeader(header: string | undefined): string | undefined {
  const token = /^\s*Basic\s+(\S+)\s*$/i.exec(header ?? "")?.[1];
  if (!token || token.length > KEY_LENGTH_MAX) return undefined;
  if (isKey(token)) return token;
  const decoded = Buffer.from(token, "base64").toString("utf8").split(":")[0] ?? "";
  return isKey(decoded) ? decoded : undefined;
}

/** An allow list holds single addresses; an IPv4 address may come dressed as IPv6. */
export function mayCallFrom(allowed: readonly string[] | null, address: string): boolean {
  if (!allowed) return true;
  return allowed.includes(address.replace(/^::ffff:/, ""));
}
