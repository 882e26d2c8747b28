import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { assert } from "./assert.ts";
import { Secret } from "./secret.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keys for one purpose each, made from the one root key that an operator keeps. */
export type Keyring = Readonly<{
  /** Seals bank credentials at rest. */
  sealing: Buffer;
  /** Hashes API keys, so that a stolen table opens nothing. */
  apiKeys: Buffer;
  /** Hashes requests that hold card numbers. */
  asks: Buffer;
  /** Finds equal cards without opening them. */
  cards: Buffer;
  /** Wraps the data keys under which cards rest. */
  vault: Buffer;
  /** Makes texts that lead to a session and that nobody can make up. */
  handles: Buffer;
  /** Hashes one-time codes, which are far too short for a hash without a key. */
  codes: Buffer;
}>;

/** Derives the ring from a root key of 32 bytes, written as base64. */
export function keyringOf(rootBase64: string): Keyring {
  const root = Buffer.from(rootBase64, "base64");
  assert(root.length === 32, "the root key has 32 bytes, written as base64");
  const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", root, "vezne", purpose, 32));
  return {
    sealing: derive("sealing"),
    apiKeys: derive("api-keys"),
    asks: derive("asks"),
    cards: derive("cards"),
    vault: derive("vault"),
    handles: derive("handles"),
    codes: derive("codes"),
  };
}

/** AES-256-GCM with a random nonce. `boundTo` must be given again to open it. */
export function seal(key: Buffer, text: string, boundTo: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(boundTo));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Opens what `seal` closed; throws when the key, the binding or a single bit is another. */
export function unseal(key: Buffer, sealed: Buffer, boundTo: string): Secret {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const opened = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
  return new Secret(Buffer.concat([opened, decipher.final()]).toString("utf8"));
}

/** A keyed hash: equal texts give equal hashes, and without the key nobody can try texts. */
export const keyedHash = (key: Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();

/** The same as base64: a text is cheaper than the bytes that it would be made of. */
export const keyedHashText = (key: Buffer, text: string): string =>
  createHmac("sha256", key).update(text).digest("base64");
