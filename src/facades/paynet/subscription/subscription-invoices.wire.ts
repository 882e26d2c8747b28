import { z } from "zod";
import type { Locale } from "../../../lib/messages/index.ts";
import type { Merchant } from "../../../merchants/index.ts";
import { chargeIdOf, isInDoubt } from "../../../payments/payment.rules.ts";
import type { InvoiceTry } from "../../../subscriptions/index.ts";
import type { AskedStatus } from "../../../subscriptions/invoice.rules.ts";
import { partsOf } from "../../../subscriptions/shares.rules.ts";
import {
  type Invoice,
  planNumber,
  type Subscription,
} from "../../../subscriptions/subscription.rules.ts";
import { paging } from "../payment/transaction.wire.ts";
import {
  dateWithoutOffset,
  lira,
  moment,
  NO_DATE,
  onlyLira,
  text,
  xactIdOf,
} from "../wire/formats.ts";
import { errorMembers, isSucceed } from "../wire/shape.ts";
import { amounts } from "./subscription.wire.ts";
import { cardMask, invoiceNo, namedOrder, wireNumber } from "./subscription-name.wire.ts";
import { statusMembers, statusOf } from "./subscription-status.wire.ts";

/** Either names an invoice; both must name the same. */
const namedInvoice = { invoice_id: wireNumber.optional(), invoice_no: invoiceNo };
type NamedInvoice = Readonly<{
  invoice_id?: bigint | undefined;
  invoice_no?: string | undefined;
}>;
/** Typed clients send 0 for a number that they do not know. */
export const invoiceNameOf = (body: NamedInvoice) => ({
  number: body.invoice_id || undefined,
  name: body.invoice_no,
});

export const CreateInvoiceBody = z
  .object({
    val_date: moment,
    ...amounts,
    ...namedOrder,
    invoice_no: invoiceNo,
    currency: onlyLira.optional(),
  })
  .meta({ id: "SubscriptionCreateInvoice" });

export const InvoiceListBody = z
  .object({
    agent_id: text(10).optional(),
    invoice_status: statusOf("waiting", "paid", "failed", "cancelled", "deleted").optional(),
    ...namedOrder,
    ...paging,
  })
  .meta({ id: "SubscriptionInvoiceList" });

/** Paid is what a bank alone makes of an invoice. */
const asked = statusOf<AskedStatus>("waiting", "failed", "cancelled", "deleted");

export const InvoiceStatusBody = z
  .object({ ...namedInvoice, status: asked })
  .meta({ id: "SubscriptionInvoiceStatusUpdate" });
export const InvoicesStatusAllBody = z
  .object({ ...namedOrder, status: asked })
  .meta({ id: "SubscriptionInvoicesStatusUpdateAll" });
export const InvoiceAmountBody = z
  .object({ ...namedInvoice, ...amounts })
  .meta({ id: "SubscriptionInvoiceAmountUpdate" });
export const PlanAmountBody = z
  .object({ ...namedOrder, plan_id: wireNumber, ...amounts })
  .meta({ id: "SubscriptionPlanAmountUpdate" });
export const AttemptListBody = z
  .object(namedInvoice)
  .meta({ id: "SubscriptionInvoiceAttemptList" });

/** One row of `invoice_list`. */
export function invoiceRow(merchant: Merchant, order: Subscription, invoice: Invoice) {
  const { companyMinor, agentMinor } = partsOf(merchant, order.agentId !== null, invoice);
  return {
    invoice_id: Number(invoice.number),
    invoice_no: invoice.invoiceNo,
    subscription_id: order.id,
    reference_no: order.reference,
    plan_id: Number(planNumber(order, invoice.term)),
    val_date: dateWithoutOffset(invoice.drawnFrom),
    amount: lira(invoice.amountMinor),
    agent_amount: lira(agentMinor),
    company_amount: lira(companyMinor),
    currency: order.currency,
    ...statusMembers(invoice.status),
    xact_id: invoice.paidById ? xactIdOf(chargeIdOf({ id: invoice.paidById })) : "",
    attempt_count: invoice.tries,
    last_attempt_date: invoice.attemptedAt ? dateWithoutOffset(invoice.attemptedAt) : NO_DATE,
  };
}

/** One row of `invoice_attempt_list`: a try of a card, and what its bank said. */
export function attemptRow({ card, mask, attempt }: InvoiceTry, locale: Locale) {
  const { bank_error_id, bank_error_message, paynet_error_message } = errorMembers(attempt, locale);
  return {
    attempt_id: Number(attempt.xact),
    attempt_date: dateWithoutOffset(attempt.openedAt),
    card_id: Number(card),
    card_no_mask: cardMask(mask),
    amount: lira(attempt.amountMinor),
    xact_id: xactIdOf(attempt.id),
    is_succeed: isSucceed(attempt),
    is_in_doubt: isInDoubt(attempt),
    bank_error_id,
    bank_error_message,
    paynet_error_message,
  };
}
