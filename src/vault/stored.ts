import { randomBytes } from "node:crypto";
import type { Tx } from "../db/transaction.ts";
import { type CardId, type MerchantId, newId, type OwnerId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { underActiveKey } from "./active-key.ts";
import type { CardBrand, CardFacts } from "./bin.rules.ts";
import { type Card, numberHider } from "./card.rules.ts";
import {
  eraseCard,
  eraseOwned,
  findOwned,
  insertCard,
  listOwned,
  type OwnedRow,
  type Paging,
  type StoredName,
  saveDescription,
  saveExpiry,
} from "./cards.store.ts";
import type { VaultDeps } from "./deps.ts";
import { openCard } from "./held.ts";
import { newCardRow } from "./new-card.ts";
import { CUSTOMER_FIELD, type OwnerAsk, ownerOf } from "./owner.ts";

/** A card that its owner may be charged by again. Nothing here opens it. */
export type StoredCard = Readonly<{
  id: CardId;
  /** What a client charges it by. */
  token: string;
  ownerId: OwnerId;
  /** The merchant's own name for the owner. */
  customer: string;
  description: string;
  mask: string;
  holderMask: string;
  facts: CardFacts;
  expiryMonth: number;
  /** Four digits. */
  expiryYear: number;
  createdAt: Date;
}>;

/** 256 bits, which nobody finds by trying, as letters that need no escape in an address. */
const TOKEN_BYTES = 32;

const storedOf = (row: OwnedRow): StoredCard => ({
  id: row.id as CardId,
  token: row.token!,
  ownerId: row.owner_id as OwnerId,
  customer: row.customer,
  description: row.description,
  mask: row.mask,
  holderMask: row.holder_mask,
  facts: { brand: row.brand as CardBrand, type: row.type, bankId: row.bank_id },
  expiryMonth: row.expiry_month,
  expiryYear: row.expiry_year,
  createdAt: row.created_at,
});

export type StoreAsk = Readonly<{ card: Card; owner: OwnerAsk; description: string }>;

/**
 * Stores a card of an owner; its security code is left out. The same number of the same owner is
 * one card: storing it again gives the token it has, takes over a description that is not empty
 * and an expiry that is later, and keeps the holder as first typed. Of a description that holds the
 * number only its mask is kept. Refuses as `ownerFor` does, and `invalid_input` for a customer who
 * is named by the number.
 */
export async function storeCard(
  deps: VaultDeps,
  merchant: MerchantId,
  { card, owner: by, description }: StoreAsk,
  now: Date,
): Promise<StoredCard> {
  const hide = numberHider(card);
  if (by.customer && hide(by.customer) !== by.customer) {
    return refuse("invalid_input", { field: CUSTOMER_FIELD, problem: "card_number" });
  }
  const owner = await ownerOf(deps.db.kysely, merchant, by, now);
  const name = { merchantId: merchant, id: newId("crd", now) };
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const row = await underActiveKey(deps, merchant, (key) =>
    insertCard(deps.db.kysely, {
      ...newCardRow(deps.ring, key, name, card, now),
      owner_id: owner.id,
      token,
      description: hide(description),
    }),
  );
  return storedOf({ ...row, customer: owner.customer });
}

/** The stored card of a name, of this owner if one is named; `undefined` when it is forgotten. */
export async function findStored(
  deps: VaultDeps,
  merchant: MerchantId,
  name: StoredName,
): Promise<StoredCard | undefined> {
  const row = await findOwned(deps.db, merchant, name);
  return row && storedOf(row);
}

/** A page of an owner's stored cards, the newest first. An unknown owner has none. */
export async function listStored(
  deps: VaultDeps,
  merchant: MerchantId,
  owner: string,
  paging: Paging,
): Promise<{ rows: StoredCard[]; total: number }> {
  const { rows, total } = await listOwned(deps.db, merchant, owner, paging);
  return { rows: rows.map(storedOf), total };
}

/** Fewer digits hold no card's number. */
const NUMBER_DIGITS_MIN = 15;

/** A description in which somebody has typed the card's own number is its mask. */
async function hidden(deps: VaultDeps, merchant: MerchantId, name: StoredName, text: string) {
  if (text.replaceAll(/\D/g, "").length < NUMBER_DIGITS_MIN) return text;
  const row = await findOwned(deps.db, merchant, name);
  const opened = row && (await openCard(deps, merchant, row.id as CardId));
  return opened ? numberHider(opened.card)(text) : text;
}

/** Gives a stored card another description. Refuses `stored_card_not_found`. */
export async function describeStored(
  deps: VaultDeps,
  merchant: MerchantId,
  name: StoredName,
  description: string,
): Promise<void> {
  const kept = await hidden(deps, merchant, name, description);
  const isDone = await saveDescription(deps.db, merchant, name, kept);
  if (!isDone) refuse("stored_card_not_found", {});
}

/** Gives a stored card the end of its renewed plastic. Refuses `stored_card_not_found`. */
export async function renewStored(
  deps: VaultDeps,
  merchant: MerchantId,
  name: StoredName,
  until: Readonly<{ month: number; year: number }>,
): Promise<void> {
  if (!(await saveExpiry(deps.db, merchant, name, until))) refuse("stored_card_not_found", {});
}

/**
 * Erases a stored card's number and holder and marks it forgotten; its mask stays. Refuses
 * `stored_card_not_found`.
 */
export async function forgetStored(
  deps: VaultDeps,
  merchant: MerchantId,
  name: StoredName,
  now: Date,
): Promise<void> {
  const isDone = await eraseOwned(deps.db, merchant, name, now);
  if (!isDone) refuse("stored_card_not_found", {});
}

/**
 * Erases a card by its own id, in the transaction that takes its last use away. One that is
 * forgotten already stays so.
 */
export async function forgetCard(
  tx: Tx,
  merchant: MerchantId,
  id: CardId,
  now: Date,
): Promise<void> {
  await eraseCard(tx, merchant, id, now);
}
