import { isUnavailable } from "../db/transaction.ts";
import { after } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { handOut } from "./ahead.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { drawInvoice } from "./draw.ts";
import { FROM_THE_FIRST, leaseDue, merchantsWithDue } from "./draws.store.ts";
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
  await drawInvoice(deps, on, { by: "schedule", clientIp: OUR_OWN_ADDRESS });
}

/**
 * Extends plans whose last term has come, one after the other: each has a commit of its own and
 * waits for the merchant's counters, so that many at once would keep the connections from those who
 * draw. Answers what can be drawn now.
 */
async function extended(
  deps: SubscriptionsDeps,
  drawables: readonly Drawable[],
  onError: (error: unknown) => void,
): Promise<Drawable[]> {
  const ready: Drawable[] = [];
  for (const on of drawables) {
    try {
      await extendIfLast(deps, on);
      ready.push(on);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      onError(error);
    }
  }
  return ready;
}

/** Leases of one merchant, one after the other: where the next one begins. */
type Turn = { readonly merchantId: MerchantId; from: Date };
type Batch = Readonly<{ leased: number; drawables: readonly Drawable[] }>;

async function leaseBatch(
  deps: SubscriptionsDeps,
  turn: Turn,
  onError: (error: unknown) => void,
): Promise<Batch> {
  const merchant = await deps.merchantOf(turn.merchantId);
  if (merchant.isBlocked) return { leased: 0, drawables: [] };
  const now = timeOf(merchant, deps.clock());
  const span = { from: turn.from, now, until: after(now, LEASE_MS) };
  const due = await leaseDue(deps.db, merchant.id, span, LEASE_MAX);
  if (due.length === 0) return { leased: 0, drawables: [] };
  turn.from = due.reduce((last, { dueAt }) => (dueAt && dueAt > last ? dueAt : last), turn.from);
  const drawables = await loadDrawables(deps, merchant, due, onError);
  return { leased: due.length, drawables: await extended(deps, drawables, onError) };
}

/**
 * What is due, leased batch by batch, of each merchant in turn as long as it has more. What only
 * fell due meanwhile, or was left by somebody else, is found once there is no more of the others.
 */
async function* leaseInTurn(
  deps: SubscriptionsDeps,
  onError: (error: unknown) => void,
  mayGoOn: () => boolean,
): AsyncGenerator<Batch, void> {
  for (let leased = 1; leased > 0; ) {
    leased = 0;
    const merchants = await merchantsWithDue(deps.db, deps.clock());
    let turns: Turn[] = merchants.map((merchantId) => ({ merchantId, from: FROM_THE_FIRST }));
    while (turns.length > 0) {
      const more: Turn[] = [];
      for (const turn of turns) {
        if (!mayGoOn()) return;
        const batch = await leaseBatch(deps, turn, onError).catch((error: unknown) => {
          // One merchant's trouble holds up no other one; a database that is gone is everybody's.
          if (isUnavailable(error)) throw error;
          onError(error);
        });
        if (!batch) continue;
        leased += batch.leased;
        if (batch.leased === LEASE_MAX) more.push(turn);
        yield batch;
      }
      turns = more;
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
  const beganAt = performance.now();
  const mayGoOn = () => !signal?.aborted && performance.now() - beganAt < TAKING_MAX_MS;
  const batches = leaseInTurn(deps, onError, mayGoOn);
  const nextBatch = async () => {
    const { value: batch, done } = await batches.next();
    if (done || !batch) return undefined;
    looked += batch.leased;
    return batch.drawables;
  };
  await handOut(nextBatch, AT_ONCE_MAX, (each) => drawOne(deps, each).catch(onError));
  return looked;
}
