import { randomUUID } from "node:crypto";
import { inTx } from "../db/transaction.ts";
import { checkAddress } from "../lib/address.ts";
import { Refusal, refuse, refuseMarket } from "../lib/refusal.ts";
import { FIRST_NUMBER, takeNumbers } from "../merchants/index.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { awaitOutcome, type Patience, patience } from "../payments/index.ts";
import { chargeIdOf } from "../payments/payment.rules.ts";
import type { Card } from "../vault/index.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { drawAtOnce } from "./draw-at-once.ts";
import { endOpening, type Opened } from "./end-opening.ts";
import { takePlanNumbers } from "./make-invoices.ts";
import {
  type Beginning,
  checkTerms,
  firstAt,
  isPaidAtOnce,
  itemsKept,
  type Recurring,
  type RecurringCustomer,
  type RecurringTerms,
} from "./recurring.rules.ts";
import { addOwnCard, insertRecurringOrder, orderTerms, recurringOrder } from "./recurring-order.ts";
import { insertRecurring, readRecurring } from "./recurrings.store.ts";
import type { Subscription } from "./subscription.rules.ts";

/** The counter behind the integers that the wire shows. */
const COUNTER = "recurring";

export type RecurringAsk = RecurringTerms &
  Beginning &
  Readonly<{
    code: string;
    callbackUrl?: string | undefined;
    customer: RecurringCustomer;
    card: Card;
    clientIp: string;
  }>;

/** `opened` where it was paid at its creation. */
export type RecurringMade = Readonly<{
  recurring: Recurring;
  firstAt: Date;
  opened?: Opened | undefined;
}>;

/** Each means that somebody else's first charge under the code was refused meanwhile. */
const STORE_TRIES_MAX = 5;
/** Between two looks at one that somebody else is creating. */
const LOOK_MS = 100;

/**
 * Refuses `recurring_exists` where the code is taken. One that is paid at its creation and still
 * being created takes it only if its charge comes, which is waited for: `payment_in_doubt` where
 * that is not known in time.
 */
async function checkFree(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  code: string,
  given: Patience,
): Promise<void> {
  for (;;) {
    const taken = await readRecurring(deps.db.kysely, merchant.id, { code });
    if (!taken) return;
    if (taken.state !== "opening") return refuseMarket("recurring_exists");
    const { end, first } = await endOpening(deps, merchant, taken, { isOver: false });
    if (end === "live") return refuseMarket("recurring_exists");
    if (end === "gone") return;
    if (given.leftMs <= 0) break;
    if (first?.openPaymentId) {
      const attemptId = chargeIdOf({ id: first.openPaymentId });
      const name = { merchantId: merchant.id, attemptId };
      const known = await awaitOutcome(deps.payments, name, given);
      if (known?.attempt.status === "doubtful") break;
    }
    await deps.payments.pause(LOOK_MS);
    given.leftMs -= LOOK_MS;
  }
  return refuse("payment_in_doubt", { reference: code });
}

type Draft = Readonly<{ recurring: Recurring; order: Subscription }>;

/** Stores it with its order, its charges and its card: all of it or nothing. */
async function store(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  { recurring, order }: Draft,
  card: Card,
): Promise<void> {
  const [number, place] = await Promise.all([
    deps.nextCard(merchant.id),
    deps.nextPlace(merchant.id),
  ]);
  const { guid, createdAt: now } = recurring;
  await inTx(deps.db, async (tx) => {
    await insertRecurringOrder(deps, tx, { merchant, order, now });
    await addOwnCard(deps, tx, { merchant, order, guid, now }, { card, number, place });
    const isFree = await insertRecurring(tx, recurring);
    if (!isFree) refuseMarket("recurring_exists");
  });
}

/** Stores it once its code is free. Refuses as `checkFree`. */
async function storeFree(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  draft: Draft,
  card: Card,
  given: Patience,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await store(deps, merchant, draft, card);
    } catch (error) {
      if (!(error instanceof Refusal) || tries === STORE_TRIES_MAX) throw error;
      // Another call has taken the code since it was looked at.
      await checkFree(deps, merchant, draft.recurring.code, given);
    }
  }
}

/**
 * Makes a recurring payment. One that is paid at its creation is charged at once and lives only if
 * that came: the charge is stored before the bank is asked and settled by the one door, so that a
 * process that ends in between leaves an order whose first charge is made or not, and
 * `endOpenings` or whoever asks next finds out which. Refuses as `checkTerms`, `firstAt`,
 * `checkAddress` and `checkFree`.
 */
export async function createRecurring(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  ask: RecurringAsk,
): Promise<RecurringMade> {
  checkTerms(ask);
  const now = timeOf(merchant, deps.clock());
  const beginAt = firstAt(ask, now);
  const url = ask.callbackUrl;
  const callbackUrl = url === undefined ? undefined : checkAddress("CallbackUrl", url, merchant);
  const given = patience();
  await checkFree(deps, merchant, ask.code, given);
  const guid = randomUUID();
  const isPaid = isPaidAtOnce(ask);
  const said = orderTerms(ask.customer, ask.items, callbackUrl);
  const at = { group: guid, beginAt, drawsAtCard: isPaid, now };
  const draft = recurringOrder(merchant, ask, at, said);
  const number = await takeNumbers(deps.db, merchant.id, COUNTER, FIRST_NUMBER, 1n);
  const first = await takePlanNumbers(deps, merchant.id, draft.intervalCount);
  const order: Subscription = { ...draft, planNumbers: [first] };
  const recurring: Recurring = {
    merchantId: merchant.id,
    number,
    guid,
    code: ask.code,
    state: isPaid ? "opening" : "live",
    subscriptionId: order.id,
    periodType: ask.periodType,
    pendingHours: ask.pendingHours,
    trialDays: ask.trialDays,
    customer: ask.customer,
    items: itemsKept(ask.items),
    createdAt: now,
  };
  await storeFree(deps, merchant, { recurring, order }, ask.card, given);
  if (!isPaid) return { recurring, firstAt: beginAt };
  await drawAtOnce(deps, merchant, [order], ask.clientIp);
  const opened = await endOpening(deps, merchant, recurring, { isOver: true });
  return { recurring, firstAt: beginAt, opened };
}
