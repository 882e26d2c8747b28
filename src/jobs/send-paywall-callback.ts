import type { Task } from "graphile-worker";
import { callbackBody } from "../facades/paywall/callback.ts";
import { pageCallbackBody } from "../facades/paywall/page-callback.ts";
import { after } from "../lib/clock.ts";
import { CALLBACK_GAPS_MS } from "../marketplace/callback.rules.ts";
import { type Callback, SEND_CALLBACK, toldPayment } from "../marketplace/index.ts";
import type { PaymentsDeps } from "../payments/index.ts";
import { tellMerchant } from "./web.ts";

const LATER_MS = 60_000;

/**
 * Tells one address of a merchant what became of a payment. What is not taken is told again after
 * waits of this wire's own; not taken by the last try either, it stays in the queue as failed.
 */
export const sendPaywallCallback =
  (deps: PaymentsDeps): Task =>
  async (payload, { addJob, logger }) => {
    const callback = payload as Callback;
    const again = (failed: number, ms: number, most?: number) =>
      addJob(
        SEND_CALLBACK,
        { ...callback, failed },
        { runAt: after(deps.clock(), ms), ...(most !== undefined && { maxAttempts: most }) },
      );
    const merchant = await deps.merchantOf(callback.merchantId);
    const told = await toldPayment(deps, merchant, callback);
    if (told === undefined) return;
    if (told === "later") {
      await again(callback.failed, LATER_MS);
      return;
    }
    const text =
      "page" in told
        ? await pageCallbackBody(deps, told.page, told.done)
        : await callbackBody(deps, callback.heard, told);
    try {
      await tellMerchant(merchant, { url: callback.url, text }, logger);
    } catch (error) {
      const gap = CALLBACK_GAPS_MS[callback.failed];
      if (gap === undefined) throw error;
      const failed = callback.failed + 1;
      // The last one is not tried again by the queue's own waits.
      await again(failed, gap, failed === CALLBACK_GAPS_MS.length ? 1 : undefined);
    }
  };
