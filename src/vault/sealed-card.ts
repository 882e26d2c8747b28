import type { CardId, MerchantId } from "../lib/id.ts";
import { type Keyring, keyedHash, seal, unseal } from "../lib/seal.ts";
import { Secret } from "../lib/secret.ts";
import type { Card } from "./card.rules.ts";
import type { DataKey } from "./data-key.ts";

/** Between number and holder; no number has one. */
const SEPARATOR = "\u0000";

/** Whose card it is. What is sealed for one opens as no other. */
export type CardName = Readonly<{ merchantId: MerchantId; id: CardId }>;
type Contents = Pick<Card, "pan" | "holder">;

const boundTo = ({ merchantId, id }: CardName) => `${merchantId}/${id}`;

/** Seals number and holder for one card of one merchant. The security code is never among them. */
export const sealCard = (key: DataKey, name: CardName, { pan, holder }: Contents): Buffer =>
  seal(key.bytes, `${pan.open()}${SEPARATOR}${holder}`, boundTo(name));

/** Throws a sentence for the operator when it was sealed for another card or changed. */
export function openSealed(key: DataKey, name: CardName, sealed: Buffer): Contents {
  const text = unsealed(key, name, sealed).open();
  const end = text.indexOf(SEPARATOR);
  return { pan: new Secret(text.slice(0, end)), holder: text.slice(end + SEPARATOR.length) };
}

/** The same contents under another key. */
export const reseal = (from: DataKey, to: DataKey, name: CardName, sealed: Buffer): Buffer =>
  seal(to.bytes, unsealed(from, name, sealed).open(), boundTo(name));

function unsealed(key: DataKey, name: CardName, sealed: Buffer): Secret {
  try {
    return unseal(key.bytes, sealed, boundTo(name));
  } catch (cause) {
    const why = "it was changed, or moved from another card, outside of Vezne";
    throw new Error(`The card ${boundTo(name)} does not open: ${why}.`, { cause });
  }
}

/**
 * Equal for equal numbers of one merchant. The merchant is hashed too, so that nobody who reads the
 * table sees that two merchants have the same customer.
 */
export const fingerprintOf = (ring: Keyring, merchant: MerchantId, pan: Secret): Buffer =>
  keyedHash(ring.cards, `${merchant}/${pan.open()}`);
