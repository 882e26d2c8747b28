import { inTx } from "../db/transaction.ts";
import { Refusal } from "../lib/refusal.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { type Done, type PaymentsDeps, release, reverse } from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import { markDone, putOff } from "./bank-charge.store.ts";
import { lookAgainAt, type Token } from "./session.rules.ts";
import { putBack } from "./stock.store.ts";

/** Gives the whole charge back. False while the bank has not said that it is back. */
async function takeBack(deps: PaymentsDeps, target: Done): Promise<boolean> {
  const caller = { merchant: await deps.merchantOf(target.payment.merchantId) };
  const undo = target.attempt.kind === "hold" ? release : reverse;
  try {
    return (await undo(deps, caller, { target })).attempt.status === "approved";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code === "nothing_to_do";
  }
}

/** Gives back what a refused try was charged; what does not go back now is tried again later. */
export async function giveBack(deps: PaymentsDeps, token: Token, done: Done): Promise<void> {
  const isLive = done.attempt.status === "approved";
  const isBack = isSettled(done.attempt) && (!isLive || (await takeBack(deps, done)));
  const now = timeOf(await deps.merchantOf(token.merchantId), deps.clock());
  if (!isBack) return putOff(deps.db, token, lookAgainAt(token, now));
  await inTx(deps.db, async (tx) => {
    await markDone(tx, token, now);
    // It was no sale: what it was to buy is there for another.
    await putBack(tx, [done.payment]);
  });
}
