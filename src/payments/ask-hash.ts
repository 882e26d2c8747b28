import { type Keyring, keyedHashText } from "../lib/seal.ts";
import type { Receipt } from "./plan.rules.ts";

/** Members whose value must rest nowhere, not even as a hash. */
const securityCode = /^cv[cv]2?$/i;

/**
 * What is kept to recognise a repeated request: its key, and a keyed hash of the service and of all
 * that it asked, whatever the order of the members and whether a number came as a text.
 */
export function receiptOf(
  ring: Keyring,
  requestKey: string,
  service: string,
  body: Readonly<Record<string, unknown>>,
): Receipt {
  const asked = Object.entries(body)
    .filter(([name]) => !securityCode.test(name))
    .map(([name, value]) => [name, typeof value === "object" ? value : String(value)])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const text = JSON.stringify([service, asked]);
  return { requestKey, askHash: keyedHashText(ring.asks, text) };
}
