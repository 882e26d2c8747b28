import type { Means } from "../acquirers/index.ts";
import { constraintOf, isUnavailable } from "../db/transaction.ts";
import { type MerchantId, newId } from "../lib/id.ts";
import { Refusal, refuse } from "../lib/refusal.ts";
import { type Caller, type Merchant, routeCard, timeOf } from "../merchants/merchant.rules.ts";
import { numberHider } from "../vault/card.rules.ts";
import { chargeAtBank, settleOrLeave } from "./at-bank.ts";
import type { PaymentsDeps } from "./deps.ts";
import { askNow } from "./inquire.ts";
import { endLate } from "./late.ts";
import { isOverdue, NOT_SENT } from "./overdue.ts";
import { type Done, isSettled, type Payment } from "./payment.rules.ts";
import { readByReference, readDone } from "./payments.store.ts";
import { type ChargeAsk, planCharge, planPayment, type Receipt } from "./plan.rules.ts";
import { noDatabase, openOnce, takenBefore } from "./receipt.ts";

/** How often a reference that a declined payment just gave free is tried again. */
const OPEN_TRIES_MAX = 3;

/**
 * Refuses `reference_taken` when a payment under the reference succeeded, `payment_in_doubt` while
 * the bank has not said so. The charge itself is held by the table, whatever happens in between.
 */
export async function checkReference(
  deps: PaymentsDeps,
  merchant: MerchantId,
  reference: string,
): Promise<void> {
  const found = await readByReference(deps.db, merchant, reference);
  const holder = found.find(
    ({ payment }) => payment.status !== "declined" && !payment.sharesReference,
  );
  if (!holder) return;
  const known = isSettled(holder.attempt) ? holder : await askNow(deps, holder);
  if (!isSettled(known.attempt)) refuse("payment_in_doubt", { reference });
  if (known.payment.status !== "declined") refuse("reference_taken", { reference });
}

/** Stores payment and attempt, and says whether it did: not while another has the reference. */
type OpenCharge = (planned: Done) => Promise<boolean>;

/** Opens the charge, or says why not, as `checkReference` does. */
async function open(
  deps: PaymentsDeps,
  planned: Done,
  openCharge: OpenCharge = deps.hotPath.openCharge,
): Promise<Done> {
  const { merchantId, reference } = planned.payment;
  for (let tries = 0; tries < OPEN_TRIES_MAX; tries += 1) {
    if (await openCharge(planned)) return planned;
    await checkReference(deps, merchantId, reference);
  }
  return refuse("payment_busy", {});
}

/** A payment that was planned, and what it is charged with. */
export type PlannedCharge = Readonly<{
  merchant: Merchant;
  payment: Payment;
  kind: "sale" | "hold";
  /** Absent where nothing is left to charge with: then only an earlier charge is found. */
  means: Means | undefined;
  clientIp: string;
  receipt?: Receipt | undefined;
  admit?: ChargeAsk["admit"];
  /** Where more is stored in the commit that opens the charge. What it refuses is passed on. */
  openCharge?: OpenCharge | undefined;
}>;

/**
 * Charges a planned payment at its contract. With a receipt, a second call answers what the first
 * one led to, waited for while it is at the bank. Refusals as `charge`, and `session_not_found`
 * with nothing to charge with.
 */
export async function chargePlanned(
  deps: PaymentsDeps,
  ask: PlannedCharge,
): Promise<{ done: Done; isRepeat: boolean }> {
  const { merchant, payment, kind, means, clientIp, receipt, admit, openCharge } = ask;
  const opened = await openOnce(deps, merchant.id, receipt, async () => {
    if (!means) return refuse("session_not_found", {});
    await admit?.();
    const xact = await takeXact(deps, merchant.id);
    const now = timeOf(merchant, deps.clock());
    return open(deps, planCharge(payment, kind, { xact, now, receipt }), openCharge);
  });
  if (opened.isRepeat || !means) return opened;
  const done = await chargeOpened(deps, { merchant, kind, means, clientIp }, opened.done);
  return { done, isRepeat: false };
}

/**
 * The rest of the way of a charge that was opened here and now: the bank is asked and its outcome
 * written. Never throws on the bank's account: what is not known is in doubt, and asked about. A
 * process that stood still since the opening sends nothing any more, since the bank may have been
 * asked and have said that it knows of no charge. One that stood still on its way to the bank all
 * the same finds its payment declined, or being taken back: what the bank then took goes back.
 */
export async function chargeOpened(
  deps: PaymentsDeps,
  ask: Readonly<{ merchant: Merchant; kind: "sale" | "hold"; means: Means; clientIp: string }>,
  opened: Done,
): Promise<Done> {
  const isLate = await isOverdue(deps, ask.merchant, opened.attempt);
  const outcome = isLate ? NOT_SENT : await chargeAtBank(deps, ask, opened);
  return endLate(deps, await settleOrLeave(deps, opened, outcome), outcome);
}

/** A planned payment that the bank's own page is going to charge. */
export type AheadCharge = Pick<PlannedCharge, "merchant" | "payment" | "kind" | "openCharge"> &
  Readonly<{
    receipt: Receipt;
    /** When the payer cannot be on the bank's page any more. */
    dueAt: Date;
  }>;

/**
 * Opens the charge that the bank's page makes by itself: stored before the payer goes there, so
 * that nothing the bank takes is unknown to us. The bank is asked what became of it from `dueAt`
 * on, or by whoever wants to know before; that it knows of none counts from then on alone. Opening
 * it twice opens it once. Refuses as `checkReference`, and `temporarily_unavailable`.
 */
export async function openAhead(deps: PaymentsDeps, ask: AheadCharge): Promise<void> {
  const { merchant, payment, kind, receipt, dueAt, openCharge } = ask;
  const isOpened = async () =>
    (await readDone(deps.db, merchant.id, { requestKey: receipt.requestKey })) !== undefined;
  try {
    if (await isOpened()) return;
    const xact = await takeXact(deps, merchant.id);
    const now = timeOf(merchant, deps.clock());
    const planned = planCharge(payment, kind, { xact, now, receipt });
    await open(deps, { payment, attempt: { ...planned.attempt, dueAt } }, openCharge);
  } catch (error) {
    if (noDatabase(error)) return refuse("temporarily_unavailable", {});
    const hasTwin = error instanceof Refusal || takenBefore(constraintOf(error));
    // What is refused to a twin is not its answer.
    if (!hasTwin || !(await isOpened())) throw error;
  }
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
  const { card, kind, clientIp, receipt, admit } = ask;
  if (receipt && numberHider(card)(receipt.requestKey) !== receipt.requestKey) {
    return refuse("invalid_input", { field: "Idempotency-Key", problem: "card_number" });
  }
  const now = timeOf(merchant, deps.clock());
  const route = routeCard(merchant, card.facts, ask.instalments, ask);
  const payment = planPayment(merchant, route, ask, { id: newId("pay", now), now });
  const planned = { merchant, payment, kind, means: { card }, clientIp, receipt, admit };
  return (await chargePlanned(deps, planned)).done;
}

async function takeXact(deps: PaymentsDeps, merchant: MerchantId): Promise<bigint> {
  try {
    return await deps.nextXact(merchant);
  } catch (error) {
    return isUnavailable(error) ? refuse("temporarily_unavailable", {}) : Promise.reject(error);
  }
}
