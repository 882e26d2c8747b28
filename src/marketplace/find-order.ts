import type { MerchantId } from "../lib/id.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { refuseMarket } from "./order-places.ts";
import { type Ended, type Order, readEnded, readOrder } from "./orders.store.ts";
import { readSettings } from "./settings.store.ts";

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
  return { ...order, ended: await readEnded(db.kysely, merchant, order.number) };
}
