import { Refusal } from "../lib/refusal.ts";
import type { Caller } from "../merchants/index.ts";
import type { PaymentsDeps } from "./deps.ts";
import { followUp, type Plan } from "./follow-up.ts";
import { chargeIdOf, type Done } from "./payment.rules.ts";
import { readDone } from "./payments.store.ts";
import { otherWay, planRelease, planReversal } from "./plan.rules.ts";

export type ReverseAsk = Readonly<{
  /** The sale or capture. */
  target: Done;
  /** Minor units; absent gives back all that is left. */
  amountMinor?: bigint | undefined;
  /** Told of the result by a POST. */
  notifyUrl?: string | undefined;
  requestKey?: string | undefined;
}>;

/**
 * Gives money back: on the day of the money the whole is voided, later all or a part is refunded.
 * When the bank's day turns out to be closed (or still open) the whole goes back the other way, and
 * both tries stay visible. A hold that was captured is given back too. Refuses as `planReversal`
 * and `followUp` do.
 */
export async function reverse(deps: PaymentsDeps, caller: Caller, ask: ReverseAsk): Promise<Done> {
  const done = await eitherWay(deps, caller, ask);
  if (!done.isRepeat) await releaseHold(deps, caller, done);
  return done;
}

/**
 * A cancelled capture leaves its hold at the bank, which is given back at once. Whatever comes of
 * that is an attempt of its own: the money of the capture is back already.
 */
async function releaseHold(deps: PaymentsDeps, caller: Caller, done: Done): Promise<void> {
  const { payment, attempt } = done;
  if (attempt.kind !== "void" || payment.status !== "held") return;
  const by = { attemptId: chargeIdOf(payment) };
  const target = await readDone(deps.db, payment.merchantId, by);
  if (!target) return;
  try {
    await followUp(deps, caller, { target, asked: ["release"] }, planRelease);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

async function eitherWay(deps: PaymentsDeps, caller: Caller, ask: ReverseAsk) {
  const whole = { ...ask, asked: ["reverse", ask.amountMinor] };
  const plan: Plan = (payment, original, more) =>
    planReversal(payment, original, ask.amountMinor, more);
  const done = await followUp(deps, caller, whole, plan);
  const isCalledFor = otherWay(done.payment, done.attempt, {
    id: done.attempt.id,
    xact: done.attempt.xact,
    now: done.attempt.openedAt,
  });
  if (!isCalledFor) return done;
  const next = { ...ask, requestKey: undefined, asked: [] };
  try {
    // Decided again from what the payment is now: another request may have come in between.
    return await followUp(
      deps,
      caller,
      next,
      (payment, original, more) =>
        otherWay(payment, done.attempt, more) ?? plan(payment, original, more),
    );
  } catch (error) {
    if (!done.isRepeat || !(error instanceof Refusal)) throw error;
    // The first request went the other way itself: its answer is there now.
    return followUp(deps, caller, whole, plan);
  }
}
