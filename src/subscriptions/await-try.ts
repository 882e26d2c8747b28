import type { PaymentId } from "../lib/id.ts";
import type { Merchant } from "../merchants/merchant.rules.ts";
import { askNow, type Done, readDone } from "../payments/index.ts";
import { chargeIdOf } from "../payments/payment.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";

/** How long one call waits, in real time, for tries that others have at the bank. */
export const OTHERS_MAX_MS = 10_000;
const LOOK_FIRST_MS = 20;
const LOOK_MAX_MS = 400;

/** What one call still waits for others; waiting uses it up. */
export type Patience = { leftMs: number };

/**
 * Waits for somebody else's try as long as it is at the bank, and has the bank asked where nobody
 * waits for its answer any more.
 */
export async function awaitTry(
  { db, payments }: SubscriptionsDeps,
  merchant: Merchant,
  paymentId: PaymentId,
  patience: Patience,
): Promise<Done | undefined> {
  const read = () => readDone(db, merchant.id, { attemptId: chargeIdOf({ id: paymentId }) });
  let done = await read();
  let wait = LOOK_FIRST_MS;
  while (done?.attempt.status === "open" && patience.leftMs > 0) {
    await payments.pause(wait);
    patience.leftMs -= wait;
    wait = Math.min(wait * 2, LOOK_MAX_MS);
    done = await read();
  }
  return done && askNow(payments, done);
}
