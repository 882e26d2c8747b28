import { inTx } from "../db/transaction.ts";
import { refuse } from "../lib/refusal.ts";
import type { Caller } from "../merchants/merchant.rules.ts";
import { arranged, type Ranked } from "./card-order.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findOrder } from "./find-order.ts";
import { savePositions } from "./payer-cards.store.ts";
import { reschedule } from "./reschedule.ts";
import { lockOrders, readCards } from "./subscriptions.store.ts";

export type ArrangeAsk = Readonly<{
  cards: readonly Ranked[];
  id?: string | undefined;
  reference?: string | undefined;
}>;

/**
 * Sets in which order the cards of an order are tried, all or nothing. Refuses as `arranged`, and
 * `subscription_stopped` of an order that is deleted.
 */
export async function arrangeCards(
  deps: SubscriptionsDeps,
  caller: Caller,
  { cards: wanted, ...named }: ArrangeAsk,
): Promise<void> {
  const { merchant } = caller;
  const { id } = await findOrder(deps, caller, named);
  await inTx(deps.db, async (tx) => {
    const [order] = await lockOrders(tx, merchant.id, [id]);
    if (!order || order.status === "deleted") return refuse("subscription_stopped", {});
    const cards = (await readCards(tx, merchant.id, [id])).get(id) ?? [];
    const places = arranged(cards, wanted).map(({ number }) => number);
    await savePositions(tx, merchant.id, places);
    await reschedule(deps, tx, merchant, order);
  });
}
