import { termAt } from "./plan.rules.ts";
import {
  type Invoice,
  type InvoiceStatus,
  planNumber,
  type Subscription,
  termsOf,
} from "./subscription.rules.ts";

/** One term of an order, as the plan shows it. */
export type PlanRow = Readonly<{
  number: bigint;
  term: number;
  at: Date;
  /** What is drawn, or was to be; 0 where nothing is. */
  amountMinor: bigint;
  status: InvoiceStatus;
  invoice: Invoice | undefined;
}>;

/**
 * How a term stands that has no invoice. Where amounts vary it waits for one; with a fixed price it
 * fell into a stop and is not made up for.
 */
function withoutInvoice(order: Subscription): InvoiceStatus {
  if (order.status === "deleted") return "deleted";
  return order.isFixedPrice ? "cancelled" : "waiting";
}

/** The plan of an order, term by term. */
export function planRows(order: Subscription, invoices: readonly Invoice[]): PlanRow[] {
  const byTerm = new Map(invoices.map((invoice) => [invoice.term, invoice]));
  return Array.from({ length: termsOf(order) }, (_, term) => {
    const invoice = byTerm.get(term);
    return {
      number: planNumber(order, term),
      term,
      at: invoice?.drawnFrom ?? termAt(order, term),
      amountMinor: invoice?.amountMinor ?? 0n,
      status: invoice?.status ?? withoutInvoice(order),
      invoice,
    };
  });
}

/** How many rounds a plan that renews itself lacks until a term lies after `now`. */
export function roundsMissing(order: Subscription, now: Date): number {
  if (!order.renews) return 0;
  let rounds = 0;
  const lastTerm = () => termsOf(order) + rounds * order.intervalCount - 1;
  while (termAt(order, lastTerm()) <= now) rounds += 1;
  return rounds;
}
