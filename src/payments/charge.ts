import { isUnavailable } from "../db/transaction.ts";
import { newId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { type Caller, routeCard, timeOf } from "../merchants/merchant.rules.ts";
import { chargeAtBank, settleOrLeave } from "./at-bank.ts";
import type { PaymentsDeps } from "./deps.ts";
import { askNow } from "./inquire.ts";
import { type Done, isSettled } from "./payment.rules.ts";
import { readByReference } from "./payments.store.ts";
import { type ChargeAsk, planCharge } from "./plan.rules.ts";
import { openOnce } from "./receipt.ts";

/** How often a reference that a declined payment just gave free is tried again. */
const OPEN_TRIES_MAX = 3;

/**
 * Opens the charge, or says why not. Refuses `reference_taken` when a payment under the reference
 * succeeded, `payment_in_doubt` while the bank has not said so.
 */
async function open(deps: PaymentsDeps, planned: Done): Promise<Done> {
  const { merchantId, reference } = planned.payment;
  for (let tries = 0; tries < OPEN_TRIES_MAX; tries += 1) {
    if (await deps.hotPath.openCharge(planned)) return planned;
    const found = await readByReference(deps.db, merchantId, reference);
    const holder = found.find((each) => each.payment.status !== "declined");
    if (!holder) continue;
    const known = isSettled(holder.attempt) ? holder : await askNow(deps, holder);
    if (!isSettled(known.attempt)) return refuse("payment_in_doubt", { reference });
    if (known.payment.status !== "declined") return refuse("reference_taken", { reference });
  }
  return refuse("payment_busy", {});
}

/**
 * Takes or holds money from a card. The attempt is stored before the bank is called, so a crash
 * anywhere leaves a row to ask about; its outcome is written through `settle`. The answer is
 * approved, declined, or in doubt: then the bank will be asked until it says, and never charged
 * again. Refusals: those of `routeCard` and `priceOf`, `reference_taken`, `payment_in_doubt`,
 * `request_key_reused`, `temporarily_unavailable`.
 */
export async function charge(deps: PaymentsDeps, caller: Caller, ask: ChargeAsk): Promise<Done> {
  const { merchant } = caller;
  const now = timeOf(merchant, deps.clock());
  const route = routeCard(merchant, ask.card.facts, ask.instalments);
  const xact = await takeXact(deps, caller);
  const birth = { id: newId("pay", now), xact, now };
  const planned = planCharge(merchant, route, ask, birth);
  const { done, isRepeat } = await openOnce(deps, merchant.id, ask.receipt, () =>
    open(deps, planned),
  );
  if (isRepeat) return done;
  const outcome = await chargeAtBank(deps, route.pos, ask, done);
  return settleOrLeave(deps, done, outcome);
}

async function takeXact(deps: PaymentsDeps, caller: Caller): Promise<bigint> {
  try {
    return await deps.nextXact(caller.merchant.id);
  } catch (error) {
    return isUnavailable(error) ? refuse("temporarily_unavailable", {}) : Promise.reject(error);
  }
}
