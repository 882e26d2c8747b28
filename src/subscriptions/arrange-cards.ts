import { inTx } from "../db/transaction.ts";
import type { Caller } from "../merchants/merchant.rules.ts";
import { arranged, type Ranked } from "./card-order.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findOrder } from "./find-order.ts";
import { lockLiving } from "./lock-living.ts";
import { savePositions } from "./payer-cards.store.ts";
import { reschedule } from "./reschedule.ts";
import { readCards } from "./subscriptions.store.ts";

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
  const known = await findOrder(deps, caller, named);
  await inTx(deps.db, async (tx) => {
    const order = await lockLiving(tx, known);
    const cards = (await readCards(tx, merchant.id, [order.id])).get(order.id) ?? [];
    const places = arranged(cards, wanted).map(({ number }) => number);
    await savePositions(tx, merchant.id, places);
    await reschedule(deps, tx, merchant, order);
  });
}
