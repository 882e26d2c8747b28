import { inTx, within } from "../db/transaction.ts";
import { checkAddress } from "../lib/address.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { type Locked, lockOrder, removeOrder } from "./change-order.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findRecurring } from "./find-recurring.ts";
import { takePlanNumbers } from "./make-invoices.ts";
import {
  checkTerms,
  firstAt,
  hasOtherPlan,
  itemsKept,
  ownRestsOf,
  type Recurring,
  type RecurringTerms,
} from "./recurring.rules.ts";
import { insertRecurringOrder, orderTerms, recurringOrder } from "./recurring-order.ts";
import {
  lockRecurring,
  movePlaces,
  type RecurringName,
  saveRecurring,
  saveRecurringOrder,
} from "./recurrings.store.ts";
import { reschedule } from "./reschedule.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";
import { saveOrder } from "./subscriptions.store.ts";

export type EditAsk = RecurringTerms &
  Readonly<{
    callbackUrl?: string | undefined;
    /** Whether the next charge has the new amount too. */
    changesPending: boolean;
  }>;

/** Another plan is another order, with the same cards; what waited of the old one is deleted. */
async function replace(
  locked: Locked,
  { recurring, order }: Readonly<{ recurring: Recurring; order: Subscription }>,
  terms: RecurringTerms,
  said: Subscription["terms"],
): Promise<string> {
  const { deps, tx, merchant, now } = locked;
  if (order.status !== "active") return refuseMarket("recurring_passive");
  const beginAt = firstAt({ ...terms, paysAtCreation: false }, now);
  const at = { group: recurring.guid, beginAt, drawsAtCard: false, now };
  const draft = recurringOrder(merchant, terms, at, said);
  const db = within(deps.db, tx);
  const first = await takePlanNumbers({ db }, merchant.id, draft.intervalCount);
  const next: Subscription = { ...draft, planNumbers: [first] };
  await insertRecurringOrder(deps, tx, { merchant, order: next, now });
  await movePlaces(tx, merchant.id, { from: order.id, to: next.id });
  await removeOrder(locked, order);
  return next.id;
}

/** The same plan goes on, at another price and with other rests. */
async function change(
  { deps, tx, merchant }: Locked,
  order: Subscription,
  ask: EditAsk,
  said: Subscription["terms"],
): Promise<void> {
  const { amountMinor } = ask;
  const changed = { ...order, amountMinor, ownRests: ownRestsOf(ask), terms: said };
  await saveOrder(tx, changed);
  await saveRecurringOrder(tx, changed);
  let isNext = true;
  const priced = (invoice: Invoice): Invoice | undefined => {
    if (invoice.status !== "waiting") return undefined;
    const keeps = isNext && !ask.changesPending;
    isNext = false;
    return keeps ? undefined : { ...invoice, amountMinor };
  };
  await reschedule(deps, tx, merchant, changed, priced, { reachesBank: ask.changesPending });
}

/**
 * Changes a recurring payment. Another period, trial or number of charges closes what waits and
 * begins a new plan, as one that is made now and not paid at its creation. Otherwise its charges
 * have the new amount, the next one only where that is asked. Refuses as `findRecurring`,
 * `checkTerms` and `checkAddress`, and `recurring_passive` for another plan of one that is stopped.
 */
export async function editRecurring(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  name: RecurringName,
  ask: EditAsk,
): Promise<void> {
  checkTerms(ask);
  const { callbackUrl } = ask;
  const url =
    callbackUrl === undefined ? undefined : checkAddress("CallbackUrl", callbackUrl, merchant);
  const { recurring: known } = await findRecurring(deps, merchant, name);
  const said = orderTerms(known.customer, ask.items, url);
  await inTx(deps.db, async (tx) => {
    const locked: Locked = { deps, tx, merchant, now: timeOf(merchant, deps.clock()) };
    const order = await lockOrder(locked, { id: known.subscriptionId });
    const recurring = await lockRecurring(tx, known);
    const isOther = recurring.subscriptionId !== order.id || order.status === "deleted";
    if (recurring.state !== "live" || isOther) return refuseMarket("recurring_unknown");
    let { subscriptionId } = recurring;
    if (hasOtherPlan(recurring, order, ask)) {
      subscriptionId = await replace(locked, { recurring, order }, ask, said);
    } else {
      await change(locked, order, ask, said);
    }
    const { periodType, pendingHours, trialDays } = ask;
    const items = itemsKept(ask.items);
    const next = { ...recurring, subscriptionId, periodType, pendingHours, trialDays, items };
    await saveRecurring(tx, next);
  });
}
