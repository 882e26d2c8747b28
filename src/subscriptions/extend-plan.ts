import { inTx, type Tx, within } from "../db/transaction.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { draftsOf, makeInvoices, takePlanNumbers } from "./make-invoices.ts";
import type { Drawable } from "./plan-draw.ts";
import { type Subscription, termsOf } from "./subscription.rules.ts";
import { lockOrders, readCards, readInvoices, saveOrder } from "./subscriptions.store.ts";

/** Adds a round of terms to the plan of a locked order. */
async function addRound(
  deps: SubscriptionsDeps,
  tx: Tx,
  merchant: Merchant,
  order: Subscription,
): Promise<void> {
  const { intervalCount } = order;
  const first = await takePlanNumbers({ db: within(deps.db, tx) }, merchant.id, intervalCount);
  const longer = { ...order, planNumbers: [...order.planNumbers, first] };
  await saveOrder(tx, longer);
  if (!order.isFixedPrice) return;
  const hasCard = (await readCards(tx, merchant.id, [order.id])).has(order.id);
  const now = timeOf(merchant, deps.clock());
  const drafts = draftsOf(longer, termsOf(order), intervalCount);
  await makeInvoices(deps, tx, { merchant, order: longer, hasCard, now }, drafts);
}

/**
 * Gives an order that renews itself its next round of terms, once its last one has come. Doing it
 * twice, or by two at once, does it once: the order is locked, and a round is added to the plan as
 * it was read.
 */
export const extendPlan = (
  deps: SubscriptionsDeps,
  merchant: Merchant,
  known: Subscription,
): Promise<void> =>
  inTx(deps.db, async (tx) => {
    const [order] = await lockOrders(tx, merchant.id, [known.id]);
    const isStill = order?.status === "active" && termsOf(order) === termsOf(known);
    if (order && isStill) await addRound(deps, tx, merchant, order);
  });

/**
 * The same where an invoice of the last term is about to be drawn, whoever draws it: called before
 * the draw, since a crash after it would leave an order that does not go on.
 */
export async function extendIfLast(deps: SubscriptionsDeps, on: Drawable): Promise<void> {
  const { merchant, order, invoice } = on;
  const isLast = invoice.term === termsOf(order) - 1;
  if (order.renews && order.status === "active" && isLast) await extendPlan(deps, merchant, order);
}

/**
 * The same where the invoice of the last term was given up by hand: it is not drawn, and the locked
 * order goes on all the same.
 */
export async function extendIfGivenUp(
  deps: SubscriptionsDeps,
  tx: Tx,
  merchant: Merchant,
  order: Subscription,
): Promise<void> {
  if (!order.renews || order.status !== "active" || !order.isFixedPrice) return;
  const last = termsOf(order) - 1;
  const invoices = await readInvoices(tx, merchant.id, order.id);
  const isAhead = invoices.some(({ term, status }) => term === last && status === "waiting");
  if (!isAhead) await addRound(deps, tx, merchant, order);
}
