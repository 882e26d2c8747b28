import type { MerchantId } from "../lib/id.ts";
import type { Merchant } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { type PlanRow, planRows } from "./plan-row.rules.ts";
import { readInvoicesByTerm, readXacts } from "./plan-rows.store.ts";
import {
  type OrderState,
  orderState,
  type Subscription,
  type Tally,
} from "./subscription.rules.ts";
import { type OrderFilter, readOrdersPage, readTallies } from "./subscriptions.store.ts";

type ReadDeps = Pick<SubscriptionsDeps, "db">;

/** An order with how it stands. */
export type OrderView = Readonly<{ order: Subscription; state: OrderState }>;

const NO_INVOICE: Tally = { all: 0, waiting: 0, last: null };

async function viewsOf(
  { db }: ReadDeps,
  merchant: MerchantId,
  orders: readonly Subscription[],
): Promise<OrderView[]> {
  const ids = orders.map(({ id }) => id);
  const tallies = await readTallies(db.kysely, merchant, ids);
  return orders.map((order) => {
    const state = orderState(order, tallies.get(order.id) ?? NO_INVOICE);
    return { order, state };
  });
}

/** A term of the plan with the integer of the charge that paid it; 0 for none. */
export type ShownRow = PlanRow & Readonly<{ xact: bigint }>;

/** An order with its whole plan. */
export async function showOrder(
  deps: ReadDeps,
  order: Subscription,
): Promise<OrderView & Readonly<{ plan: ShownRow[] }>> {
  const { kysely } = deps.db;
  const [views, invoices] = await Promise.all([
    viewsOf(deps, order.merchantId, [order]),
    readInvoicesByTerm(kysely, order.merchantId, order.id),
  ]);
  const paidBy = invoices.flatMap(({ paidById }) => (paidById ? [paidById] : []));
  const xacts = await readXacts(kysely, order.merchantId, paidBy);
  const plan = planRows(order, invoices).map((row) => {
    const paidById = row.invoice?.paidById;
    return { ...row, xact: (paidById && xacts.get(paidById)) ?? 0n };
  });
  return { ...views[0]!, plan };
}

/**
 * Orders of a merchant by the time they were made, newest first, with the number and the sum of the
 * amounts of all that match.
 */
export async function listOrders(
  deps: ReadDeps,
  { id }: Merchant,
  filter: OrderFilter,
): Promise<Readonly<{ rows: OrderView[]; total: number; totalMinor: bigint }>> {
  const page = await readOrdersPage(deps.db.kysely, id, filter);
  return { ...page, rows: await viewsOf(deps, id, page.rows) };
}
