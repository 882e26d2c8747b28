import { isUnavailable } from "../db/transaction.ts";
import { after } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { handOut } from "./ahead.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { drawInvoice } from "./draw.ts";
import { leaseDue, merchantsWithDue } from "./draws.store.ts";
import { extendIfLast } from "./extend-plan.ts";
import { loadDrawables } from "./load.ts";
import type { Drawable } from "./plan-draw.ts";

/** Longer than all cards of an order may take at a slow bank. */
const LEASE_MS = 10 * 60_000;
/**
 * Invoices that are leased together, and draws under way at once: two gathered batches, so that one
 * is at work in the database while the other is planned here or at the bank. What one process holds
 * of memory does not grow with what is due.
 */
const LEASE_MAX = 200;
const AT_ONCE_MAX = 200;
/** How long one call takes on more, so that whoever called hears how far it has come. */
const TAKING_MAX_MS = 5_000;

/** A bank asks for the payer's address; nobody sits at a renewal. */
const OUR_OWN_ADDRESS = "127.0.0.1";

async function drawOne(deps: SubscriptionsDeps, on: Drawable): Promise<void> {
  await extendIfLast(deps, on);
  await drawInvoice(deps, on, { by: "schedule", clientIp: OUR_OWN_ADDRESS });
}

type Batch = Readonly<{ leased: number; drawables: readonly Drawable[] }>;
const nothing: Batch = { leased: 0, drawables: [] };

async function leaseBatch(
  deps: SubscriptionsDeps,
  merchantId: MerchantId,
  onError: (error: unknown) => void,
): Promise<Batch> {
  const merchant = await deps.merchantOf(merchantId);
  if (merchant.isBlocked) return nothing;
  const now = timeOf(merchant, deps.clock());
  const due = await leaseDue(deps.db, merchantId, now, after(now, LEASE_MS), LEASE_MAX);
  if (due.length === 0) return nothing;
  return { leased: due.length, drawables: await loadDrawables(deps, merchant, due, onError) };
}

/** What is due, leased batch by batch, of each merchant in turn. */
async function* leaseInTurn(
  deps: SubscriptionsDeps,
  onError: (error: unknown) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch, void> {
  const beganAt = performance.now();
  for (let leased = 1; leased > 0; ) {
    leased = 0;
    for (const merchantId of await merchantsWithDue(deps.db, deps.clock())) {
      if (signal?.aborted || performance.now() - beganAt > TAKING_MAX_MS) return;
      try {
        const batch = await leaseBatch(deps, merchantId, onError);
        leased += batch.leased;
        yield batch;
      } catch (error) {
        // One merchant's trouble holds up no other one; a database that is gone is everybody's.
        if (isUnavailable(error)) throw error;
        onError(error);
      }
    }
  }
}

/**
 * Draws what is due, merchant by merchant in turn, and says how many invoices were looked at. Any
 * number of processes share the work; a crash leaves invoices that are due again once their lease
 * has run out, or that wait for what their bank will say. Once `signal` says so no more are taken
 * on, and those at hand are drawn.
 */
export async function drawDue(
  deps: SubscriptionsDeps,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<number> {
  let looked = 0;
  const batches = leaseInTurn(deps, onError, signal);
  const nextBatch = async () => {
    const { value: batch, done } = await batches.next();
    if (done || !batch) return undefined;
    looked += batch.leased;
    return batch.drawables;
  };
  await handOut(nextBatch, AT_ONCE_MAX, (each) => drawOne(deps, each).catch(onError));
  return looked;
}
