import { finish } from "../checkout/index.ts";
import { isBankCharged } from "../checkout/session.rules.ts";
import { Refusal, refuse, refuseMarket } from "../lib/refusal.ts";
import type { Caller, Merchant } from "../merchants/merchant.rules.ts";
import { awaitOutcome, capture, type Done } from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { chargeOfSale, tryOfSale } from "./payer.ts";
import type { Sale } from "./sale.rules.ts";
import { readSale } from "./sales.store.ts";
import { tryToTell } from "./tell-sale.ts";

type EndAsk = Readonly<{ code: string; clientIp: string }>;
/** `isRepeat`: it was charged before this call. */
type Charged = Readonly<{ done: Done; isRepeat: boolean }>;

const isFinal = () => refuseMarket("payment_final");

/** The charge of a sale: the one that there is, else one that is made now. */
async function chargeOf(
  deps: MarketplaceDeps,
  merchant: Merchant,
  sale: Sale,
  clientIp: string,
): Promise<Charged> {
  const found = await tryOfSale(deps, merchant, sale);
  const begun = await chargeOfSale(deps, sale);
  if (begun && !(found && isBankCharged(found.token))) {
    const { merchantId, id: attemptId } = begun.attempt;
    const known = await awaitOutcome(deps.payments, { merchantId, attemptId });
    return { done: known ?? begun, isRepeat: true };
  }
  if (!found) return refuse("payment_not_found", {});
  try {
    return await finish(deps.checkout, found, { clientIp });
  } catch (error) {
    const isOver = error instanceof Refusal && error.code === "session_not_found";
    return isOver ? refuse("not_authenticated", {}) : Promise.reject(error);
  }
}

/**
 * Whether the client may be told of the charge, or act on it: what a watch gives back because
 * nobody knew of it is final. Refuses `payment_in_doubt` where that cannot be written down.
 */
async function knows(
  deps: MarketplaceDeps,
  merchant: Merchant,
  sale: Sale,
  { payment: { status } }: Done,
): Promise<boolean> {
  if (status !== "held" && status !== "captured") return true;
  const told = status === "held" ? "held" : "paid";
  const isTold = await tryToTell(deps, merchant, sale, { taken: true, status: told });
  return isTold ?? refuse("payment_in_doubt", { reference: sale.code });
}

/**
 * Collects a sale whose payer is back from the bank. What was held is captured whole; a sale whose
 * process ended between the payer's return and the charge is charged now. The answer is approved,
 * declined, or in doubt. Refuses `payment_not_found`, `payment_final` for what was collected, given
 * up or declined before, `not_authenticated` for a payer who is not back or came too late,
 * `payment_in_doubt` where what was collected could not be written down as told, and as
 * `finish` and `capture`. Two that come together collect once.
 */
export async function endThreeD(
  deps: MarketplaceDeps,
  caller: Caller,
  { code, clientIp }: EndAsk,
): Promise<Done> {
  const { merchant } = caller;
  const sale = await readSale(deps.db.kysely, merchant.id, { code });
  if (!sale) return refuse("payment_not_found", {});
  const { done, isRepeat } = await chargeOf(deps, merchant, sale, clientIp);
  if (!isSettled(done.attempt)) return done;
  const { status } = done.payment;
  if (!(await knows(deps, merchant, sale, done))) return isFinal();
  if (status !== "held") return isRepeat ? isFinal() : done;
  try {
    return await capture(deps.payments, caller, { target: done });
  } catch (error) {
    // Another call has captured or released it meanwhile.
    const isLate = error instanceof Refusal && error.code === "nothing_to_do";
    return isLate ? isFinal() : Promise.reject(error);
  }
}
