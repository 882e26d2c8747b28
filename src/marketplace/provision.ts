import { istanbulDay } from "../lib/clock.ts";
import { Refusal, refuse, refuseMarket } from "../lib/refusal.ts";
import { type Caller, timeOf } from "../merchants/merchant.rules.ts";
import { isAwayLong } from "../payments/doubt.rules.ts";
import { type AttemptKind, awaitOutcome, capture, type Done, release } from "../payments/index.ts";
import { isInDoubt, isSettled } from "../payments/payment.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { type FoundPayment, findPayment, type PaymentName } from "./find-sale.ts";
import { standingOf } from "./standing.rules.ts";
import { knowSale } from "./tell-sale.ts";

/** A payment as callers name it. They may say its day too, `yyyy-MM-dd`. */
export type DatedName = Readonly<{
  name: PaymentName;
  day?: string | undefined;
  /** The shop's own code, where it is said beside another name. */
  code?: string | undefined;
}>;

/** Whether a payment is of that day: a sale is of the day it was started, and that of its money. */
function isOfDay({ sale, story }: FoundPayment, day: string): boolean {
  const born = [sale?.createdAt, story?.payment.createdAt];
  return born.some((at) => at && istanbulDay(at) === day);
}

/** The payment that a caller names. Refuses `payment_not_found`, also for another day or code. */
async function findDated(
  deps: MarketplaceDeps,
  { merchant }: Caller,
  { name, day, code }: DatedName,
): Promise<FoundPayment> {
  const found = await findPayment(deps, merchant.id, name);
  if (!found || (day && !isOfDay(found, day))) return refuse("payment_not_found", {});
  const own = found.sale?.code ?? found.story?.payment.reference;
  if (code !== undefined && code !== own) return refuse("payment_not_found", {});
  return found;
}

/**
 * As `findDated`, once it is known what became of an operation of one of these kinds: waited for
 * while it is at the bank. A page at a bank that charges by itself is not waited for. Refuses
 * `payment_in_doubt` too.
 */
export async function findAwaited(
  deps: MarketplaceDeps,
  caller: Caller,
  named: DatedName,
  kinds: readonly AttemptKind[],
): Promise<FoundPayment> {
  const found = await findDated(deps, caller, named);
  const open = found.story?.attempts.find((each) => isInDoubt(each) && kinds.includes(each.kind));
  if (!open || isAwayLong(open, timeOf(caller.merchant, deps.clock()))) return found;
  const { merchantId, id: attemptId } = open;
  const known = await awaitOutcome(deps.payments, { merchantId, attemptId });
  if (known && isSettled(known.attempt)) return findDated(deps, caller, named);
  const { reference } = found.story!.payment;
  return refuse("payment_in_doubt", { reference: found.sale?.code ?? reference });
}

/**
 * A hold that waits to be captured. Refuses as `findAwaited`, `payment_final`, also for one that a
 * watch gives back, and `state_not_suitable`.
 */
async function findHold(deps: MarketplaceDeps, caller: Caller, named: DatedName): Promise<Done> {
  const { sale, story } = await findAwaited(deps, caller, named, ["sale", "hold"]);
  const attempt = story?.attempts[0];
  if (!story || !attempt) return refuseMarket("state_not_suitable");
  const standing = standingOf(story);
  if (standing === "paid") return refuseMarket("payment_final");
  if (standing !== "held") return refuseMarket("state_not_suitable");
  if (!(await knowSale(deps, caller.merchant, sale))) return refuseMarket("payment_final");
  return { payment: story.payment, attempt };
}

/** Another call has captured or released it meanwhile. */
const isLate = (error: unknown): boolean =>
  error instanceof Refusal && error.code === "nothing_to_do";

async function once(call: () => Promise<Done>): Promise<Done> {
  try {
    return await call();
  } catch (error) {
    if (isLate(error)) return refuseMarket("payment_final");
    throw error;
  }
}

/**
 * Captures what a sale holds: all of it, or less, and then its lines are what was captured of them.
 * The answer is approved, declined, or in doubt. Refuses `payment_not_found`, `payment_final`,
 * `state_not_suitable`, and as `capture`.
 */
export async function captureSale(
  deps: MarketplaceDeps,
  caller: Caller,
  ask: DatedName & Readonly<{ amountMinor?: bigint | undefined }>,
): Promise<Done> {
  const target = await findHold(deps, caller, ask);
  const amountMinor = ask.amountMinor ? ask.amountMinor : undefined;
  return once(() => capture(deps.payments, caller, { target, amountMinor }));
}

/** Gives a held sale back to the card. Answers and refuses as `captureSale`. */
export async function releaseSale(
  deps: MarketplaceDeps,
  caller: Caller,
  ask: DatedName,
): Promise<Done> {
  const target = await findHold(deps, caller, ask);
  return once(() => release(deps.payments, caller, { target }));
}
