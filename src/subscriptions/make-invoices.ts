import { type Tx, within } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import type { MerchantId } from "../lib/id.ts";
import { FIRST_NUMBER, type Merchant, takeNumbers } from "../merchants/index.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { dueAt, limitsOf } from "./draw.rules.ts";
import { insertInvoices } from "./invoices.store.ts";
import { termAt } from "./plan.rules.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";

/** The counters behind the integers that the wire shows. */
const INVOICE_COUNTER = "invoice";
const PLAN_COUNTER = "plan";

/** How often numbers that merchants have given to invoices of their own are passed over. */
const NAME_TRIES_MAX = 10;

type NumbersDeps = Pick<SubscriptionsDeps, "db">;

/** The first of `count` numbers for rows of a plan. */
export const takePlanNumbers = (deps: NumbersDeps, merchant: MerchantId, count: number) =>
  takeNumbers(deps.db, merchant, PLAN_COUNTER, FIRST_NUMBER, BigInt(count));
/** On the transaction's own connection: many who each wait for a second one would wait for good. */
const takeInvoiceNumbers = ({ db }: NumbersDeps, tx: Tx, merchant: MerchantId, count: number) =>
  takeNumbers(within(db, tx), merchant, INVOICE_COUNTER, FIRST_NUMBER, BigInt(count));

/** What an invoice is made of. */
export type InvoiceDraft = Readonly<{
  term: number;
  drawnFrom: Date;
  amountMinor: bigint;
  companyMinor: bigint | null;
  /** The merchant's own name for it. */
  invoiceNo?: string | undefined;
}>;

/** The drafts of an order's terms from `first` on, each with the order's own amount. */
export const draftsOf = (order: Subscription, first: number, count: number): InvoiceDraft[] =>
  Array.from({ length: count }, (_, i) => ({
    term: first + i,
    drawnFrom: termAt(order, first + i),
    amountMinor: order.amountMinor,
    companyMinor: order.companyMinor,
  }));

const hasAddress = ({ terms }: Subscription): boolean =>
  Boolean(terms.succeededUrl || terms.failedUrl);

function fresh(
  merchant: Merchant,
  order: Subscription,
  draft: InvoiceDraft,
  made: Readonly<{ number: bigint; hasCard: boolean; now: Date }>,
): Invoice {
  const invoice: Invoice = {
    ...draft,
    merchantId: merchant.id,
    number: made.number,
    invoiceNo: draft.invoiceNo ?? String(made.number),
    subscriptionId: order.id,
    version: 1,
    status: "waiting",
    isTold: hasAddress(order),
    dueAt: null,
    tries: 0,
    refusedCards: [],
    lastReason: null,
    lastMessage: null,
    attemptedAt: null,
    attemptedOn: null,
    attemptsToday: 0,
    attemptDays: 0,
    openPaymentId: null,
    openCard: null,
    wantedStatus: null,
    wantedMinor: null,
    wantedCompanyMinor: null,
    paidById: null,
    paidAt: null,
    createdAt: made.now,
  };
  const limits = limitsOf(order, merchant.drawGapMinutes);
  return { ...invoice, dueAt: dueAt(order, made.hasCard, invoice, limits, made.now) };
}

/**
 * Stores invoices of a locked order. A number that the merchant has given as a name to an invoice
 * of its own is passed over. Of drafts with a name of their own only those are stored whose name
 * and term are free: the answer says which.
 */
export async function makeInvoices(
  deps: NumbersDeps,
  tx: Tx,
  on: Readonly<{ merchant: Merchant; order: Subscription; hasCard: boolean; now: Date }>,
  drafts: readonly InvoiceDraft[],
): Promise<Invoice[]> {
  const { merchant, order, hasCard, now } = on;
  const made: Invoice[] = [];
  let left = drafts;
  for (let tries = 0; left.length > 0 && tries < NAME_TRIES_MAX; tries += 1) {
    const first = await takeInvoiceNumbers(deps, tx, merchant.id, left.length);
    const invoices = left.map((draft, i) =>
      fresh(merchant, order, draft, { number: first + BigInt(i), hasCard, now }),
    );
    const stored = await insertInvoices(tx, invoices);
    made.push(...invoices.filter(({ number }) => stored.has(number)));
    left = left.filter((draft, i) => !draft.invoiceNo && !stored.has(first + BigInt(i)));
  }
  assert(left.length === 0, "there are more numbers than merchants have given away as names");
  return made;
}
