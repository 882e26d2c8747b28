import { inTx } from "../db/transaction.ts";
import { refuse } from "../lib/refusal.ts";
import type { Caller, Merchant } from "../merchants/merchant.rules.ts";
import type { AmountAsk } from "./change-order.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { extendIfGivenUp } from "./extend-plan.ts";
import { findInvoice, type NamedInvoice } from "./find-invoice.ts";
import { findOrder, type NamedOrder } from "./find-order.ts";
import { type AskedStatus, madeInto, madeIntoIfMay, priced } from "./invoice.rules.ts";
import { lockLiving } from "./lock-living.ts";
import { reschedule } from "./reschedule.ts";
import { companyShare } from "./shares.rules.ts";
import { type Invoice, type Subscription, termOf } from "./subscription.rules.ts";
import { readInvoices } from "./subscriptions.store.ts";

/**
 * Changes one invoice of an order; whoever was about to draw it finds it changed. Refuses what
 * `change` refuses, `invoice_busy` while its try is at the bank, and `invoice_state_fixed` for one
 * that was deleted.
 */
const changeOne = (
  deps: SubscriptionsDeps,
  merchant: Merchant,
  known: Subscription,
  isMeant: (invoice: Invoice) => boolean,
  change: (invoice: Invoice) => Invoice | undefined,
): Promise<void> =>
  inTx(deps.db, async (tx) => {
    const order = await lockLiving(tx, known);
    let isMet = false;
    await reschedule(deps, tx, merchant, order, (invoice) => {
      if (!isMeant(invoice)) return undefined;
      isMet = true;
      return change(invoice);
    });
    if (isMet) return extendIfGivenUp(deps, tx, merchant, order);
    const isThere = (await readInvoices(tx, merchant.id, order.id)).some(isMeant);
    if (isThere) refuse("invoice_busy", {});
    refuse("invoice_state_fixed", { status: "deleted" });
  });

/**
 * Puts an invoice into another state by hand; into the one that it is in does nothing. Refuses as
 * `findInvoice`, `invoice_state_fixed`, `invoice_busy`, and `subscription_stopped` where the order
 * was deleted.
 */
export async function setInvoiceStatus(
  deps: SubscriptionsDeps,
  caller: Caller,
  named: NamedInvoice,
  to: AskedStatus,
): Promise<void> {
  const { invoice, order } = await findInvoice(deps, caller, named);
  if (to === "deleted" && invoice.status === to) return;
  await changeOne(
    deps,
    caller.merchant,
    order,
    ({ number }) => number === invoice.number,
    (each) => madeInto(each, to),
  );
}

/**
 * The same of every invoice of an order that may be put into the state; those that may not stay as
 * they are, and one that is at the bank becomes so should its try come to nothing. Refuses as
 * `findOrder`, `subscription_stopped` where it was deleted, and `no_invoice_to_change` when there
 * was none.
 */
export async function setAllInvoices(
  deps: SubscriptionsDeps,
  caller: Caller,
  named: NamedOrder,
  to: AskedStatus,
): Promise<void> {
  const known = await findOrder(deps, caller, named);
  await inTx(deps.db, async (tx) => {
    const order = await lockLiving(tx, known);
    const change = (invoice: Invoice) => madeIntoIfMay(invoice, to);
    const all = { reachesBank: true };
    const changed = await reschedule(deps, tx, caller.merchant, order, change, all);
    if (changed.length === 0) refuse("no_invoice_to_change", {});
  });
}

const newAmountOf = (ask: AmountAsk) => ({
  amountMinor: ask.amountMinor,
  companyMinor: companyShare(ask.amountMinor, ask),
});

/**
 * Gives an invoice that is still to be drawn another amount. Refuses as `findInvoice` and
 * `companyShare`, `invoice_state_fixed`, `invoice_busy`, `subscription_stopped`.
 */
export async function setInvoiceAmount(
  deps: SubscriptionsDeps,
  caller: Caller,
  named: NamedInvoice,
  ask: AmountAsk,
): Promise<void> {
  const amount = newAmountOf(ask);
  const { invoice, order } = await findInvoice(deps, caller, named);
  await changeOne(
    deps,
    caller.merchant,
    order,
    ({ number }) => number === invoice.number,
    (each) => priced(each, amount),
  );
}

/**
 * Gives the invoice of one row of an order's plan another amount. Refuses as `findOrder` and
 * `companyShare`, `price_is_variable` where amounts come with invoices, `plan_row_not_found`, and
 * as `setInvoiceAmount`.
 */
export async function setPlanAmount(
  deps: SubscriptionsDeps,
  caller: Caller,
  named: NamedOrder & Readonly<{ planNumber: bigint }>,
  ask: AmountAsk,
): Promise<void> {
  const amount = newAmountOf(ask);
  const order = await findOrder(deps, caller, named);
  if (order.status === "deleted") return refuse("subscription_stopped", {});
  if (!order.isFixedPrice) return refuse("price_is_variable", {});
  const term = termOf(order, named.planNumber) ?? refuse("plan_row_not_found", {});
  await changeOne(
    deps,
    caller.merchant,
    order,
    (invoice) => invoice.term === term,
    (each) => priced(each, amount),
  );
}
