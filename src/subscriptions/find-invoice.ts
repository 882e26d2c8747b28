import { refuse } from "../lib/refusal.ts";
import type { Caller } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { readInvoice } from "./invoices.store.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";
import { readOrders } from "./subscriptions.store.ts";

export type NamedInvoice = Readonly<{ number?: bigint | undefined; name?: string | undefined }>;

/** An invoice with its order, which tells whose it is and how often it is tried. */
export type FoundInvoice = Readonly<{ invoice: Invoice; order: Subscription }>;

/**
 * The invoice that a caller means, by its number, the merchant's name for it, or both. An agent's
 * key sees invoices of the agent's own orders; all others do not exist for it. Refuses
 * `invalid_input` when nothing is named, and `invoice_not_found`, also where number and name are of
 * two invoices.
 */
export async function findInvoice(
  { db }: Pick<SubscriptionsDeps, "db">,
  { merchant, agent }: Caller,
  { number, name }: NamedInvoice,
): Promise<FoundInvoice> {
  if (number === undefined && !name) {
    return refuse("invalid_input", { field: "invoice_id", problem: "missing" });
  }
  const by = number === undefined ? { invoiceNo: name ?? "" } : { number };
  const invoice = await readInvoice(db.kysely, merchant.id, by);
  if (!invoice || (name && invoice.invoiceNo !== name)) return refuse("invoice_not_found", {});
  const [order] = await readOrders(db.kysely, merchant.id, [invoice.subscriptionId]);
  const isTheirs = order !== undefined && (!agent || order.agentId === agent.id);
  return isTheirs ? { invoice, order } : refuse("invoice_not_found", {});
}
