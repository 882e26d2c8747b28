import type { Keyring } from "../lib/seal.ts";
import { keyedHash, keyedHashText } from "../lib/seal.ts";

export type KeyKind = "secret" | "publishable";
const prefixes: Record<KeyKind, string> = { secret: "sck_", publishable: "pbk_" };

/** A new key from 32 random bytes. The prefix says what it is for. */
export const keyText = (kind: KeyKind, chance: Buffer): string =>
  `${prefixes[kind]}${chance.toString("base64").replaceAll("=", "")}`;

export const hashOfKey = (ring: Keyring, key: string): Buffer => keyedHash(ring.apiKeys, key);
/** The same as base64. */
export const hashTextOfKey = (ring: Keyring, key: string): string =>
  keyedHashText(ring.apiKeys, key);

const isKey = (text: string): boolean => Object.values(prefixes).some((p) => text.startsWith(p));
const KEY_LENGTH_MAX = 200;

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
