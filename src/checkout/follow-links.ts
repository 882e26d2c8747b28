import type { Tx } from "../db/transaction.ts";
import { money } from "../lib/money.ts";
import type { Merchant } from "../merchants/index.ts";
import { receiptLetter, write } from "../messaging/index.ts";
import { checkEmail } from "../messaging/recipient.rules.ts";
import type { AfterSettlement, Done } from "../payments/index.ts";
import { isCharge } from "../payments/payment.rules.ts";
import type { CheckoutDeps } from "./deps.ts";
import type { Link } from "./link.rules.ts";
import { markPaid, readLinkOfToken } from "./link.store.ts";
import { tokenIdOf } from "./session.rules.ts";

/** Whether a payer's try took money, and so may have paid a link. */
export const mayPayLink = ({ attempt }: Done): boolean =>
  attempt.status === "approved" && isCharge(attempt.kind) && tokenIdOf(attempt) !== undefined;

/** The link that a settled try pays, if it pays one. */
export async function linkPaidBy(tx: Tx, { attempt }: Done): Promise<Link | undefined> {
  const token = tokenIdOf(attempt);
  return token && readLinkOfToken(tx, attempt.merchantId, token);
}

/** The address that the merchant named, or the one that the payer typed; none where it is none. */
function mailOf(link: Link, { payment }: Done): string | undefined {
  const { email } = payment.details;
  try {
    return checkEmail("email", link.terms.email ?? String(email ?? ""));
  } catch {
    // A payment is not undone because nobody can be written to.
    return undefined;
  }
}

/** Writes to the payer that the payment was received. */
async function thank(tx: Tx, merchant: Merchant, link: Link, done: Done): Promise<void> {
  const recipient = mailOf(link, done);
  if (!recipient) return;
  const { payment, attempt } = done;
  const { locale, nameSurname: payerName } = link.terms;
  const paidAt = attempt.settledAt ?? attempt.openedAt;
  const words = receiptLetter(locale, {
    merchantName: merchant.name,
    payerName,
    amount: money(payment.amountMinor, payment.currency),
    maskedCard: payment.cardMask,
    reference: payment.reference,
    paidAt,
  });
  const mail = { purpose: "receipt", channel: "email", recipient } as const;
  await write(tx, merchant, { ...mail, ...words }, paidAt);
}

/**
 * Marks a link as paid in the transaction that settles its payment, and writes to its payer where
 * that was asked for: a crash leaves both or neither.
 */
export const followLinks = (merchantOf: CheckoutDeps["merchantOf"]): AfterSettlement => ({
  wants: mayPayLink,
  async run(tx, settlement) {
    const link = await linkPaidBy(tx, settlement);
    if (!link) return;
    await markPaid(tx, link, settlement.payment.id);
    if (!link.terms.sendConfirmationMail) return;
    await thank(tx, await merchantOf(link.merchantId), link, settlement);
  },
});
