import { inTx } from "../db/transaction.ts";
import { refuse } from "../lib/refusal.ts";
import { type Caller, timeOf } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findOrder } from "./find-order.ts";
import { forgetUnused } from "./forget-unused.ts";
import { lockLiving } from "./lock-living.ts";
import { removePlace } from "./payer-cards.store.ts";
import { reschedule } from "./reschedule.ts";
import { readCards } from "./subscriptions.store.ts";

export type RemoveAsk = Readonly<{
  card: bigint;
  id?: string | undefined;
  reference?: string | undefined;
}>;

/**
 * Takes a card off an order; one that is on no order any more is forgotten in the same commit. What
 * the bank is being asked about it at this moment ends as the bank says. Refuses
 * `payer_card_not_found`, `last_card_stays`, and `subscription_stopped` of a deleted order.
 */
export async function removeCard(
  deps: SubscriptionsDeps,
  caller: Caller,
  { card, ...named }: RemoveAsk,
): Promise<void> {
  const { merchant } = caller;
  const known = await findOrder(deps, caller, named);
  const now = timeOf(merchant, deps.clock());
  await inTx(deps.db, async (tx) => {
    const order = await lockLiving(tx, known);
    const cards = (await readCards(tx, merchant.id, [order.id])).get(order.id) ?? [];
    const place = cards.find((each) => each.card === card) ?? refuse("payer_card_not_found", {});
    if (cards.length === 1) return refuse("last_card_stays", {});
    await removePlace(tx, merchant.id, place.number, now);
    await forgetUnused(tx, merchant.id, [card], now);
    await reschedule(deps, tx, merchant, order);
  });
}
