import { inTxAgain } from "../db/contended.ts";
import type { Tx } from "../db/transaction.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { requeuePayout } from "../payouts/index.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { checkRestart } from "./order.rules.ts";
import { placesOf } from "./order-places.ts";
import {
  lockMarketplace,
  lockOrder,
  type Order,
  readContent,
  releaseHeld,
} from "./orders.store.ts";
import { saveConnection } from "./transfers.store.ts";

async function again(tx: Tx, merchant: Merchant, guid: string, now: Date): Promise<Order> {
  if (!(await lockMarketplace(tx, merchant.id))) return refuseMarket("not_a_marketplace");
  const order = await lockOrder(tx, merchant.id, guid);
  if (!order) return refuseMarket("order_unknown");
  checkRestart(order.state);
  if (!order.isBound) await releaseHeld(tx, merchant.id, order.number);
  const content = await readContent(tx, merchant.id, order.number);
  if (content.count === 0) return refuseMarket("earning_not_found");
  const connection = await placesOf(tx, merchant.id, order.currency);
  // The bank that denied it is the one that is asked first, and that it is paid from.
  if (!order.isBound) await saveConnection(tx, merchant.id, order.number, connection);
  await requeuePayout(tx, merchant.id, order.number, content, now);
  return { ...order, ...content, state: "queued" };
}

/**
 * Carries out again an order that failed: what is still in it, and nothing that came to its days
 * since. Its days are not checked again. Refuses `not_a_marketplace`, `order_unknown`,
 * `earning_already_sent` of an order that paid, `earning_queued` of one that is carried out,
 * `earning_not_found` where nothing is left, and `platform_account_missing` and
 * `main_connection_missing` as `startOrder` does.
 */
export async function restartOrder(
  deps: MarketplaceDeps,
  merchant: Merchant,
  guid: string,
): Promise<Order> {
  const now = timeOf(merchant, deps.clock());
  return inTxAgain(deps.db, (tx) => again(tx, merchant, guid, now));
}
