import { inTx } from "../db/transaction.ts";
import { Refusal, refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { changeStatus, lockOrder, removeOrder } from "./change-order.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findRecurring, showRecurring } from "./find-recurring.ts";
import { lockRecurring, type RecurringName, saveState } from "./recurrings.store.ts";

/**
 * Stops a recurring payment, or lets it go on: what fell into the stop is not made up for. Refuses
 * as `findRecurring`; `recurring_passive` to stop what is stopped or has ended, and to resume what
 * has ended; `recurring_active` to resume what goes on.
 */
export async function switchRecurring(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  name: RecurringName,
  to: "active" | "stopped",
): Promise<void> {
  const { order, isActive } = await showRecurring(deps, merchant, name);
  if (to === "stopped" && !isActive) refuseMarket("recurring_passive");
  if (to === "active" && isActive) refuseMarket("recurring_active");
  try {
    await changeStatus(deps, merchant, order, to);
  } catch (error) {
    const hasEnded = error instanceof Refusal && error.code === "subscription_state_fixed";
    throw hasEnded ? new Refusal("market_refused", { problem: "recurring_passive" }) : error;
  }
}

/**
 * Deletes a recurring payment for good and frees its code; a charge that is at the bank ends as the
 * bank says. Refuses as `findRecurring`.
 */
export async function deleteRecurring(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  name: RecurringName,
): Promise<void> {
  const { recurring } = await findRecurring(deps, merchant, name);
  await inTx(deps.db, async (tx) => {
    const now = timeOf(merchant, deps.clock());
    const locked = { deps, tx, merchant, now };
    const order = await lockOrder(locked, { id: recurring.subscriptionId });
    const { state, subscriptionId } = await lockRecurring(tx, recurring);
    // Changed, or deleted, a moment ago.
    if (state !== "live" || subscriptionId !== order.id) return refuseMarket("recurring_unknown");
    if (order.status !== "deleted") await removeOrder(locked, order);
    await saveState(tx, recurring, "deleted");
  });
}
