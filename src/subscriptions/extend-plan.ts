import { inTx } from "../db/transaction.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { draftsOf, makeInvoices, takePlanNumbers } from "./make-invoices.ts";
import type { Drawable } from "./plan-draw.ts";
import { type Subscription, termsOf } from "./subscription.rules.ts";
import { lockOrders, readCards, saveOrder } from "./subscriptions.store.ts";

/**
 * Gives an order that renews itself its next round of terms, once its last one has come. Doing it
 * twice, or by two at once, does it once: the order is locked, and a round is added to the plan as
 * it was read.
 */
export async function extendPlan(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  known: Subscription,
): Promise<void> {
  const first = await takePlanNumbers(deps, merchant.id, known.intervalCount);
  await inTx(deps.db, async (tx) => {
    const [order] = await lockOrders(tx, merchant.id, [known.id]);
    const isStill = order?.status === "active" && termsOf(order) === termsOf(known);
    if (!order || !isStill) return;
    const longer = { ...order, planNumbers: [...order.planNumbers, first] };
    await saveOrder(tx, longer);
    if (!order.isFixedPrice) return;
    const hasCard = ((await readCards(tx, merchant.id, [order.id])).get(order.id) ?? []).length > 0;
    const now = timeOf(merchant, deps.clock());
    const drafts = draftsOf(longer, termsOf(order), order.intervalCount);
    await makeInvoices(deps, tx, { merchant, order: longer, hasCard, now }, drafts);
  });
}

/**
 * The same where an invoice of the last term is about to be drawn, whoever draws it: called before
 * the draw, since a crash after it would leave an order that does not go on.
 */
export async function extendIfLast(deps: SubscriptionsDeps, on: Drawable): Promise<void> {
  const { merchant, order, invoice } = on;
  const isLast = invoice.term === termsOf(order) - 1;
  if (order.renews && order.status === "active" && isLast) await extendPlan(deps, merchant, order);
}
