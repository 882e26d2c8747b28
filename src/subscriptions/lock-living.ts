import type { Tx } from "../db/transaction.ts";
import { refuse } from "../lib/refusal.ts";
import type { Subscription } from "./subscription.rules.ts";
import { lockOrders } from "./subscriptions.store.ts";

/** An order as it is now, locked. Refuses `subscription_stopped` for one that was deleted. */
export async function lockLiving(
  tx: Tx,
  { merchantId, id }: Pick<Subscription, "merchantId" | "id">,
): Promise<Subscription> {
  const [order] = await lockOrders(tx, merchantId, [id]);
  return order && order.status !== "deleted" ? order : refuse("subscription_stopped", {});
}
