import { Refusal } from "../lib/refusal.ts";
import type { Caller } from "../merchants/index.ts";
import type { PaymentsDeps } from "./deps.ts";
import { followUp, type Plan } from "./follow-up.ts";
import type { Done } from "./payment.rules.ts";
import { otherWay, planReversal } from "./plan.rules.ts";

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
 * both tries stay visible. Refuses as `planReversal` and `followUp` do.
 */
export async function reverse(deps: PaymentsDeps, caller: Caller, ask: ReverseAsk): Promise<Done> {
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
