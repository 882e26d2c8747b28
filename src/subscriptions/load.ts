import type { AgentId, MerchantId } from "../lib/id.ts";
import { findAgent } from "../merchants/index.ts";
import type { Agent, Merchant } from "../merchants/merchant.rules.ts";
import { openCards } from "../vault/index.ts";
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

/**
 * What draws of many invoices of one merchant need, with one read of each kind: orders, cards,
 * dealers, and the cards out of the vault.
 */
export async function loadDrawables(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  invoices: readonly Invoice[],
): Promise<Drawable[]> {
  const ids = [...new Set(invoices.map((invoice) => invoice.subscriptionId))];
  const [orders, cards] = await Promise.all([
    readOrders(deps.db.kysely, merchant.id, ids),
    readCards(deps.db.kysely, merchant.id, ids),
  ]);
  const cardIds = [...cards.values()].flat().map(({ cardId }) => cardId);
  const [agents, opened] = await Promise.all([
    agentsOf(deps, merchant.id, orders),
    openCards(deps, merchant.id, [...new Set(cardIds)]),
  ]);
  const byId = new Map(orders.map((order) => [order.id, order]));
  return invoices.flatMap((invoice) => {
    const order = byId.get(invoice.subscriptionId);
    if (!order) return [];
    const agent = order.agentId ? agents.get(order.agentId) : undefined;
    return [{ merchant, order, agent, cards: cards.get(order.id) ?? [], opened, invoice }];
  });
}
