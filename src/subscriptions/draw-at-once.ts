import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { awaitOutcome, type Patience, patience } from "../payments/index.ts";
import { chargeIdOf } from "../payments/payment.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { drawInvoice } from "./draw.ts";
import { extendIfLast } from "./extend-plan.ts";
import { loadDrawables } from "./load.ts";
import type { Subscription } from "./subscription.rules.ts";
import { readInvoices } from "./subscriptions.store.ts";

/** Orders of a group that are drawn while the payer waits; the schedule draws the others. */
const DRAWN_MAX = 5;
/** Each look means that somebody has changed the invoice since the one before. */
const LOOKS_MAX = 20;

/** Draws one order's first invoice that waits, if it is due, or waits for who is at it already. */
async function drawOne(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  order: Subscription,
  { clientIp, left }: Readonly<{ clientIp: string; left: Patience }>,
): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const invoices = await readInvoices(deps.db.kysely, merchant.id, order.id);
    const first = invoices.find(({ status }) => status === "waiting");
    if (first?.openPaymentId) {
      const attemptId = chargeIdOf({ id: first.openPaymentId });
      await awaitOutcome(deps.payments, { merchantId: merchant.id, attemptId }, left);
      return;
    }
    const isDue = first?.dueAt && first.dueAt <= timeOf(merchant, deps.clock());
    const [on] = first && isDue ? await loadDrawables(deps, merchant, [first]) : [];
    if (!on) return;
    await extendIfLast(deps, on);
    const end = await drawInvoice(deps, on, { by: "schedule", clientIp });
    if (end.kind !== "moved_on") return;
  }
}

/**
 * Draws by the ordinary way what a card has made due, where an order wants that at once. Where the
 * schedule was quicker, its try is waited for, so that who asks can be told how it ended.
 */
export async function drawAtOnce(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  orders: readonly Subscription[],
  clientIp: string,
): Promise<void> {
  const left = patience();
  for (const order of orders.filter((each) => each.drawsAtCard).slice(0, DRAWN_MAX)) {
    await drawOne(deps, merchant, order, { clientIp, left });
  }
}
