import { isUnavailable } from "../db/transaction.ts";
import type { AgentId, CardId, MerchantId } from "../lib/id.ts";
import { findAgent } from "../merchants/index.ts";
import type { Agent, Merchant } from "../merchants/merchant.rules.ts";
import { type OpenedCard, openCards } from "../vault/index.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import type { Drawable } from "./plan-draw.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";
import { readCards, readOrders } from "./subscriptions.store.ts";

async function agentsOf(
  deps: SubscriptionsDeps,
  merchant: MerchantId,
  orders: readonly Subscription[],
): Promise<ReadonlyMap<AgentId, Agent>> {
  const ids = new Set(orders.flatMap(({ agentId }) => (agentId ? [agentId] : [])));
  const found = await Promise.all([...ids].map((id) => findAgent(deps.db, merchant, { id })));
  return new Map(found.flatMap((agent) => (agent ? [[agent.id, agent] as const] : [])));
}

const fail = (error: unknown): never => {
  throw error;
};

type Opened = Readonly<{
  cards: ReadonlyMap<CardId, OpenedCard>;
  /** Cards that are in the vault and do not open: damaged, or under a key that is not ours. */
  shut: ReadonlySet<CardId>;
}>;

/** All cards at once; where one of them does not open, each by itself. */
async function openAll(
  deps: SubscriptionsDeps,
  merchant: MerchantId,
  ids: readonly CardId[],
  onError: (error: unknown) => void,
): Promise<Opened> {
  try {
    return { cards: await openCards(deps, merchant, ids), shut: new Set() };
  } catch (error) {
    if (isUnavailable(error)) throw error;
  }
  const cards = new Map<CardId, OpenedCard>();
  const shut = new Set<CardId>();
  for (const id of ids) {
    try {
      for (const [, card] of await openCards(deps, merchant, [id])) cards.set(id, card);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      shut.add(id);
      onError(error);
    }
  }
  return { cards, shut };
}

/**
 * What draws of many invoices of one merchant need, with one read of each kind: orders, cards,
 * dealers, and the cards out of the vault. A card that does not open is told to `onError`, which
 * throws by itself, and passed over like one that is forgotten; an invoice with no other card is
 * left out, since its payer's card may be as good as ever.
 */
export async function loadDrawables(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  invoices: readonly Invoice[],
  onError: (error: unknown) => void = fail,
): Promise<Drawable[]> {
  const ids = [...new Set(invoices.map((invoice) => invoice.subscriptionId))];
  const [orders, cards] = await Promise.all([
    readOrders(deps.db.kysely, merchant.id, ids),
    readCards(deps.db.kysely, merchant.id, ids),
  ]);
  const cardIds = [...cards.values()].flat().map(({ cardId }) => cardId);
  const [agents, opened] = await Promise.all([
    agentsOf(deps, merchant.id, orders),
    openAll(deps, merchant.id, [...new Set(cardIds)], onError),
  ]);
  const byId = new Map(orders.map((order) => [order.id, order]));
  return invoices.flatMap((invoice) => {
    const order = byId.get(invoice.subscriptionId);
    const its = cards.get(invoice.subscriptionId) ?? [];
    const mayOpenLater = its.some(({ cardId }) => opened.shut.has(cardId));
    const hasOpened = its.some(({ cardId }) => opened.cards.has(cardId));
    if (!order || (mayOpenLater && !hasOpened)) return [];
    const agent = order.agentId ? agents.get(order.agentId) : undefined;
    return [{ merchant, order, agent, cards: its, opened: opened.cards, invoice }];
  });
}
