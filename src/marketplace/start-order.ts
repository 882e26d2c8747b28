import { inTxAgain } from "../db/contended.ts";
import type { Tx } from "../db/transaction.ts";
import type { Currency } from "../lib/money.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { createPayout } from "../payouts/index.ts";
import type { MarketplaceDeps } from "./deps.ts";
import {
  checkEnd,
  checkNeighbours,
  checkSpan,
  commonText,
  descriptionOf,
  MARKED_MAX,
  type Span,
  slicesOf,
} from "./order.rules.ts";
import { placesOf, readTriggered } from "./order-places.ts";
import {
  lockFailed,
  lockMarketplace,
  type Marked,
  markPool,
  type Order,
  type Part,
  type Pool,
  readDays,
  readNeighbours,
} from "./orders.store.ts";
import { saveTotal } from "./transfers.store.ts";

/** What is asked of an order that pays the platform's own earnings. */
export type OrderAsk = Readonly<{
  currency: Currency;
  span: Span;
  /** Whether it may end on a day that is not over. */
  isTrial: boolean;
  /** Whether it may be for days of which another order has paid. */
  skipsPaid: boolean;
}>;

/** Puts one part of a pool into a payout, by as few statements as fit their time. */
async function markPart(tx: Tx, pool: Pool, part: Part, payout: bigint): Promise<Marked[]> {
  const marked: Marked[] = [];
  for (const span of slicesOf(await readDays(tx, pool, part), MARKED_MAX)) {
    marked.push(await markPool(tx, { ...pool, span }, part, payout));
  }
  return marked;
}

/** Stands until the transaction knows what it found; no order is committed with it. */
const NOT_COUNTED = { amountMinor: 1n, count: 0, description: "" };

type New = Readonly<{ number: bigint; pool: Pool; skipsPaid: boolean; now: Date }>;

/** Stores an order that pays nothing yet. */
async function open(tx: Tx, { number, pool, now }: New): Promise<string> {
  const { merchantId, currency, span } = pool;
  const { guid } = await createPayout(tx, {
    ...NOT_COUNTED,
    merchantId,
    number,
    kind: "order",
    party: "platform",
    member: null,
    connection: await placesOf(tx, merchantId, currency),
    currency,
    days: span,
    code: null,
    receiver: null,
    details: {},
    createdAt: now,
  });
  return guid;
}

/** Reserves all that the order pays and stores it: what is marked is queued from here on. */
async function give(tx: Tx, order: New): Promise<Order> {
  const { number, pool, skipsPaid } = order;
  const { merchantId, currency, span } = pool;
  const settings = await lockMarketplace(tx, merchantId);
  if (!settings?.hasManualTrigger) return refuseMarket("not_a_marketplace");
  checkNeighbours(await readNeighbours(tx, pool), span, skipsPaid);
  const guid = await open(tx, order);
  const failed = await lockFailed(tx, pool);
  const parts: Part[] = failed.length > 0 ? [{}, { failed }] : [{}];
  const marked: Marked[] = [];
  for (const part of parts) marked.push(...(await markPart(tx, pool, part, number)));
  const some = marked.filter(({ count }) => count > 0);
  if (some.length === 0) return refuseMarket("earning_not_found");
  const amountMinor = some.reduce((sum, each) => sum + each.amountMinor, 0n);
  const count = some.reduce((sum, each) => sum + each.count, 0);
  const description = commonText(some) || descriptionOf(span);
  await saveTotal(tx, merchantId, number, { amountMinor, count, description });
  return { number, guid, span, currency, state: "queued", amountMinor, count, isBound: false };
}

/**
 * Orders a payout of the platform's own earnings that are due within some days: all of them that
 * nobody pays yet become part of it in one transaction, and it is carried out soon after. Refuses
 * `invalid_input`, `not_a_marketplace`, `order_ends_too_late`, `span_too_long` (where the settings
 * set a longest span), `order_overlaps`, `earning_queued` while another order for some of the days
 * is carried out, `platform_account_missing`, `main_connection_missing`, and `earning_not_found`
 * where there is nothing to pay.
 */
export async function startOrder(
  deps: MarketplaceDeps,
  merchant: Merchant,
  { currency, span, isTrial, skipsPaid }: OrderAsk,
): Promise<Order> {
  const now = timeOf(merchant, deps.clock());
  checkSpan(span, null);
  const settings = await readTriggered(deps.db, merchant.id);
  checkEnd(span, isTrial, now);
  checkSpan(span, settings.orderDaysMax);
  const pool: Pool = { merchantId: merchant.id, currency, span };
  const number = await deps.next.payout(merchant.id);
  const order = { number, pool, skipsPaid, now };
  return inTxAgain(deps.db, (tx) => give(tx, order));
}
