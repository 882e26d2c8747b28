import { type CardId, type MerchantId, newId } from "../lib/id.ts";
import { underActiveKey } from "./active-key.ts";
import type { CardBrand } from "./bin.rules.ts";
import type { Card } from "./card.rules.ts";
import { eraseHeld, erasePassed, insertCard, readSealed } from "./cards.store.ts";
import { openDataKey } from "./data-key.ts";
import type { VaultDeps } from "./deps.ts";
import { newCardRow } from "./new-card.ts";
import { openSealed } from "./sealed-card.ts";

/** Cards that one statement erases, and statements of one call. */
const ERASED_MAX = 200;
const ERASE_ROUNDS_MAX = 50;

/**
 * Keeps a card that has no owner until `purgeAt`: it is needed again when its holder is back from
 * the bank. Its security code is left out.
 */
export async function holdCard(
  deps: VaultDeps,
  merchant: MerchantId,
  card: Card,
  now: Date,
  purgeAt: Date,
): Promise<CardId> {
  const name = { merchantId: merchant, id: newId("crd", now) };
  await underActiveKey(deps, merchant, (key) =>
    insertCard(deps.db.kysely, {
      ...newCardRow(deps.ring, key, name, card, now),
      purge_at: purgeAt,
    }),
  );
  return name.id;
}

/** A card out of the vault. `isStored`: it has an owner, so it may be charged without its code. */
export type OpenedCard = Readonly<{ card: Card; isStored: boolean }>;

/** Opens a held or stored card, without its security code; `undefined` when it is forgotten. */
export async function openCard(
  deps: VaultDeps,
  merchant: MerchantId,
  id: CardId,
): Promise<OpenedCard | undefined> {
  return (await openCards(deps, merchant, [id])).get(id);
}

/** The same of many cards with one read, by their ids; those that are forgotten are missing. */
export async function openCards(
  deps: VaultDeps,
  merchant: MerchantId,
  ids: readonly CardId[],
): Promise<ReadonlyMap<CardId, OpenedCard>> {
  const rows = await readSealed(deps.db, merchant, ids);
  return new Map(
    rows.map((row) => {
      const id = row.id as CardId;
      const key = openDataKey(deps.ring, merchant, row.key);
      const card = {
        ...openSealed(key, { merchantId: merchant, id }, row.sealed),
        mask: row.mask,
        expiryMonth: row.expiry_month,
        expiryYear: row.expiry_year,
        facts: { brand: row.brand as CardBrand, type: row.type, bankId: row.bank_id },
      };
      return [id, { card, isStored: row.owner_id !== null }];
    }),
  );
}

/**
 * Erases a held card at once: it was charged, or never will be. False when it is forgotten already.
 * A stored card is left alone.
 */
export const forgetHeld = (
  deps: VaultDeps,
  merchant: MerchantId,
  id: CardId,
  now: Date,
): Promise<boolean> => eraseHeld(deps.db, merchant, id, now);

/**
 * Erases a merchant's held cards whose time has passed at `now`, and says how many. What is left of
 * very many falls to the next call.
 */
export async function forgetPassed(
  deps: VaultDeps,
  merchant: MerchantId,
  now: Date,
): Promise<number> {
  let forgotten = 0;
  for (let round = 0; round < ERASE_ROUNDS_MAX; round += 1) {
    const count = await erasePassed(deps.db, merchant, now, ERASED_MAX);
    forgotten += count;
    if (count < ERASED_MAX) break;
  }
  return forgotten;
}
