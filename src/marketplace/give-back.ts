import { istanbulDay } from "../lib/clock.ts";
import type { MarketProblem } from "../lib/market-problem.ts";
import { Refusal, refuse, refuseMarket } from "../lib/refusal.ts";
import { type Caller, timeOf } from "../merchants/merchant.rules.ts";
import { type Done, patience, receiptOf, reverse } from "../payments/index.ts";
import { leftToRefund } from "../payments/payment.rules.ts";
import { awaitOthers } from "./await-others.ts";
import type { MarketplaceDeps } from "./deps.ts";
import {
  admitReturn,
  giveUpReturn,
  openReturn,
  type ReturnAsk,
  returnKeyOf,
} from "./open-return.ts";
import { type DatedName, findAwaited } from "./provision.ts";
import type { ReturnName } from "./returns.store.ts";
import type { Sale } from "./sale.rules.ts";
import { knowSale } from "./tell-sale.ts";

/** Paid money of a payment of this wire, or of the other one, whose payments have no sale. */
type Paid = Readonly<{ sale: Sale | undefined; target: Done; isToday: boolean }>;

/**
 * The money that a caller wants back. Refuses as `findAwaited`, `payment_cancelled` and
 * `payment_refunded` once all of it is back, `state_not_suitable` where none was taken, and
 * `payment_busy` while a watch gives back what nobody was told of.
 */
async function findPaid(deps: MarketplaceDeps, caller: Caller, named: DatedName): Promise<Paid> {
  const { sale, story } = await findAwaited(deps, caller, named, ["sale", "hold", "capture"]);
  if (!story) return refuseMarket("state_not_suitable");
  const { payment, attempts } = story;
  const isTaken = ({ kind, status }: Done["attempt"]) => kind === "void" && status === "approved";
  if (payment.status !== "captured") {
    return refuseMarket(attempts.some(isTaken) ? "payment_cancelled" : "state_not_suitable");
  }
  if (leftToRefund(payment) === 0n) return refuseMarket("payment_refunded");
  const attempt = attempts.find(({ id }) => id === payment.liveAttemptId);
  if (!attempt || !payment.capturedAt) return refuseMarket("state_not_suitable");
  if (!(await knowSale(deps, caller.merchant, sale))) return refuse("payment_busy", {});
  const today = istanbulDay(timeOf(caller.merchant, deps.clock()));
  return { sale, target: { payment, attempt }, isToday: istanbulDay(payment.capturedAt) === today };
}

type Way = Paid & ReturnAsk;

/**
 * Opens the return once no other of the sale is: one that is at the bank is waited for, and asked
 * about where nobody waits for it any more. Refuses as `openReturn`, `payment_in_doubt` where the
 * bank cannot say what became of another one, and `payment_busy` where that took too long.
 */
async function openAlone(
  deps: MarketplaceDeps,
  { merchant }: Caller,
  sale: Sale,
  ask: ReturnAsk,
): Promise<ReturnName> {
  const given = patience();
  for (;;) {
    const opened = await openReturn(deps, merchant, sale, ask);
    if (opened) return opened;
    const others = await awaitOthers(deps, sale, given);
    if (others === "doubtful") return refuse("payment_in_doubt", { reference: sale.code });
    if (others === "busy") return refuse("payment_busy", {});
  }
}

/** What a reversal refuses once another one has given all back, as this wire says it. */
function asProblem(error: unknown): unknown {
  if (!(error instanceof Refusal) || error.code !== "nothing_to_do") return error;
  const { status } = (error as Refusal<"nothing_to_do">).details;
  const problem: MarketProblem = status === "refunded" ? "payment_refunded" : "payment_cancelled";
  return new Refusal("market_refused", { problem });
}

/**
 * Gives money back. What is to become of what is due of the sale is stored first; the settlement of
 * the bank's answer carries it out or drops it, whoever hears it and whenever. What was refused
 * before the bank was asked is dropped here.
 */
async function giveBack(deps: MarketplaceDeps, caller: Caller, way: Way): Promise<Done> {
  const { sale, target, amountMinor } = way;
  if (!sale) {
    return reverse(deps.payments, caller, { target, amountMinor }).catch((error) => {
      throw asProblem(error);
    });
  }
  const opened = await openAlone(deps, caller, sale, way);
  const key = returnKeyOf(opened);
  const receipt = receiptOf(deps.ring, key, "return", { amount: String(amountMinor ?? "") });
  const admit = () => admitReturn(deps, sale, opened, way);
  try {
    return await reverse(deps.payments, caller, { target, amountMinor, receipt, admit });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Where this fails too, the return is given up when it is late.
    await giveUpReturn(deps, caller.merchant, opened).catch(() => {});
    throw asProblem(error);
  }
}

/** The terms of giving back the whole, or a part of which nothing is said. */
export const unchanged = (deletes: boolean): ReturnAsk["terms"] => ({
  deletes,
  platformMinor: 0n,
  memberMinor: 0n,
  recommissions: false,
});

/** `deletes`: whether all that is due of the sale may fall away with it. */
export type WholeAsk = DatedName & Readonly<{ deletes: boolean }>;

async function cancelPaid(deps: MarketplaceDeps, caller: Caller, paid: Paid, deletes: boolean) {
  if (!paid.isToday || paid.target.payment.refundedMinor > 0n)
    return refuseMarket("state_not_suitable");
  return giveBack(deps, caller, { ...paid, terms: unchanged(deletes) });
}

async function refundPaid(
  deps: MarketplaceDeps,
  caller: Caller,
  paid: Paid,
  { deletes, completes }: Readonly<{ deletes: boolean; completes: boolean }>,
) {
  const { refundedMinor, capturedMinor } = paid.target.payment;
  if (refundedMinor > 0n && !completes) return refuseMarket("amount_not_suitable");
  // Also where a part is on its way back: only who completes takes what that leaves.
  const amountMinor = completes ? undefined : capturedMinor;
  return giveBack(deps, caller, { ...paid, amountMinor, terms: unchanged(deletes) });
}

/**
 * Cancels a payment on the day of its money. The answer is approved, declined, or in doubt. Refuses
 * as `findPaid` and `heldOf`, `state_not_suitable` on a later day, and as `reverse`.
 */
export async function cancelSale(
  deps: MarketplaceDeps,
  caller: Caller,
  ask: WholeAsk,
): Promise<Done> {
  return cancelPaid(deps, caller, await findPaid(deps, caller, ask), ask.deletes);
}

/**
 * Gives a payment back whole, on the day of its money by a cancel, which is all that banks do then.
 * `completes`: gives back what earlier refunds have left; without it there must be none, else
 * `amount_not_suitable`. Answers and refuses as `cancelSale`.
 */
export async function refundSale(
  deps: MarketplaceDeps,
  caller: Caller,
  ask: WholeAsk & Readonly<{ completes: boolean }>,
): Promise<Done> {
  return refundPaid(deps, caller, await findPaid(deps, caller, ask), ask);
}

/**
 * By how much what is due is lowered with a part that goes back, and whether all of it may fall
 * away where the part leaves nothing.
 */
export type PartTerms = ReturnAsk["terms"];

async function refundSome(
  deps: MarketplaceDeps,
  caller: Caller,
  paid: Paid,
  ask: Readonly<{ amountMinor: bigint; terms: PartTerms }>,
) {
  if (ask.amountMinor > leftToRefund(paid.target.payment))
    return refuseMarket("amount_not_suitable");
  return giveBack(deps, caller, { ...paid, ...ask });
}

/**
 * Gives a part of a payment back; one that leaves nothing is as good as the whole. Answers and
 * refuses as `cancelSale`, and `amount_not_suitable` above what is left.
 */
export async function refundPart(
  deps: MarketplaceDeps,
  caller: Caller,
  ask: DatedName & Readonly<{ amountMinor: bigint; terms: PartTerms }>,
): Promise<Done> {
  return refundSome(deps, caller, await findPaid(deps, caller, ask), ask);
}

/**
 * Gives a payment back the way that its day asks for: a cancel on the day of its money, a refund of
 * what is left later; another amount than the whole is a partial refund. Answers and refuses as the
 * one that is chosen.
 */
export async function revertSale(
  deps: MarketplaceDeps,
  caller: Caller,
  ask: WholeAsk & Readonly<{ amountMinor?: bigint | undefined }>,
): Promise<Done> {
  const paid = await findPaid(deps, caller, ask);
  const { amountMinor, deletes } = ask;
  if (amountMinor && amountMinor !== paid.target.payment.capturedMinor) {
    return refundSome(deps, caller, paid, { amountMinor, terms: unchanged(deletes) });
  }
  if (paid.isToday) return cancelPaid(deps, caller, paid, deletes);
  return refundPaid(deps, caller, paid, { deletes, completes: !amountMinor });
}
