import type { MerchantId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import type { PaymentsDeps } from "./deps.ts";
import type { Done } from "./payment.rules.ts";
import { readDone, readInstead, readPayment } from "./payments.store.ts";
import type { Receipt } from "./plan.rules.ts";

/**
 * What an earlier request with the same key led to, if there was one. Refuses `request_key_reused`
 * when that request asked for something else.
 */
export async function findRepeat(
  deps: PaymentsDeps,
  merchant: MerchantId,
  receipt: Receipt | undefined,
): Promise<Done | undefined> {
  if (!receipt) return undefined;
  const first = await readDone(deps.db, merchant, { requestKey: receipt.requestKey });
  if (!first) return undefined;
  if (first.attempt.askHash !== receipt.askHash) return refuse("request_key_reused", {});
  const attempt = await readInstead(deps.db, merchant, first.attempt);
  if (!attempt) return first;
  const payment = await readPayment(deps.db, merchant, attempt.paymentId);
  return { payment: payment ?? first.payment, attempt };
}
