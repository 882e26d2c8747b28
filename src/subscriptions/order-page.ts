import { type MerchantId, readGuid } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { upcoming } from "./card-entry.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { readGroup } from "./payer-cards.store.ts";
import type { PlanRow } from "./plan-row.rules.ts";
import type { EntryTarget } from "./start-card-entry.ts";
import {
  type OrderCard,
  type OrderState,
  orderState,
  type Subscription,
} from "./subscription.rules.ts";
import {
  ownerOfOrder,
  readCards,
  readInvoices,
  readOrders,
  readTallies,
} from "./subscriptions.store.ts";

type Deps = Pick<SubscriptionsDeps, "db" | "clock" | "merchantOf">;

/** An order as its payer sees it. */
export type OrderPage = Readonly<{
  merchant: Merchant;
  order: Subscription;
  state: OrderState;
  /** What is still to be drawn, by its days. */
  rows: readonly PlanRow[];
  cards: readonly OrderCard[];
  /** The other orders of the group that a card serves too: each of them is shown. */
  others: readonly Subscription[];
}>;

/** Other orders that one entry covers; more than these get the card by another way. */
const OTHERS_MAX = 500;

async function othersOf({ db }: Deps, order: Subscription): Promise<Subscription[]> {
  const { merchantId, groupReference, agentId } = order;
  if (groupReference === null) return [];
  const members = await readGroup(db, merchantId, groupReference, agentId);
  const ids = members.map(({ id }) => id).filter((id) => id !== order.id);
  const [orders, tallies] = await Promise.all([
    readOrders(db.kysely, merchantId, ids),
    readTallies(db.kysely, merchantId, ids),
  ]);
  const isOver = (other: Subscription) => {
    const tally = tallies.get(other.id);
    return tally !== undefined && ["done", "failed"].includes(orderState(other, tally));
  };
  return orders
    .filter((other) => !isOver(other))
    .toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
    .slice(0, OTHERS_MAX);
}

/**
 * What a payer enters a card for who was shown these other orders: nobody agrees to one that came
 * into the group while the page was open.
 */
export function targetOf({ order, others }: OrderPage, shown: readonly string[]): EntryTarget {
  const rest = others.flatMap(({ id }) => (shown.includes(id) ? [id] : []));
  const coversGroup = order.groupReference !== null;
  return { order, coversGroup, orders: [order.id, ...rest], agentId: order.agentId };
}

async function pageOf(deps: Deps, owner: MerchantId, id: string): Promise<OrderPage> {
  const { kysely } = deps.db;
  const merchant = await deps.merchantOf(owner);
  if (merchant.isBlocked) return refuse("merchant_blocked", {});
  const [order] = await readOrders(kysely, owner, [id]);
  if (!order) return refuse("subscription_not_found", {});
  const [invoices, tallies, cards, others] = await Promise.all([
    readInvoices(kysely, owner, id),
    readTallies(kysely, owner, [id]),
    readCards(kysely, owner, [id]),
    othersOf(deps, order),
  ]);
  const rows = upcoming(order, invoices, timeOf(merchant, deps.clock()));
  const state = orderState(order, tallies.get(id)!);
  return { merchant, order, state, rows, cards: cards.get(id) ?? [], others };
}

/**
 * The order of a page's address, whatever its state. Refuses `subscription_not_found`, also where
 * the company in the address is another, and `merchant_blocked`.
 */
export async function openOrderPage(
  deps: Deps,
  address: Readonly<{ companyCode: string; id: string }>,
): Promise<OrderPage> {
  const id = readGuid(address.id) ?? refuse("subscription_not_found", {});
  const { companyCode } = address;
  const owner = await ownerOfOrder(deps.db, { companyCode, id });
  return owner ? pageOf(deps, owner, id) : refuse("subscription_not_found", {});
}
