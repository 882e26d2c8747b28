import type { Reader } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import type { MerchantId, OwnerId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { findOwner, insertOwner, type Owner } from "./owners.store.ts";

/** By our own id, or by the merchant's name for its customer; our id is the one that counts. */
export type OwnerAsk = Readonly<{
  ownerId?: string | undefined;
  customer?: string | undefined;
  /** An owner of the product's own naming, whom no merchant reaches by a customer's name. */
  house?: string | undefined;
}>;
/** What names of the product's own begin with. */
const HOUSE = "vezne/";

const CUSTOMER_LENGTH_MAX = 100;
/** What the one wire that stores cards calls the merchant's name for its customer. */
export const CUSTOMER_FIELD = "user_unique_id";

async function readOrMake(
  db: Reader,
  merchant: MerchantId,
  customer: string,
  now: Date,
): Promise<Owner> {
  const owner =
    (await findOwner(db, merchant, { customer })) ??
    (await insertOwner(db, merchant, customer, now)) ??
    // Another request was quicker by a moment.
    (await findOwner(db, merchant, { customer }));
  assert(owner, "an owner that was there stays");
  return owner;
}

/** As `ownerFor`, with the merchant's own name for the customer. */
export async function ownerOf(
  db: Reader,
  merchant: MerchantId,
  { ownerId, customer, house }: OwnerAsk,
  now: Date,
): Promise<Owner> {
  if (house !== undefined) return readOrMake(db, merchant, HOUSE + house, now);
  if (ownerId) {
    const owner = await findOwner(db, merchant, { id: ownerId });
    return owner ?? refuse("card_owner_unknown", {});
  }
  if (!customer) return refuse("invalid_input", { field: CUSTOMER_FIELD, problem: "missing" });
  if (customer.length > CUSTOMER_LENGTH_MAX) {
    const bound = String(CUSTOMER_LENGTH_MAX);
    return refuse("invalid_input", { field: CUSTOMER_FIELD, problem: "too_long", bound });
  }
  if (customer.startsWith(HOUSE)) {
    return refuse("invalid_input", { field: CUSTOMER_FIELD, problem: "malformed" });
  }
  return readOrMake(db, merchant, customer, now);
}

/** The owner of a name of the product's own, if there is one yet. */
export const findHouse = async (
  db: Reader,
  merchant: MerchantId,
  house: string,
): Promise<OwnerId | undefined> => (await findOwner(db, merchant, { customer: HOUSE + house }))?.id;

/**
 * The owner of a merchant's cards: the one of a known id, or the one of the merchant's own customer
 * id, made when it is new. Requests of one customer that come together get one owner.
 *
 * Refuses `card_owner_unknown` for an id that is not this merchant's, and `invalid_input` when
 * neither is given.
 */
export const ownerFor = async (
  db: Reader,
  merchant: MerchantId,
  by: OwnerAsk,
  now: Date,
): Promise<OwnerId> => (await ownerOf(db, merchant, by, now)).id;
