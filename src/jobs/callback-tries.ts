import type { JobHelpers } from "graphile-worker";
import { after, type Clock } from "../lib/clock.ts";
import { CALLBACK_GAPS_MS } from "../marketplace/callback.rules.ts";
import type { Merchant } from "../merchants/index.ts";
import { tellMerchant } from "./web.ts";

type Helpers = Pick<JobHelpers, "addJob" | "logger">;
/** A call's own job, which says how often it was not taken. */
type Job = Readonly<{ task: string; payload: Readonly<{ failed: number }> }>;

/**
 * Makes a call to an address of a merchant's. What is not taken is told again after waits of this
 * wire's own, by a job like this one; not taken by the last try either, it stays in the queue as
 * failed.
 */
export async function callMerchant(
  clock: Clock,
  { addJob, logger }: Helpers,
  merchant: Merchant,
  told: Readonly<{ url: string; text: string }>,
  { task, payload }: Job,
): Promise<void> {
  try {
    await tellMerchant(merchant, told, logger);
  } catch (error) {
    const gap = CALLBACK_GAPS_MS[payload.failed];
    if (gap === undefined) throw error;
    const failed = payload.failed + 1;
    // The last one is not tried again by the queue's own waits.
    const isLast = failed === CALLBACK_GAPS_MS.length;
    const when = { runAt: after(clock(), gap), ...(isLast && { maxAttempts: 1 }) };
    await addJob(task, { ...payload, failed }, when);
  }
}
