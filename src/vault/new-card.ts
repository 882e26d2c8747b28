import type { Keyring } from "../lib/seal.ts";
import { type Card, holderMaskOf } from "./card.rules.ts";
import type { NewCardRow } from "./cards.store.ts";
import type { DataKey } from "./data-key.ts";
import { type CardName, fingerprintOf, sealCard } from "./sealed-card.ts";

/** A card as it rests: everything but whose it is and for how long. */
export const newCardRow = (
  ring: Keyring,
  key: DataKey,
  name: CardName,
  card: Card,
  now: Date,
): NewCardRow => ({
  merchant_id: name.merchantId,
  id: name.id,
  key_id: key.id,
  sealed: sealCard(key, name, card),
  fingerprint: fingerprintOf(ring, name.merchantId, card.pan),
  mask: card.mask,
  holder_mask: holderMaskOf(card.holder),
  brand: card.facts.brand,
  type: card.facts.type,
  bank_id: card.facts.bankId,
  expiry_month: card.expiryMonth,
  expiry_year: card.expiryYear,
  description: "",
  created_at: now,
});
