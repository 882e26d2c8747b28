import { refuse } from "../lib/refusal.ts";
import type { Invoice, InvoiceStatus } from "./subscription.rules.ts";

/**
 * What a merchant may make of an invoice by hand. Only a bank makes one paid; a paid one, and one
 * that was deleted, stay as they are.
 */
export const invoiceMoves = {
  waiting: ["failed", "cancelled", "deleted"],
  failed: ["waiting", "cancelled", "deleted"],
  cancelled: ["waiting", "failed", "deleted"],
  paid: [],
  deleted: [],
} as const satisfies Record<InvoiceStatus, readonly InvoiceStatus[]>;

/** What an invoice can be made by hand. */
export type AskedStatus = (typeof invoiceMoves)[InvoiceStatus][number];

const mayBecome = (from: InvoiceStatus, to: AskedStatus): boolean =>
  (invoiceMoves[from] as readonly InvoiceStatus[]).includes(to);

/**
 * The invoice as a merchant has made it, or `undefined` where it is so already. One that waits
 * again has all its days with tries before it, but its rest and the tries of the day stay counted:
 * a card is not tried more often because of it. Refuses `invoice_state_fixed`.
 */
export function madeInto(invoice: Invoice, to: AskedStatus): Invoice | undefined {
  if (invoice.status === to) return undefined;
  if (!mayBecome(invoice.status, to))
    return refuse("invoice_state_fixed", { status: invoice.status });
  const moved: Invoice = { ...invoice, status: to, refusedCards: [] };
  return to === "waiting" ? { ...moved, attemptDays: 0 } : moved;
}

/** The same of one among many: what may not be changed stays, without a word. */
export const madeIntoIfMay = (invoice: Invoice, to: AskedStatus): Invoice | undefined =>
  mayBecome(invoice.status, to) ? madeInto(invoice, to) : undefined;

export type NewAmount = Readonly<{
  amountMinor: bigint;
  /** Null leaves it to the merchant's setting. */
  companyMinor: bigint | null;
}>;

/** The invoice with another amount. Refuses `invoice_state_fixed` where nothing is drawn of it. */
export function priced(invoice: Invoice, to: NewAmount): Invoice {
  const isOpen = invoice.status === "waiting" || invoice.status === "failed";
  if (!isOpen) return refuse("invoice_state_fixed", { status: invoice.status });
  return { ...invoice, amountMinor: to.amountMinor, companyMinor: to.companyMinor };
}

/** An invoice whose try is at the bank, as it shall be should that come to nothing. */
export const asWanted = (invoice: Invoice): Invoice => ({
  ...invoice,
  status: invoice.wantedStatus ?? invoice.status,
  amountMinor: invoice.wantedMinor ?? invoice.amountMinor,
  companyMinor: invoice.wantedMinor === null ? invoice.companyMinor : invoice.wantedCompanyMinor,
});

/** The invoice with that wish: the bank, which is being asked about it, has the first word. */
export function wanting(invoice: Invoice, wanted: Invoice): Invoice {
  const { status, amountMinor, companyMinor } = wanted;
  const isPriced = amountMinor !== invoice.amountMinor || companyMinor !== invoice.companyMinor;
  return {
    ...invoice,
    wantedStatus: status === "waiting" || status === "paid" ? null : status,
    wantedMinor: isPriced ? amountMinor : null,
    wantedCompanyMinor: isPriced ? companyMinor : null,
  };
}
