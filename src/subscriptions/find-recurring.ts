import type { PaymentId } from "../lib/id.ts";
import { refuseMarket } from "../lib/refusal.ts";
import type { Merchant } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { endOpening } from "./end-opening.ts";
import type { Recurring } from "./recurring.rules.ts";
import {
  isChargeOf,
  type RecurringJob,
  type RecurringName,
  readByGroup,
  readJobs,
  readRecurring,
} from "./recurrings.store.ts";
import { orderState, type Subscription } from "./subscription.rules.ts";
import { readCards, readOrders, readTallies } from "./subscriptions.store.ts";

/** Charges that are shown, the latest ones. */
const JOBS_MAX = 1_200;

const unknown = (): never => refuseMarket("recurring_unknown");

/** A recurring payment with the order that it is now. */
export type FoundRecurring = Readonly<{ recurring: Recurring; order: Subscription }>;

/** The recurring payment that an order is or was, whatever became of both. */
export const recurringOfOrder = async (
  { db }: Pick<SubscriptionsDeps, "db">,
  { merchantId, groupReference }: Subscription,
): Promise<Recurring | undefined> =>
  groupReference ? readByGroup(db.kysely, merchantId, groupReference) : undefined;

/** Refuses `recurring_unknown`, also while it is not known whether it came to be. */
export async function findRecurring(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  name: RecurringName,
): Promise<FoundRecurring> {
  const recurring = await readRecurring(deps.db.kysely, merchant.id, name);
  if (!recurring) return unknown();
  if (recurring.state === "opening") {
    const { end } = await endOpening(deps, merchant, recurring, { isOver: false });
    if (end !== "live") return unknown();
  }
  const [order] = await readOrders(deps.db.kysely, merchant.id, [recurring.subscriptionId]);
  return order && order.status !== "deleted" ? { recurring, order } : unknown();
}

/** A recurring payment as it is shown: whether it goes on, its cards, and its charges. */
export type ShownRecurring = FoundRecurring &
  Readonly<{ isActive: boolean; cards: number; jobs: readonly RecurringJob[] }>;

/** Refuses as `findRecurring`. */
export async function showRecurring(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  name: RecurringName,
): Promise<ShownRecurring> {
  const found = await findRecurring(deps, merchant, name);
  const { id } = found.order;
  const [cards, tallies, jobs] = await Promise.all([
    readCards(deps.db.kysely, merchant.id, [id]),
    readTallies(deps.db.kysely, merchant.id, [id]),
    readJobs(deps.db, found.recurring, JOBS_MAX),
  ]);
  const isActive = orderState(found.order, tallies.get(id)!) === "active";
  return { ...found, isActive, cards: cards.get(id)?.length ?? 0, jobs };
}

/** The same of one of whose charges a payment is; nothing where it is none of them. */
export async function recurringWithCharge(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  name: RecurringName,
  paymentId: PaymentId | undefined,
): Promise<ShownRecurring | undefined> {
  const shown = await showRecurring(deps, merchant, name);
  const isOurs = paymentId && (await isChargeOf(deps.db.kysely, shown.recurring, paymentId));
  return isOurs ? shown : undefined;
}
