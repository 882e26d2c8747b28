import { giveBackDue } from "../checkout/index.ts";
import { queueDeliveries } from "../events/index.ts";
import {
  closeReturned,
  distribute,
  endLateReturns,
  lookAtWatches,
  type MarketplaceDeps,
} from "../marketplace/index.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { inquireDue, type PaymentsDeps } from "../payments/index.ts";
import { type PayoutsDeps, runPayouts } from "../payouts/index.ts";
import { drawDue, endOpenings, type SubscriptionsDeps } from "../subscriptions/index.ts";
import { forgetPassed, merchantsWithPassed } from "../vault/index.ts";

/** What falls due by the merchants' clocks, by what has happened when its work has run. */
export const clockKinds = [
  "asked",
  "given_back",
  "returned",
  "watched",
  "drawn",
  "distributed",
  "paid_out",
  "forgotten",
] as const;
/** All that is to be done by itself. */
export const dueKinds = [...clockKinds, "queued"] as const;
export type DueKind = (typeof dueKinds)[number];

/** The rooms in which something falls due. */
export type DueDeps = Readonly<{
  payments: PaymentsDeps;
  subscriptions: SubscriptionsDeps;
  marketplace: MarketplaceDeps;
  payouts: PayoutsDeps;
}>;

/** Erases the cards of payers who did not come back in time, merchant by merchant. */
async function forgetCards({ db, clock, ring, merchantOf }: PaymentsDeps): Promise<number> {
  let forgotten = 0;
  for (const id of await merchantsWithPassed(db, clock())) {
    const now = timeOf(await merchantOf(id), clock());
    forgotten += await forgetPassed({ db, clock, ring }, id, now);
  }
  return forgotten;
}

/** Ends what money that went back has left open. */
async function endReturns(deps: MarketplaceDeps, onError: (error: unknown) => void) {
  const late = await endLateReturns(deps, onError);
  return late + (await closeReturned(deps, onError));
}

/** What was to be paid at its creation is decided before more of it falls due. */
async function draw(
  deps: SubscriptionsDeps,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<number> {
  await endOpenings(deps, onError);
  return drawDue(deps, onError, signal);
}

/**
 * Does what fell due of one kind and says how much that was. Run twice, or by two processes at
 * once, it does nothing twice. What takes long takes on no more once `signal` says so.
 */
export function runDue(
  { payments, subscriptions, marketplace, payouts }: DueDeps,
  kind: DueKind,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<number> {
  switch (kind) {
    case "asked":
      return inquireDue(payments, onError);
    case "given_back":
      return giveBackDue(payments, onError);
    case "returned":
      return endReturns(marketplace, onError);
    case "watched":
      return lookAtWatches(marketplace, onError, signal);
    case "drawn":
      return draw(subscriptions, onError, signal);
    case "distributed":
      return distribute(marketplace, onError, signal);
    case "paid_out":
      return runPayouts(payouts, onError, signal);
    case "forgotten":
      return forgetCards(payments);
    case "queued":
      return queueDeliveries(payments.db);
  }
}
