import { type Keyring, keyedHash } from "../lib/seal.ts";
import type { Receipt } from "./plan.rules.ts";

const VALUE_SEPARATOR = "\u0000";

/**
 * What is kept to recognise a repeated request: its key, and a keyed hash of what it asked. The
 * security code of a card takes no part, so that it rests nowhere, not even as a hash.
 */
export function receiptOf(
  ring: Keyring,
  requestKey: string | undefined,
  asked: readonly (string | number | bigint | boolean | null | undefined)[],
): Receipt | undefined {
  if (requestKey === undefined) return undefined;
  const text = asked.map((value) => String(value ?? "")).join(VALUE_SEPARATOR);
  return { requestKey, askHash: keyedHash(ring.asks, text).toString("base64") };
}
