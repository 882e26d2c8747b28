import { Refusal, refuse } from "../lib/refusal.ts";
import { findAgent } from "../merchants/index.ts";
import { type Caller, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { awaitOutcome, type Patience, patience } from "../payments/index.ts";
import { chargeIdOf, isSettled } from "../payments/payment.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { limitsOf } from "./draw.rules.ts";
import { type DrawEnd, drawInvoice } from "./draw.ts";
import { extendIfLast } from "./extend-plan.ts";
import { findOrder, type NamedOrder } from "./find-order.ts";
import { readInvoice } from "./invoices.store.ts";
import { loadDrawables } from "./load.ts";
import { declinedEnd, isDrawable, type ManualEnd, manualStep } from "./manual-charge.rules.ts";
import type { Drawable } from "./plan-draw.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";
import { readInvoices } from "./subscriptions.store.ts";

/** Each look means that somebody has done something about the invoice since the one before. */
const LOOKS_MAX = 100;
/** Invoices that one call brings to the bank, one after the other; it says which are left over. */
const DRAWN_MAX = 50;

export type ManualAsk = NamedOrder &
  Readonly<{
    /** The one invoice that is meant; else all that are due. */
    invoiceNo?: string | undefined;
    clientIp: string;
  }>;

/** What came of one invoice. */
export type ManualRow = Readonly<{ invoiceNo: string; end: ManualEnd }>;

/** One call of the service, and how long it still waits for others. */
type Run = {
  readonly merchant: Merchant;
  readonly ask: ManualAsk;
  readonly patience: Patience;
};

/** How our own draw ended; `undefined` where somebody else was there and the end is theirs. */
function endOfDraw(end: DrawEnd): ManualEnd | undefined {
  if (end.kind === "paid") return { kind: "paid" };
  if (end.kind === "refused") return declinedEnd(end.invoice);
  return end.kind === "in_doubt" && end.done ? { kind: "in_doubt" } : undefined;
}

/** An invoice with all that a draw needs. Read first: who changes the rest changes it too. */
async function look(
  deps: SubscriptionsDeps,
  { merchant }: Run,
  number: bigint,
): Promise<Drawable | undefined> {
  const invoice = await readInvoice(deps.db.kysely, merchant.id, { number });
  return invoice && (await loadDrawables(deps, merchant, [invoice]))[0];
}

async function chargeOne(
  deps: SubscriptionsDeps,
  run: Run,
  { number }: Invoice,
): Promise<ManualEnd> {
  const { merchant, ask } = run;
  const isNamed = ask.invoiceNo !== undefined;
  let hasMetAnother = false;
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const on = await look(deps, run, number);
    if (!on) break;
    const { order, cards, invoice, agent } = on;
    const limits = limitsOf(order, merchant.drawGapMinutes);
    const isAgentBlocked = agent?.isBlocked ?? false;
    const view = { order, cards, invoice, limits, isAgentBlocked, isNamed, hasMetAnother };
    const step = manualStep(view, timeOf(merchant, deps.clock()));
    if (step.do === "answer") return step.end;
    if (step.do === "await_bank") {
      const done = await awaitOutcome(
        deps.payments,
        { merchantId: merchant.id, attemptId: chargeIdOf({ id: step.paymentId }) },
        run.patience,
      );
      if (!done || !isSettled(done.attempt)) return { kind: "in_doubt" };
    } else {
      await extendIfLast(deps, on);
      const end = await drawInvoice(deps, on, { by: "merchant", clientIp: ask.clientIp });
      const told = endOfDraw(end);
      if (told) return told;
    }
    hasMetAnother = true;
  }
  return { kind: "refused", refusal: new Refusal("invoice_busy", {}) };
}

/** The invoices that a call is about, by their terms. Refuses `invoice_not_found`. */
async function meantBy(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  order: Subscription,
  invoiceNo: string | undefined,
): Promise<Invoice[]> {
  const now = timeOf(merchant, deps.clock());
  if (invoiceNo === undefined) {
    const all = await readInvoices(deps.db.kysely, merchant.id, order.id);
    return all.filter((invoice) => isDrawable(invoice, now));
  }
  const named = await readInvoice(deps.db.kysely, merchant.id, { invoiceNo });
  if (named?.subscriptionId !== order.id) return refuse("invoice_not_found", {});
  return named.status === "failed" || isDrawable(named, now) ? [named] : [];
}

const notTried: ManualEnd = { kind: "refused", refusal: new Refusal("draw_left_over", {}) };

/** What was at a bank in this call, or still is. */
const wasDrawn = ({ kind }: ManualEnd): boolean => kind !== "resting" && kind !== "refused";

/**
 * Draws invoices of an order at once, because its merchant wants it: the named one, also where it
 * has failed, else all that are due, in the order of their terms. Says of each what came of it;
 * nothing at all where none is due. Tries of others are waited for, and their end is told: however
 * many call at once, and whatever the schedule does beside them, an invoice is paid once. A crash
 * leaves what a crash of the schedule leaves. Refuses as `findOrder`, `subscription_stopped`,
 * `agent_blocked`, `invoice_not_found`.
 */
export async function manualCharge(
  deps: SubscriptionsDeps,
  { merchant, agent: by }: Caller,
  ask: ManualAsk,
): Promise<ManualRow[]> {
  const order = await findOrder(deps, { merchant, agent: by }, ask);
  if (order.status !== "active") return refuse("subscription_stopped", {});
  const { agentId } = order;
  const agent = agentId ? await findAgent(deps.db, merchant.id, { id: agentId }) : undefined;
  if (agent?.isBlocked) return refuse("agent_blocked", {});
  const run: Run = { merchant, ask, patience: patience() };
  const rows: ManualRow[] = [];
  let drawn = 0;
  for (const invoice of await meantBy(deps, merchant, order, ask.invoiceNo)) {
    const end = drawn < DRAWN_MAX ? await chargeOne(deps, run, invoice) : notTried;
    rows.push({ invoiceNo: invoice.invoiceNo, end });
    if (wasDrawn(end)) drawn += 1;
  }
  return rows;
}
