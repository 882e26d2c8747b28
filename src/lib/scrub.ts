import { replaceCardNumbers } from "./card-number.ts";

/** Keys carry their prefix. */
const keys = /\b(?:sck|pbk)_[A-Za-z0-9+/=]{8,}/g;
/** Members whose value is a secret whatever its shape, in JSON and in JSON within a JSON text. */
const secretNames = "authorization|pan|cvc|cvv|cvv2val|card_number|password|secret_key";
const secretMembers = new RegExp(`(\\\\?")(${secretNames})\\1\\s*:\\s*(?:\\1.*?\\1|\\d+)`, "gi");

/**
 * The last rule before a text leaves the process: whatever looks like a card number or a key, and
 * whatever is called one, is hidden. Types hide them before; this is for what came by another way.
 */
export function scrub(text: string): string {
  const named = text.replace(secretMembers, (_found, quote: string, name: string) =>
    [quote, name, quote, ":", quote, "[hidden]", quote].join(""),
  );
  const bare = named.replace(keys, (found) => `${found.slice(0, 4)}[hidden]`);
  return replaceCardNumbers(bare, (digits) => `${digits.slice(0, 6)}[hidden]`);
}
