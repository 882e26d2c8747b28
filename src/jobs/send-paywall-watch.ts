import type { Task } from "graphile-worker";
import { watchBody } from "../facades/paywall/payment/pay-watch.ts";
import {
  chargeOnPage,
  readSale,
  readWatch,
  SEND_WATCH,
  type WatchCall,
} from "../marketplace/index.ts";
import type { Watch } from "../marketplace/watch.rules.ts";
import type { Merchant } from "../merchants/index.ts";
import type { PaymentsDeps } from "../payments/index.ts";
import { callMerchant } from "./callback-tries.ts";

/** The payment that a watch is of. */
async function watchedBy(deps: PaymentsDeps, merchant: Merchant, { sale, page }: Watch) {
  if (page !== null) return chargeOnPage(deps, merchant, page);
  return sale === null ? undefined : readSale(deps.db.kysely, merchant.id, { number: sale });
}

/** Tells an address what a look at a payment found, which does not change any more. */
export const sendPaywallWatch =
  (deps: PaymentsDeps): Task =>
  async (payload, helpers) => {
    const call = payload as WatchCall;
    const key = { merchantId: call.merchantId, number: BigInt(call.number) };
    const merchant = await deps.merchantOf(call.merchantId);
    const watch = await readWatch(deps.db.kysely, key);
    if (!watch?.url || watch.newStatus === null) return;
    const watched = await watchedBy(deps, merchant, watch);
    if (!watched) return;
    const told = { url: watch.url, text: await watchBody(deps, watch, watched) };
    await callMerchant(deps.clock, helpers, merchant, told, { task: SEND_WATCH, payload: call });
  };
