import type { Tx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { dueAt, limitsOf } from "./draw.rules.ts";
import { saveInvoices } from "./draws.store.ts";
import { asWanted, wanting } from "./invoice.rules.ts";
import { lockInvoices } from "./invoices.store.ts";
import type { Invoice, InvoiceStatus, Subscription } from "./subscription.rules.ts";
import { readCards } from "./subscriptions.store.ts";

/** A failed one is drawn by hand; whoever does it must find out that its order was changed. */
const mayBeDrawn: ReadonlySet<InvoiceStatus> = new Set(["waiting", "failed"]);

/**
 * Changes invoices of a locked order and reckons anew when each is drawn: for every change of an
 * order's state, amount, cards or invoices. `change` gives an invoice as it shall be, or nothing to
 * leave it as it is. One whose try is at the bank is passed over, or with `reachesBank` becomes so
 * once that try has come to nothing. Whoever was about to draw one finds it changed and draws
 * nothing. Answers the invoices that `change` wanted to be different.
 */
export async function reschedule(
  deps: Pick<SubscriptionsDeps, "clock">,
  tx: Tx,
  merchant: Merchant,
  order: Subscription,
  change: (invoice: Invoice) => Invoice | undefined = () => undefined,
  { reachesBank = false }: Readonly<{ reachesBank?: boolean }> = {},
): Promise<Invoice[]> {
  const now = timeOf(merchant, deps.clock());
  const limits = limitsOf(order, merchant.drawGapMinutes);
  const hasCard = ((await readCards(tx, merchant.id, [order.id])).get(order.id) ?? []).length > 0;
  const known = await lockInvoices(tx, merchant.id, order.id);
  const changed: Invoice[] = [];
  const written = known.flatMap((invoice) => {
    if (invoice.openPaymentId) {
      const wanted = reachesBank && change(asWanted(invoice));
      if (!wanted) return [];
      const held = { ...wanting(invoice, wanted), version: invoice.version + 1 };
      changed.push(held);
      return [held];
    }
    const wanted = change(invoice);
    if (!wanted && !mayBeDrawn.has(invoice.status)) return [];
    const next = wanted ?? invoice;
    const due = dueAt(order, hasCard, next, limits, now);
    const whole = { ...next, dueAt: due, version: invoice.version + 1 };
    if (wanted) changed.push(whole);
    return [whole];
  });
  const saved = await saveInvoices(tx, written);
  assert(saved.size === written.length, "locked invoices are written as they were read");
  return changed;
}
