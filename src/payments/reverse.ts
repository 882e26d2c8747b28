import { Refusal } from "../lib/refusal.ts";
import type { Caller } from "../merchants/index.ts";
import type { PaymentsDeps } from "./deps.ts";
import { followUp, type Plan } from "./follow-up.ts";
import { otherKind, otherWay } from "./other-way.rules.ts";
import type { Done } from "./payment.rules.ts";
import { planReversal, type Receipt } from "./plan.rules.ts";
import { releaseHold } from "./release-later.ts";

export type ReverseAsk = Readonly<{
  /** The sale or capture. */
  target: Done;
  /** Minor units; absent gives back all that is left. */
  amountMinor?: bigint | undefined;
  /** Told of the result by a POST. */
  notifyUrl?: string | undefined;
  receipt?: Receipt | undefined;
  /**
   * Runs before each attempt is opened, after the payment was read: what it refuses is refused. Who
   * takes such leave back moves the payment's version by `touchPayment` in the same transaction.
   */
  admit?: (() => Promise<void>) | undefined;
}>;

/**
 * Gives money back: on the day of the money the whole is voided, later all or a part is refunded.
 * When the bank's day turns out to be closed (or still open) the whole goes back the other way, and
 * both tries stay visible. A hold that was captured is given back too. Refuses as `planReversal`
 * and `followUp` do.
 */
export async function reverse(deps: PaymentsDeps, caller: Caller, ask: ReverseAsk): Promise<Done> {
  const done = await eitherWay(deps, caller, ask);
  const { payment, attempt } = done;
  if (done.isRepeat || attempt.kind !== "void" || payment.status !== "held") return done;
  try {
    // At once, for whoever looks at the card's limit.
    await releaseHold(deps, { merchantId: payment.merchantId, paymentId: payment.id });
  } catch {
    // The money of the capture is back; the queued release tries again and tells of its failure.
  }
  return done;
}

async function eitherWay(deps: PaymentsDeps, caller: Caller, ask: ReverseAsk) {
  const plan: Plan = (payment, original, more) =>
    planReversal(payment, original, ask.amountMinor, more);
  const done = await followUp(deps, caller, ask, plan);
  if (!otherKind(done.payment, done.attempt)) return done;
  const next = { ...ask, receipt: undefined };
  try {
    // Decided again from what the payment is now: another request may have come in between.
    return await followUp(
      deps,
      caller,
      next,
      (payment, original, more) =>
        otherWay(payment, done.attempt, more) ??
        plan(payment, original, { ...more, insteadOfId: done.attempt.id }),
    );
  } catch (error) {
    if (!ask.receipt || !(error instanceof Refusal)) throw error;
    // A request of the same key may have gone the other way itself: its answer is there now.
    const found = await followUp(deps, caller, ask, plan);
    if (found.attempt.id === done.attempt.id) throw error;
    return found;
  }
}
