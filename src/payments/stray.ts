import type { Approved, BankOriginal, Outcome } from "../acquirers/index.ts";
import { inTx } from "../db/transaction.ts";
import { addJob } from "../events/index.ts";
import type { MerchantId, PaymentId } from "../lib/id.ts";
import { refundStrayAtBank, voidStrayAtBank } from "./at-bank.ts";
import type { PaymentsDeps } from "./deps.ts";
import { chargeIdOf, type Done } from "./payment.rules.ts";
import { readDone } from "./payments.store.ts";

export const TAKE_BACK_STRAY = "take-back-stray";
/** A charge that a bank made of a payment that had ended without one, by the bank's references. */
export type Stray = Readonly<{ merchantId: MerchantId; paymentId: PaymentId }> & BankOriginal;

/** What a bank says of money that is back already. */
const goneReasons = new Set<string>(["already_voided", "already_refunded"]);
const isBack = (outcome: Outcome): boolean =>
  outcome.kind === "approved" || (outcome.kind === "declined" && goneReasons.has(outcome.reason));

/**
 * Takes back what a bank charged for a payment that is declined: payers can send the form of a
 * bank's page again after it said no, or after nobody waited for it any more. A declined payment
 * stays so; its order is voided at the bank, as after a doubt that ended with a void. Throws unless
 * the bank says that nothing is left: the queue tries again.
 */
export async function takeBackStray(deps: PaymentsDeps, stray: Stray): Promise<void> {
  const { merchantId, paymentId, bankReference, authorizationCode } = stray;
  const done = await readDone(deps.db, merchantId, { attemptId: chargeIdOf({ id: paymentId }) });
  if (done?.attempt.status !== "declined") return;
  const original = { bankReference, authorizationCode };
  const voided = await voidStrayAtBank(deps, done, original);
  if (isBack(voided)) return;
  const isClosed = voided.kind === "declined" && voided.reason === "batch_closed";
  const last = isClosed ? await refundStrayAtBank(deps, done, original) : voided;
  if (!isBack(last)) throw new Error(`a stray charge of ${paymentId} stays: ${last.kind}`);
}

/** Queues the way back before it is tried, so that no crash leaves the payer's money there. */
export async function returnStray(
  deps: PaymentsDeps,
  { payment }: Done,
  { bankReference, authorizationCode }: Approved,
): Promise<void> {
  const { merchantId, id: paymentId } = payment;
  const stray: Stray = { merchantId, paymentId, bankReference, authorizationCode };
  await inTx(deps.db, (tx) => addJob(tx, TAKE_BACK_STRAY, stray));
  try {
    await takeBackStray(deps, stray);
  } catch {
    // The queue tries again and tells of its failure.
  }
}
