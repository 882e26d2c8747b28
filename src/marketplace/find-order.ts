import type { MerchantId } from "../lib/id.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { readRuns } from "../payouts/index.ts";
import { isSettled } from "../payouts/payout.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { type Order, readOrder } from "./orders.store.ts";
import { readSettings } from "./settings.store.ts";

/** How a try to pay ended: with what the bank said or our reason, empty where it paid. */
type Ended = Readonly<{ isPaid: boolean; message: string }>;

/** An order with every try to carry it out that has ended. */
export type FollowedOrder = Order & Readonly<{ ended: readonly Ended[] }>;

/** An order by the GUID of its answer. Refuses `not_a_marketplace` and `order_unknown`. */
export async function findOrder(
  { db }: Pick<MarketplaceDeps, "db">,
  merchant: MerchantId,
  guid: string,
): Promise<FollowedOrder> {
  await readSettings(db, merchant);
  const order = await readOrder(db.kysely, merchant, guid);
  if (!order) return refuseMarket("order_unknown");
  const runs = await readRuns(db.kysely, merchant, order.number);
  const ended = runs.filter(isSettled).map(({ state, message }) => {
    const isPaid = state === "paid";
    return { isPaid, message: isPaid ? "" : message };
  });
  return { ...order, ended };
}
