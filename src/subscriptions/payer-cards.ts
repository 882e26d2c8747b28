import { refuse } from "../lib/refusal.ts";
import type { Caller } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findOrder } from "./find-order.ts";
import {
  type CardFilter,
  type CardPage,
  filterPayerCards,
  saveLabel,
} from "./payer-cards.store.ts";
import type { OrderCard, Subscription } from "./subscription.rules.ts";
import { readCards } from "./subscriptions.store.ts";

type Deps = Pick<SubscriptionsDeps, "db">;

/** An order with its cards, the first that is tried first. */
export async function listCards(
  deps: Deps,
  caller: Caller,
  named: Readonly<{ id?: string | undefined; reference?: string | undefined }>,
): Promise<Readonly<{ order: Subscription; cards: readonly OrderCard[] }>> {
  const order = await findOrder(deps, caller, named);
  const cards = await readCards(deps.db.kysely, order.merchantId, [order.id]);
  return { order, cards: cards.get(order.id) ?? [] };
}

/** Gives a card another label. Refuses `payer_card_not_found` where no order of theirs has it. */
export async function labelCard(
  { db }: Deps,
  { merchant, agent }: Caller,
  card: bigint,
  label: string,
): Promise<void> {
  const isDone = await saveLabel(db, merchant.id, card, label, agent?.id);
  if (!isDone) refuse("payer_card_not_found", {});
}

/** Cards on the orders of a merchant or one of its agents, by their label if one is named. */
export const filterCards = (
  { db }: Deps,
  { merchant }: Caller,
  filter: CardFilter,
): Promise<CardPage> => filterPayerCards(db, merchant.id, filter);
