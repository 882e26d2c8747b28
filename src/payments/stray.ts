import type { Approved, BankOriginal, Outcome } from "../acquirers/index.ts";
import { inTx } from "../db/transaction.ts";
import { addJob } from "../events/index.ts";
import type { MerchantId, PaymentId } from "../lib/id.ts";
import { refundStrayAtBank, voidChargeAtBank } from "./at-bank.ts";
import type { PaymentsDeps } from "./deps.ts";
import { isTakenBack } from "./doubt.rules.ts";
import { askNow } from "./inquire.ts";
import { chargeIdOf, type Done, isSettled } from "./payment.rules.ts";
import { readDone } from "./payments.store.ts";
import { patiently, readAgain } from "./settle.ts";

export const TAKE_BACK_STRAY = "take-back-stray";
/**
 * A charge that a bank made of a payment that had ended without one, or is to, by the bank's
 * references.
 */
export type Stray = Readonly<{ merchantId: MerchantId; paymentId: PaymentId } & BankOriginal>;

/** Whether a bank says yes to a charge that has ended without, or is being taken back. */
export const isStray = (outcome: Outcome, { attempt }: Done): outcome is Approved =>
  outcome.kind === "approved" &&
  (attempt.status === "declined" || (!isSettled(attempt) && isTakenBack(attempt)));

/** What a bank's yes is told by. */
export const originalOf = ({ bankReference, authorizationCode }: Approved): BankOriginal => ({
  bankReference,
  authorizationCode,
});

/** What a bank says of money that is back already. */
const goneReasons = new Set<string>(["already_voided", "already_refunded"]);
const isBack = (outcome: Outcome): boolean =>
  outcome.kind === "approved" || (outcome.kind === "declined" && goneReasons.has(outcome.reason));

/**
 * Takes back what a bank charged for a payment that is declined: payers can send the form of a
 * bank's page again after it said no, or after nobody waited for it any more. A declined payment
 * stays so; its order is voided at the bank, as after a doubt that ended with a void. One that is
 * still in doubt ends first. Throws unless the bank says that nothing is left: the queue tries
 * again.
 */
export async function takeBackStray(deps: PaymentsDeps, stray: Stray): Promise<void> {
  const { merchantId, paymentId, bankReference, authorizationCode } = stray;
  const found = await readDone(deps.db, merchantId, { attemptId: chargeIdOf({ id: paymentId }) });
  const done = found && (await askNow(deps, found));
  if (!done || done.attempt.status === "approved") return;
  if (!isSettled(done.attempt)) throw new Error(`what becomes of ${paymentId} is not known yet`);
  const original = { bankReference, authorizationCode };
  const voided = await voidChargeAtBank(deps, done, original);
  if (isBack(voided)) return;
  const isClosed = voided.kind === "declined" && voided.reason === "batch_closed";
  const last = isClosed ? await refundStrayAtBank(deps, done, original) : voided;
  if (!isBack(last)) throw new Error(`a stray charge of ${paymentId} stays: ${last.kind}`);
}

/** Queues the way back before it is tried, so that no crash leaves the payer's money there. */
export async function returnStray(
  deps: PaymentsDeps,
  done: Done,
  outcome: Approved,
): Promise<Done> {
  const { merchantId, id: paymentId } = done.payment;
  const stray: Stray = { merchantId, paymentId, ...originalOf(outcome) };
  await patiently(deps, () => inTx(deps.db, (tx) => addJob(tx, TAKE_BACK_STRAY, stray)));
  try {
    await takeBackStray(deps, stray);
    return await readAgain(deps, done);
  } catch {
    // The queue tries again and tells of its failure.
    return done;
  }
}
