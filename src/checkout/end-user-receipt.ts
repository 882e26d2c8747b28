import type { Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { money } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";
import type { Keyring } from "../lib/seal.ts";
import type { Merchant } from "../merchants/index.ts";
import { receiptLetter, receiptSms, write } from "../messaging/index.ts";
import { type Channel, checkRecipient } from "../messaging/recipient.rules.ts";
import { type AfterSettlement, type Done, readDone } from "../payments/index.ts";
import type { CheckoutDeps } from "./deps.ts";
import { type EndUser, endUserIn } from "./end-user.rules.ts";
import { readReceiptToken, receiptTokenOf } from "./handle.ts";

/** Where an end user reads the receipt. */
export const RECEIPT_PATH = "/receipt";

/** Whether an attempt drew money from an end user: a hold draws nothing before its capture. */
const hasReceipt = ({ payment, attempt }: Done): boolean =>
  attempt.status === "approved" &&
  (attempt.kind === "sale" || attempt.kind === "capture") &&
  endUserIn(payment.details) !== undefined;

export type Receipt = Readonly<{ merchant: Merchant; done: Done; endUser: EndUser }>;

/**
 * The receipt of a token, as the payment is now: it may have been given back since. It is shown for
 * a blocked merchant too, since somebody has paid. Refuses `payment_not_found` for any other text.
 */
export async function readReceipt(
  deps: Pick<CheckoutDeps, "db" | "ring" | "merchantOf">,
  token: string,
): Promise<Receipt> {
  const name = readReceiptToken(deps.ring, token) ?? refuse("payment_not_found", {});
  const done = await readDone(deps.db, name.merchantId, { attemptId: name.attemptId });
  const endUser = done && hasReceipt(done) && endUserIn(done.payment.details);
  if (!done || !endUser) return refuse("payment_not_found", {});
  return { merchant: await deps.merchantOf(name.merchantId), done, endUser };
}

type Post = Readonly<{ channel: Channel; recipient: string; subject: string; body: string }>;

/** A payment is not undone because somebody cannot be written to. */
function canBeSent({ channel, recipient }: Post): boolean {
  try {
    checkRecipient(channel, recipient);
    return true;
  } catch {
    return false;
  }
}

/**
 * What is written to the end user: a letter and a text message, each with the receipt's address.
 */
function postsOf(merchant: Merchant, { payment, attempt }: Done, address: string): Post[] {
  const user = endUserIn(payment.details);
  if (!user) return [];
  const facts = {
    merchantName: merchant.name,
    payerName: `${user.name} ${user.surname}`,
    amount: money(attempt.amountMinor, attempt.currency),
    maskedCard: payment.cardMask,
    reference: payment.reference,
    paidAt: attempt.settledAt ?? attempt.openedAt,
    address,
  };
  const { locale, phone, email } = user;
  const sms = { channel: "sms", recipient: phone, subject: "" } as const;
  const mail = { channel: "email", recipient: email } as const;
  return [
    { ...sms, body: receiptSms(locale, facts) },
    { ...mail, ...receiptLetter(locale, facts) },
  ];
}

export type ReceiptPost = Readonly<{
  ring: Keyring;
  merchantOf: (id: MerchantId) => Promise<Merchant>;
  publicUrl: () => string;
}>;

/**
 * Writes the receipt's address to the end user in the transaction that settles the payment: a crash
 * leaves both or neither, and a doubt that a bank ends later ends with a receipt.
 */
export const sendReceipts = ({ ring, merchantOf, publicUrl }: ReceiptPost): AfterSettlement => ({
  wants: hasReceipt,
  async run(tx: Tx, settlement) {
    const { merchantId, id: attemptId, settledAt, openedAt } = settlement.attempt;
    const merchant = await merchantOf(merchantId);
    const token = receiptTokenOf(ring, { merchantId, attemptId });
    const address = `${publicUrl()}${RECEIPT_PATH}/${token}`;
    for (const post of postsOf(merchant, settlement, address).filter(canBeSent)) {
      await write(tx, merchant, { ...post, purpose: "receipt" }, settledAt ?? openedAt);
    }
  },
});
