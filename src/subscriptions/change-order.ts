import { inTx, type Tx, within } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { extendIfGivenUp } from "./extend-plan.ts";
import { forgetUnused } from "./forget-unused.ts";
import { draftsOf, makeInvoices, takePlanNumbers } from "./make-invoices.ts";
import { roundsMissing } from "./plan-row.rules.ts";
import { reschedule } from "./reschedule.ts";
import { companyShare, type Shares } from "./shares.rules.ts";
import {
  fellIntoStop,
  type Invoice,
  orderState,
  type Subscription,
  type SubscriptionStatus,
  termsOf,
} from "./subscription.rules.ts";
import { lockOrders, readCards, readTallies, saveOrder } from "./subscriptions.store.ts";

export type Locked = Readonly<{ deps: SubscriptionsDeps; tx: Tx; merchant: Merchant; now: Date }>;

/** The order as it now is, locked until the transaction ends: orders are never removed. */
export async function lockOrder(
  { tx, merchant }: Locked,
  { id }: Pick<Subscription, "id">,
): Promise<Subscription> {
  const [order] = await lockOrders(tx, merchant.id, [id]);
  assert(order !== undefined, "an order that was found is there");
  return order;
}

/** Refuses `subscription_state_fixed` for an order that has ended. */
async function checkGoesOn({ tx, merchant }: Locked, order: Subscription): Promise<void> {
  const tally = (await readTallies(tx, merchant.id, [order.id])).get(order.id);
  assert(tally !== undefined, "each order asked for has a tally");
  const state = orderState(order, tally);
  if (state === "done" || state === "failed" || state === "deleted") {
    refuse("subscription_state_fixed", { state });
  }
}

/** Nothing is drawn any more until it is resumed. */
async function stop({ deps, tx, merchant, now }: Locked, order: Subscription): Promise<void> {
  const stopped = { ...order, status: "stopped", stoppedAt: now } as const;
  await saveOrder(tx, stopped);
  await reschedule(deps, tx, merchant, stopped);
}

/**
 * Gives a plan that renews itself the rounds that fell into a stop, so that a term lies ahead.
 * Terms that fell into it have no invoice: they are not made up for.
 */
async function addRounds(locked: Locked, order: Subscription): Promise<Subscription> {
  const { deps, tx, merchant, now } = locked;
  const rounds = roundsMissing(order, now);
  if (rounds === 0) return order;
  const db = within(deps.db, tx);
  const count = rounds * order.intervalCount;
  const first = await takePlanNumbers({ db }, merchant.id, count);
  const numbers = Array.from(
    { length: rounds },
    (_, round) => first + BigInt(round * order.intervalCount),
  );
  const longer = { ...order, planNumbers: [...order.planNumbers, ...numbers] };
  if (order.isFixedPrice) {
    const drafts = draftsOf(longer, termsOf(order), count);
    const ahead = drafts.filter(({ drawnFrom }) => drawnFrom > now);
    const hasCard = (await readCards(tx, merchant.id, [order.id])).has(order.id);
    await makeInvoices(deps, tx, { merchant, order: longer, hasCard, now }, ahead);
  }
  return longer;
}

/** Draws go on; what fell into the stop is cancelled. */
async function resume(locked: Locked, order: Subscription): Promise<void> {
  const { deps, tx, merchant, now } = locked;
  const { stoppedAt } = order;
  assert(stoppedAt !== null, "a stopped order says since when");
  const resumed = await addRounds(locked, { ...order, status: "active", stoppedAt: null });
  await saveOrder(tx, resumed);
  const skipped = (invoice: Invoice): Invoice | undefined =>
    fellIntoStop(invoice, stoppedAt, now) ? { ...invoice, status: "cancelled" } : undefined;
  await reschedule(deps, tx, merchant, resumed, skipped);
  await extendIfGivenUp(deps, tx, merchant, resumed);
}

/**
 * What waits is deleted with its order, and cards that are on no other are forgotten; what was
 * drawn, has failed or was cancelled stays as it is. A try at the bank ends as the bank says.
 */
export async function removeOrder(
  { deps, tx, merchant, now }: Locked,
  order: Subscription,
): Promise<void> {
  const deleted = { ...order, status: "deleted", stoppedAt: null } as const;
  await saveOrder(tx, deleted);
  const gone = (invoice: Invoice): Invoice | undefined =>
    invoice.status === "waiting" ? { ...invoice, status: "deleted" } : undefined;
  await reschedule(deps, tx, merchant, deleted, gone, { reachesBank: true });
  const cards = (await readCards(tx, merchant.id, [order.id])).get(order.id) ?? [];
  const numbers = cards.map(({ card }) => card);
  await forgetUnused(tx, merchant.id, numbers, now);
}

/**
 * Stops an order, resumes it or deletes it for good, with all its invoices; asked for again it does
 * nothing. A deleted order's reference is free. Refuses `subscription_state_fixed` to stop or
 * resume one that has ended.
 */
export const changeStatus = (
  deps: SubscriptionsDeps,
  merchant: Merchant,
  known: Subscription,
  to: SubscriptionStatus,
): Promise<void> =>
  inTx(deps.db, async (tx) => {
    const locked: Locked = { deps, tx, merchant, now: timeOf(merchant, deps.clock()) };
    const order = await lockOrder(locked, known);
    if (to === "deleted") return order.status === to ? undefined : removeOrder(locked, order);
    await checkGoesOn(locked, order);
    if (order.status === to) return;
    await (to === "stopped" ? stop(locked, order) : resume(locked, order));
  });

export type AmountAsk = Shares & Readonly<{ amountMinor: bigint }>;

/**
 * Gives an order another amount, and every invoice of it that is not paid and not given up: those
 * that wait and those that have failed. Without parts the merchant's setting shares it from now on.
 * Refuses `invalid_input` for parts that are not the amount's, and `subscription_stopped` for a
 * deleted order.
 */
export async function changeAmount(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  known: Subscription,
  ask: AmountAsk,
): Promise<void> {
  const { amountMinor } = ask;
  const amount = { amountMinor, companyMinor: companyShare(amountMinor, ask) };
  await inTx(deps.db, async (tx) => {
    const locked: Locked = { deps, tx, merchant, now: timeOf(merchant, deps.clock()) };
    const order = await lockOrder(locked, known);
    if (order.status === "deleted") refuse("subscription_stopped", {});
    const changed = { ...order, ...amount };
    await saveOrder(tx, changed);
    const priced = (invoice: Invoice): Invoice | undefined =>
      invoice.status === "waiting" || invoice.status === "failed"
        ? { ...invoice, ...amount }
        : undefined;
    await reschedule(deps, tx, merchant, changed, priced, { reachesBank: true });
  });
}
