import { inTx } from "../db/transaction.ts";
import { Refusal, refuse } from "../lib/refusal.ts";
import { type Caller, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findOrder } from "./find-order.ts";
import { lockLiving } from "./lock-living.ts";
import { isCardOnOrder, lockCard, placeCard, readGroup } from "./payer-cards.store.ts";
import { reschedule } from "./reschedule.ts";
import type { Subscription } from "./subscription.rules.ts";

export type LinkAsk = Readonly<{
  card: bigint;
  id?: string | undefined;
  reference?: string | undefined;
  group?: string | undefined;
}>;

type OrderName = Pick<Subscription, "id" | "reference">;
/** What became of one order; `refusal` where it did not get the card. */
export type Linked = OrderName & Readonly<{ refusal: Refusal | undefined }>;

/** Of a group every order that the caller sees; an order that is named beside it must be in it. */
async function ordersOf(
  deps: SubscriptionsDeps,
  caller: Caller,
  { id, reference, group }: LinkAsk,
): Promise<readonly OrderName[]> {
  if (!group) return [await findOrder(deps, caller, { id, reference })];
  const members = await readGroup(deps.db, caller.merchant.id, group, caller.agent?.id);
  const isNamed = id !== undefined || reference !== undefined;
  const named = isNamed ? await findOrder(deps, caller, { id, reference }) : undefined;
  const isOutside = named && members.every((each) => each.id !== named.id);
  return members.length === 0 || isOutside ? refuse("subscription_not_found", {}) : members;
}

/** Puts the card at the end of one order. Twice does no harm. */
async function linkOne(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  card: bigint,
  { id }: OrderName,
): Promise<void> {
  const number = await deps.nextPlace(merchant.id);
  const now = timeOf(merchant, deps.clock());
  await inTx(deps.db, async (tx) => {
    const order = await lockLiving(tx, { merchantId: merchant.id, id });
    if (!(await lockCard(tx, merchant.id, card))) return refuse("payer_card_not_found", {});
    const place = { merchantId: merchant.id, number, subscriptionId: id, card, now };
    if (await placeCard(tx, place)) await reschedule(deps, tx, merchant, order);
  });
}

/**
 * Puts a card that is on some order of the caller's on others too: one order, or each of a group.
 * Every order is a commit of its own, and one that has the card already is as if it had got it now:
 * who was interrupted asks again. Refuses `payer_card_not_found`, `subscription_not_found`, and for
 * one named order `subscription_stopped` where it is deleted; orders of a group say each why not.
 */
export async function linkCard(
  deps: SubscriptionsDeps,
  caller: Caller,
  ask: LinkAsk,
): Promise<Linked[]> {
  const { merchant, agent } = caller;
  const orders = await ordersOf(deps, caller, ask);
  const isSeen = await isCardOnOrder(deps.db.kysely, merchant.id, ask.card, agent?.id);
  if (!isSeen) return refuse("payer_card_not_found", {});
  const linked: Linked[] = [];
  for (const { id, reference } of orders) {
    const name = { id, reference };
    try {
      await linkOne(deps, merchant, ask.card, name);
      linked.push({ ...name, refusal: undefined });
    } catch (error) {
      if (!(error instanceof Refusal) || !ask.group) throw error;
      linked.push({ ...name, refusal: error });
    }
  }
  return linked;
}
