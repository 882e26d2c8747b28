import type { Task } from "graphile-worker";
import { watchBody } from "../facades/paywall/pay-watch.ts";
import { readSale, readWatch, SEND_WATCH, type WatchCall } from "../marketplace/index.ts";
import type { PaymentsDeps } from "../payments/index.ts";
import { callMerchant } from "./callback-tries.ts";

/** Tells an address what a look at a payment found, which does not change any more. */
export const sendPaywallWatch =
  (deps: PaymentsDeps): Task =>
  async (payload, helpers) => {
    const call = payload as WatchCall;
    const { merchantId } = call;
    const number = BigInt(call.number);
    const watch = await readWatch(deps.db.kysely, { merchantId, number });
    if (!watch?.url || watch.newStatus === null || watch.sale === null) return;
    const sale = await readSale(deps.db.kysely, merchantId, { number: watch.sale });
    if (!sale) return;
    const told = { url: watch.url, text: await watchBody(deps, watch, sale) };
    const job = { task: SEND_WATCH, payload: call };
    await callMerchant(deps.clock, helpers, await deps.merchantOf(merchantId), told, job);
  };
