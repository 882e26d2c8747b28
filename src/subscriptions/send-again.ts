import { inTx } from "../db/transaction.ts";
import { refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { invite } from "./invite.ts";
import type { Subscription } from "./subscription.rules.ts";

/**
 * Writes the address of an order's page to its payer once more, by the ways for which it was made.
 * Refuses `subscription_stopped` for an order that takes no card now, and `nothing_to_send` for one
 * that was made without e-mail and text message.
 */
export async function sendAgain(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  order: Subscription,
): Promise<void> {
  if (order.status !== "active") refuse("subscription_stopped", {});
  if (!order.terms.sendsMail && !order.terms.sendsSms) refuse("nothing_to_send", {});
  const now = timeOf(merchant, deps.clock());
  await inTx(deps.db, (tx) => invite(deps, tx, merchant, order, now));
}
