import type { AgentId } from "../lib/id.ts";
import type { Caller } from "../merchants/merchant.rules.ts";
import { type Attempt, readAttempts } from "../payments/index.ts";
import { chargeIdOf } from "../payments/payment.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findInvoice, type NamedInvoice } from "./find-invoice.ts";
import { findOrder, type NamedOrder } from "./find-order.ts";
import {
  type InvoiceFilter,
  type InvoicePage,
  readInvoicePage,
  readTries,
} from "./invoice-lists.store.ts";
import type { Subscription } from "./subscription.rules.ts";

export type InvoiceAsk = NamedOrder &
  InvoiceFilter &
  Readonly<{
    /** Only where the order is this dealer's. */
    agentId?: AgentId | undefined;
  }>;

/**
 * Invoices of an order in the order of its plan; deleted ones only where those are asked for.
 * Refuses as `findOrder`.
 */
export async function listInvoices(
  deps: Pick<SubscriptionsDeps, "db">,
  caller: Caller,
  ask: InvoiceAsk,
): Promise<InvoicePage & Readonly<{ order: Subscription }>> {
  const order = await findOrder(deps, caller, ask);
  const isOther = ask.agentId !== undefined && order.agentId !== ask.agentId;
  if (isOther) return { order, rows: [], total: 0 };
  const page = await readInvoicePage(deps.db.kysely, order.merchantId, order.id, ask);
  return { order, ...page };
}

/** One try of a card: what was charged and how that ended is its attempt. */
export type InvoiceTry = Readonly<{ card: bigint; mask: string; attempt: Attempt }>;

/** Years of tries; of an invoice that was tried more often, the newest are shown. */
const TRIES_SHOWN_MAX = 1_000;

/** Every try to draw an invoice, oldest first. Refuses as `findInvoice`. */
export async function listTries(
  deps: Pick<SubscriptionsDeps, "db">,
  caller: Caller,
  named: NamedInvoice,
): Promise<InvoiceTry[]> {
  const { merchant } = caller;
  const { invoice } = await findInvoice(deps, caller, named);
  const tries = await readTries(deps.db.kysely, merchant.id, invoice.number, TRIES_SHOWN_MAX);
  const ids = tries.map(({ paymentId }) => chargeIdOf({ id: paymentId }));
  const attempts = await readAttempts(deps.db, merchant.id, ids);
  const byPayment = new Map(attempts.map((attempt) => [attempt.paymentId, attempt]));
  return tries.flatMap(({ card, mask, paymentId }) => {
    const attempt = byPayment.get(paymentId);
    return attempt ? [{ card, mask, attempt }] : [];
  });
}
