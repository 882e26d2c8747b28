import type { Task } from "graphile-worker";
import { pageCallbackBody } from "../facades/paywall/page/page-callback.ts";
import { callbackBody } from "../facades/paywall/payment/callback.ts";
import { after } from "../lib/clock.ts";
import { type Callback, SEND_CALLBACK, toldPayment } from "../marketplace/index.ts";
import type { PaymentsDeps } from "../payments/index.ts";
import { callMerchant } from "./callback-tries.ts";

const LATER_MS = 60_000;

/** Tells one address of a merchant what became of a payment. */
export const sendPaywallCallback =
  (deps: PaymentsDeps): Task =>
  async (payload, helpers) => {
    const callback = payload as Callback;
    const merchant = await deps.merchantOf(callback.merchantId);
    const told = await toldPayment(deps, merchant, callback);
    if (told === undefined) return;
    if (told === "later") {
      await helpers.addJob(SEND_CALLBACK, callback, { runAt: after(deps.clock(), LATER_MS) });
      return;
    }
    const text =
      "page" in told
        ? await pageCallbackBody(deps, told.page, told.done)
        : await callbackBody(deps, callback.heard, told);
    const job = { task: SEND_CALLBACK, payload: callback };
    await callMerchant(deps.clock, helpers, merchant, { url: callback.url, text }, job);
  };
