import { inTx, type Tx } from "../db/transaction.ts";
import { istanbulDay } from "../lib/clock.ts";
import { refuse } from "../lib/refusal.ts";
import { type Caller, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { extendPlan } from "./extend-plan.ts";
import { findOrder, type NamedOrder } from "./find-order.ts";
import { makeInvoices } from "./make-invoices.ts";
import { daysLater, nearestFree, termAt } from "./plan.rules.ts";
import { companyShare, type Shares } from "./shares.rules.ts";
import { type Invoice, type Subscription, termsOf } from "./subscription.rules.ts";
import { lockOrders, readCards, readInvoices } from "./subscriptions.store.ts";

/** A merchant may be late with the last terms; whoever names a later day has mistaken the year. */
const DAYS_AFTER_PLAN_MAX = 365;

export type InvoiceAsk = Shares &
  Readonly<{
    /** The day and hour from which it is drawn. */
    drawnFrom: Date;
    amountMinor: bigint;
    /** The merchant's own name for it; its number where there is none. */
    invoiceNo?: string | undefined;
  }>;

const endOf = (order: Subscription): Date => termAt(order, termsOf(order) - 1);

/** Refuses `invalid_input` for a day before today, or long after the plan. */
function checkDay(order: Subscription, drawnFrom: Date, now: Date): void {
  const end = endOf(order);
  const first = istanbulDay(now);
  const last = istanbulDay(daysLater(end > now ? end : now, DAYS_AFTER_PLAN_MAX));
  const day = istanbulDay(drawnFrom);
  if (day >= first && day <= last) return;
  const bound = `${first} - ${last}`;
  refuse("invalid_input", { field: "val_date", problem: "out_of_range", bound });
}

type Made = Readonly<{ invoice: Invoice } | { fullPlanOf: Subscription }>;

async function makeIn(
  deps: SubscriptionsDeps,
  tx: Tx,
  merchant: Merchant,
  known: Subscription,
  ask: InvoiceAsk,
): Promise<Made> {
  const [order] = await lockOrders(tx, merchant.id, [known.id]);
  if (order?.status !== "active") return refuse("subscription_stopped", {});
  if (order.isFixedPrice) return refuse("price_is_fixed", {});
  const now = timeOf(merchant, deps.clock());
  checkDay(order, ask.drawnFrom, now);
  const companyMinor = companyShare(ask.amountMinor, ask);
  const taken = new Set((await readInvoices(tx, merchant.id, order.id)).map(({ term }) => term));
  const term = nearestFree(order, termsOf(order), taken, ask.drawnFrom);
  if (term === undefined) return { fullPlanOf: order };
  const cards = (await readCards(tx, merchant.id, [order.id])).get(order.id) ?? [];
  const { drawnFrom, amountMinor, invoiceNo } = ask;
  const draft = { term, drawnFrom, amountMinor, companyMinor, invoiceNo };
  const on = { merchant, order, hasCard: cards.length > 0, now };
  const [invoice] = await makeInvoices(deps, tx, on, [draft]);
  // The order is locked, so its term was free: it is the name that an invoice has.
  return invoice ? { invoice } : refuse("invoice_name_taken", { name: invoiceNo ?? "" });
}

/**
 * Makes the invoice of a term of an order whose amounts vary: of the terms without one the nearest
 * to its day. Where each has one, an order that renews itself begins its next round with an invoice
 * dated after the plan. Refuses as `findOrder`, `subscription_stopped`, `price_is_fixed`,
 * `invalid_input` for day or shares, `plan_is_full`, and `invoice_name_taken`, also for a name that
 * is another invoice's number: of two at once with one name one is made.
 */
export async function createInvoice(
  deps: SubscriptionsDeps,
  caller: Caller,
  named: NamedOrder,
  ask: InvoiceAsk,
): Promise<Invoice> {
  const { merchant } = caller;
  const known = await findOrder(deps, caller, named);
  const make = () => inTx(deps.db, (tx) => makeIn(deps, tx, merchant, known, ask));
  let made = await make();
  if ("fullPlanOf" in made) {
    const order = made.fullPlanOf;
    const isNextRound = order.renews && ask.drawnFrom > endOf(order);
    if (!isNextRound) return refuse("plan_is_full", {});
    await extendPlan(deps, merchant, order);
    made = await make();
  }
  return "invoice" in made ? made.invoice : refuse("plan_is_full", {});
}
