import { isUnavailable } from "../db/transaction.ts";
import { after } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { drawInvoice } from "./draw.ts";
import { leaseDue, merchantsWithDue } from "./draws.store.ts";
import { extendIfLast } from "./extend-plan.ts";
import { loadDrawables } from "./load.ts";
import type { Drawable } from "./plan-draw.ts";

/** Longer than all cards of an order may take at a slow bank. */
const LEASE_MS = 10 * 60_000;
/** Invoices that one process holds at once: what it needs of memory does not grow with the rest. */
const LEASE_MAX = 400;
const AT_ONCE_MAX = 100;
/** Rounds of one call, so that a process that shall stop does not draw for hours first. */
const ROUNDS_MAX = 5;

/** A bank asks for the payer's address; nobody sits at a renewal. */
const OUR_OWN_ADDRESS = "127.0.0.1";

async function drawOne(deps: SubscriptionsDeps, on: Drawable): Promise<void> {
  await extendIfLast(deps, on);
  await drawInvoice(deps, on, { by: "schedule", clientIp: OUR_OWN_ADDRESS });
}

/** Works through a list by a bounded number at once. */
async function eachOf<T>(list: readonly T[], most: number, work: (one: T) => Promise<void>) {
  let next = 0;
  const walk = async () => {
    while (next < list.length) {
      const one = list[next]!;
      next += 1;
      await work(one);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, list.length) }, walk));
}

async function drawBatch(
  deps: SubscriptionsDeps,
  merchantId: MerchantId,
  onError: (error: unknown) => void,
): Promise<number> {
  const merchant = await deps.merchantOf(merchantId);
  if (merchant.isBlocked) return 0;
  const now = timeOf(merchant, deps.clock());
  const due = await leaseDue(deps.db, merchantId, now, after(now, LEASE_MS), LEASE_MAX);
  if (due.length === 0) return 0;
  const drawables = await loadDrawables(deps, merchant, due, onError);
  await eachOf(drawables, AT_ONCE_MAX, (each) => drawOne(deps, each).catch(onError));
  return due.length;
}

/**
 * Draws what is due, merchant by merchant in turn, and says how many invoices were looked at. Any
 * number of processes share the work; a crash leaves invoices that are due again once their lease
 * has run out, or that wait for what their bank will say.
 */
export async function drawDue(
  deps: SubscriptionsDeps,
  onError: (error: unknown) => void,
): Promise<number> {
  let drawn = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    let count = 0;
    for (const merchantId of await merchantsWithDue(deps.db, deps.clock())) {
      try {
        count += await drawBatch(deps, merchantId, onError);
      } catch (error) {
        // One merchant's trouble holds up no other one; a database that is gone is everybody's.
        if (isUnavailable(error)) throw error;
        onError(error);
      }
    }
    if (count === 0) break;
    drawn += count;
  }
  return drawn;
}
