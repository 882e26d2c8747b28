import type { FoundTry } from "../checkout/index.ts";
import { inTx, type Tx, within } from "../db/transaction.ts";
import { addJobs } from "../events/index.ts";
import type { CardId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { useCode } from "../messaging/index.ts";
import { forgetHeld, openCard, storeCard } from "../vault/index.ts";
import { lockEntry, markEntry, numberCard, readEntry } from "./card-entries.store.ts";
import { type CardEntry, drawnAtCard, houseOwnerOf } from "./card-entry.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { saveInvoices } from "./draws.store.ts";
import { lockInvoices } from "./invoices.store.ts";
import { NOTICE_TRIES_MAX, type Notice, TELL_SHOP } from "./notice.ts";
import { ownerOfNumber, placeCard } from "./payer-cards.store.ts";
import { reschedule } from "./reschedule.ts";
import type { Subscription } from "./subscription.rules.ts";
import { lockOrders, readCards, readOrders, saveOrder } from "./subscriptions.store.ts";

/**
 * The orders that an entry is for, as far as they are not deleted; their ids, as they were named at
 * its start: who makes an order for a group while a payer is at the bank gets no card by that.
 */
export async function coveredBy(
  { db }: Pick<SubscriptionsDeps, "db">,
  { merchantId, orders: ids }: CardEntry,
): Promise<string[]> {
  const orders = await readOrders(db.kysely, merchantId, ids);
  const living = new Set(orders.filter(isLiving).map(({ id }) => id));
  return ids.filter((id) => living.has(id));
}

/** What one order gets: the card as its last, the payer's word, and its days reckoned anew. */
type Given = Readonly<{
  merchant: Merchant;
  card: bigint;
  places: ReadonlyMap<string, bigint>;
  entry: CardEntry;
  now: Date;
}>;

async function give(
  deps: SubscriptionsDeps,
  tx: Tx,
  order: Subscription,
  { merchant, card, places, entry, now }: Given,
): Promise<void> {
  const before = (await readCards(tx, merchant.id, [order.id])).get(order.id) ?? [];
  const { merchantId, id: subscriptionId } = order;
  const number = places.get(subscriptionId)!;
  await placeCard(tx, { merchantId, number, subscriptionId, card, now });
  // On a page of its own a merchant has its payers agree to whatever it shows them.
  const { acceptedFrom, createdAt: acceptedAt } = entry;
  if (!order.acceptedAt && acceptedFrom)
    await saveOrder(tx, { ...order, acceptedAt, acceptedFrom });
  await reschedule(deps, tx, merchant, order);
  const invoices = order.drawsAtCard ? await lockInvoices(tx, merchantId, subscriptionId) : [];
  const first = drawnAtCard(order, invoices, before.length > 0);
  // Written here, so that a process that ends before it draws leaves that to the schedule.
  const again = { status: "waiting", lastReason: null, dueAt: now } as const;
  if (first) await saveInvoices(tx, [{ ...first, ...again, version: first.version + 1 }]);
}

const noticeOf = ({ merchantId, id, terms }: Subscription, card: bigint): Notice[] =>
  terms.confirmationUrl
    ? [{ merchantId, what: "card_entered", subscriptionId: id, card: String(card) }]
    : [];

/**
 * Stores a card that its bank has confirmed, in one commit: in the vault, under its number, as the
 * last card of each order that it was entered for, with the notices. The code that proved the phone
 * is used with it. Answers the card's number; of two who do so at once one does. Refuses
 * `session_not_found` once the card could not be kept any longer, `subscription_stopped` where no
 * order is left, and `code_needed`.
 */
export async function keepEnteredCard(
  deps: SubscriptionsDeps,
  found: FoundTry,
  entry: CardEntry,
): Promise<bigint> {
  const { merchant, session, token } = found;
  const heldId: CardId = token.cardId ?? refuse("session_not_found", {});
  const kept = await openCard(deps, merchant.id, heldId);
  // Gone with its time, or because somebody was quicker by a moment.
  if (!kept)
    return (await readEntry(deps.db.kysely, session))?.card ?? refuse("session_not_found", {});
  const ids = await coveredBy(deps, entry);
  const number = await deps.nextCard(merchant.id);
  const numbers = await Promise.all(ids.map(() => deps.nextPlace(merchant.id)));
  const places = new Map(ids.map((id, i) => [id, numbers[i]!]));
  const now = timeOf(merchant, deps.clock());
  return inTx(deps.db, async (tx) => {
    const current = (await lockEntry(tx, session)) ?? refuse("session_not_found", {});
    if (current.card !== null) return current.card;
    const locked = (await lockOrders(tx, merchant.id, ids)).filter(isLiving);
    const orders = locked.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
    const [order] = orders;
    if (!order) return refuse("subscription_stopped", {});
    const code = session.terms.codeSession;
    if (code) await useCode(tx, merchant, { purpose: "subscription", session: code }, now);
    const inside = { ...deps, db: within(deps.db, tx) };
    // A number that an order has by another's card stays that card, with its newest expiry.
    const ownerId = await ownerOfNumber(tx, merchant.id, ids, heldId);
    const owner = ownerId ? { ownerId } : { house: houseOwnerOf(order) };
    const asked = { card: kept.card, owner, description: entry.label };
    const { id: cardId } = await storeCard(inside, merchant.id, asked, now);
    const { label } = entry;
    const card = await numberCard(tx, { merchantId: merchant.id, number, cardId, label, now });
    for (const each of orders) {
      await give(deps, tx, each, { merchant, card, places, entry, now });
    }
    await markEntry(tx, entry, card, now);
    await forgetHeld(inside, merchant.id, heldId, now);
    const notices = orders.flatMap((each) => noticeOf(each, card));
    await addJobs(tx, TELL_SHOP, notices, { triesMax: NOTICE_TRIES_MAX });
    return card;
  });
}

const isLiving = ({ status }: Subscription): boolean => status !== "deleted";
