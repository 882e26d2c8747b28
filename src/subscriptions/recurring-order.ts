import { randomUUID } from "node:crypto";
import { type Tx, within } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import type { CardId } from "../lib/id.ts";
import type { Merchant } from "../merchants/merchant.rules.ts";
import { type Card, storeCard } from "../vault/index.ts";
import { numberCard } from "./card-entries.store.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { draftsOf, makeInvoices } from "./make-invoices.ts";
import { placeCard } from "./payer-cards.store.ts";
import { checkPlan } from "./plan.rules.ts";
import {
  ownRestsOf,
  type RecurringCustomer,
  type RecurringTerms,
  spanOf,
} from "./recurring.rules.ts";
import type { Subscription, SubscriptionTerms } from "./subscription.rules.ts";
import { insertOrder } from "./subscriptions.store.ts";

/** What a recurring payment's order says of its payer and whom it tells. */
export const orderTerms = (
  customer: RecurringCustomer,
  items: RecurringTerms["items"],
  callbackUrl: string | undefined,
): SubscriptionTerms => ({
  name: `${customer.name} ${customer.lastname}`,
  email: customer.email,
  phone: customer.phone,
  description: items.map(({ name }) => name).join(", "),
  succeededUrl: callbackUrl,
  failedUrl: callbackUrl,
  ...{ sendsMail: false, sendsSms: false, needsCode: false },
  locale: "tr",
});

/** A plan's order, all but the numbers of its plan. Without a count each round is one term. */
export function recurringOrder(
  merchant: Merchant,
  terms: RecurringTerms,
  at: Readonly<{ group: string; beginAt: Date; drawsAtCard: boolean; now: Date }>,
  said: SubscriptionTerms,
): Subscription {
  const id = randomUUID();
  const order: Subscription = {
    merchantId: merchant.id,
    id,
    status: "active",
    reference: id,
    groupReference: at.group,
    agentId: null,
    currency: terms.currency,
    amountMinor: terms.amountMinor,
    companyMinor: null,
    ...spanOf(terms.periodType),
    intervalCount: terms.count ?? 1,
    beginAt: at.beginAt,
    planNumbers: [],
    isFixedPrice: true,
    renews: terms.count === undefined,
    addsCommission: false,
    // What its own rests leave open: how long it waits for a card.
    ...{ dailyAttempts: 1, attemptDays: 1 },
    ownRests: ownRestsOf(terms),
    drawsAtCard: at.drawsAtCard,
    terms: said,
    acceptedAt: null,
    acceptedFrom: null,
    stoppedAt: null,
    createdAt: at.now,
  };
  checkPlan(order);
  return order;
}

/**
 * Puts a card on an order as its last. It is stored as a card of this recurring payment's own: what
 * becomes of the one that it was copied from, or of others' orders, is nothing to it. False where
 * the order has the number already.
 */
export async function addOwnCard(
  deps: SubscriptionsDeps,
  tx: Tx,
  on: Readonly<{ merchant: Merchant; order: Subscription; guid: string; now: Date }>,
  given: Readonly<{ card: Card; number: bigint; place: bigint }>,
): Promise<boolean> {
  const { merchant, order, guid, now } = on;
  const { card, number, place } = given;
  const inside = { ...deps, db: within(deps.db, tx) };
  const owner = { house: `recurring/${guid}` };
  const stored = await storeCard(inside, merchant.id, { card, owner, description: "" }, now);
  const cardId: CardId = stored.id;
  const { id: merchantId } = merchant;
  const own = await numberCard(tx, { merchantId, number, cardId, label: "", now });
  const at = { merchantId, number: place, subscriptionId: order.id, card: own, now };
  return placeCard(tx, at);
}

/** Stores an order with its first round of charges. Its cards are put on it after that. */
export async function insertRecurringOrder(
  deps: SubscriptionsDeps,
  tx: Tx,
  on: Readonly<{ merchant: Merchant; order: Subscription; now: Date }>,
): Promise<void> {
  const { order } = on;
  assert(await insertOrder(tx, order), "a reference of our own is nobody else's");
  const drafts = draftsOf(order, 0, order.intervalCount);
  await makeInvoices(deps, tx, { ...on, hasCard: true }, drafts);
}
