import { randomBytes } from "node:crypto";
import { type Id, type MerchantId, newId } from "../lib/id.ts";
import { type Keyring, seal, unseal } from "../lib/seal.ts";

export type KeyId = Id<"key">;
/** A merchant's key under which its cards are sealed. At rest it is wrapped by the ring. */
export type DataKey = Readonly<{ id: KeyId; bytes: Buffer }>;
export type WrappedKey = Readonly<{ id: KeyId; wrapped: Buffer }>;

const KEY_BYTES = 32;
/** Keys that one process keeps unwrapped: more merchants than one serves at a time. */
const UNWRAPPED_MAX = 1_000;

const boundTo = (merchant: MerchantId, id: KeyId) => `${merchant}/${id}`;

/** A new key, of which only the wrapped form leaves this function. */
export function newDataKey(ring: Keyring, merchant: MerchantId, now: Date): WrappedKey {
  const id: KeyId = newId("key", now);
  const text = randomBytes(KEY_BYTES).toString("base64");
  return { id, wrapped: seal(ring.vault, text, boundTo(merchant, id)) };
}

/** What one ring unwrapped is unknown to every other. */
const unwrapped = new WeakMap<Keyring, Map<string, DataKey>>();

/** Unwraps a key. Throws a sentence for the operator when the ring is not the one that made it. */
export function openDataKey(ring: Keyring, merchant: MerchantId, key: WrappedKey): DataKey {
  const known = unwrapped.get(ring) ?? new Map<string, DataKey>();
  unwrapped.set(ring, known);
  const name = boundTo(merchant, key.id);
  const found = known.get(name);
  if (found) return found;
  const opened = { id: key.id, bytes: unwrap(ring, name, key) };
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= UNWRAPPED_MAX) known.delete(oldest);
  known.set(name, opened);
  return opened;
}

function unwrap(ring: Keyring, name: string, { wrapped }: WrappedKey): Buffer {
  try {
    return Buffer.from(unseal(ring.vault, wrapped, name).open(), "base64");
  } catch (cause) {
    const why = "VEZNE_VAULT_KEY is not the key that it was made with, or it was changed";
    throw new Error(`The data key ${name} does not open: ${why}.`, { cause });
  }
}
