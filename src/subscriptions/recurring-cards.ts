import { inTx } from "../db/transaction.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { type Card, openCards } from "../vault/index.ts";
import { type Locked, lockOrder } from "./change-order.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findRecurring } from "./find-recurring.ts";
import { addOwnCard } from "./recurring-order.ts";
import { lockRecurring, type RecurringName, readPlace } from "./recurrings.store.ts";
import { removeCard } from "./remove-card.ts";
import { reschedule } from "./reschedule.ts";
import type { OrderCard } from "./subscription.rules.ts";
import { readCards } from "./subscriptions.store.ts";

/** More than a payer has in a wallet. */
const CARDS_MAX = 10;

/** A card's place on a recurring payment, and what is known of it; nothing once it is forgotten. */
export type RecurringCard = Readonly<{ place: OrderCard; card: Card | undefined }>;

/** The cards of a recurring payment in the order in which they are tried. As `findRecurring`. */
export async function listRecurringCards(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  name: RecurringName,
): Promise<RecurringCard[]> {
  const { order } = await findRecurring(deps, merchant, name);
  const cards = (await readCards(deps.db.kysely, merchant.id, [order.id])).get(order.id) ?? [];
  const ids = cards.map(({ cardId }) => cardId);
  const opened = await openCards(deps, merchant.id, ids);
  return cards.map((place) => ({ place, card: opened.get(place.cardId)?.card }));
}

/**
 * Puts a card on a recurring payment, as the last that is tried; one that it has stays where it is.
 * Refuses as `findRecurring`, and `recurring_cards_full`.
 */
export async function addRecurringCard(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  name: RecurringName,
  card: Card,
): Promise<void> {
  const { recurring } = await findRecurring(deps, merchant, name);
  const number = await deps.nextCard(merchant.id);
  const place = await deps.nextPlace(merchant.id);
  const now = timeOf(merchant, deps.clock());
  await inTx(deps.db, async (tx) => {
    const locked: Locked = { deps, tx, merchant, now };
    const order = await lockOrder(locked, { id: recurring.subscriptionId });
    const { subscriptionId, guid } = await lockRecurring(tx, recurring);
    if (order.status === "deleted" || subscriptionId !== order.id)
      return refuseMarket("recurring_unknown");
    const cards = (await readCards(tx, merchant.id, [order.id])).get(order.id) ?? [];
    if (cards.length >= CARDS_MAX) return refuseMarket("recurring_cards_full");
    const isNew = await addOwnCard(
      deps,
      tx,
      { merchant, order, guid, now },
      { card, number, place },
    );
    if (isNew) await reschedule(deps, tx, merchant, order);
  });
}

/**
 * Takes a card off a recurring payment by the number of its place. Refuses
 * `recurring_card_missing` and `last_card_stays`.
 */
export async function removeRecurringCard(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  number: bigint,
): Promise<void> {
  const place = await readPlace(deps.db.kysely, merchant.id, number);
  if (!place) return refuseMarket("recurring_card_missing");
  const { order } = await findRecurring(deps, merchant, { number: place.recurring });
  await removeCard(deps, { merchant }, { card: place.card, id: order.id });
}
