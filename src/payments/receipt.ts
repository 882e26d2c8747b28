import { GatherFull } from "../db/gather.ts";
import { constraintOf, isUnavailable } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { Refusal, refuse } from "../lib/refusal.ts";
import { patience, waitWhileOpen } from "./await-outcome.ts";
import type { PaymentsDeps } from "./deps.ts";
import { askNow } from "./inquire.ts";
import type { Done } from "./payment.rules.ts";
import { readDone, readInstead, readPayment } from "./payments.store.ts";
import type { Receipt } from "./plan.rules.ts";

async function readFirst(
  deps: PaymentsDeps,
  merchant: MerchantId,
  receipt: Receipt,
): Promise<Done | undefined> {
  const first = await readDone(deps.db, merchant, { requestKey: receipt.requestKey });
  if (!first) return undefined;
  if (first.attempt.askHash !== receipt.askHash) return refuse("request_key_reused", {});
  const attempt = await readInstead(deps.db, merchant, first.attempt);
  if (!attempt) return first;
  const payment = await readPayment(deps.db, merchant, attempt.paymentId);
  return { payment: payment ?? first.payment, attempt };
}

/**
 * What an earlier request with the same key led to, if there was one: its answer, waited for while
 * it is at the bank. Whatever is unsettled after that is asked about at once. Refuses
 * `request_key_reused` when that request asked for something else.
 */
async function findRepeat(
  deps: PaymentsDeps,
  merchant: MerchantId,
  receipt: Receipt | undefined,
): Promise<Done | undefined> {
  if (!receipt) return undefined;
  const found = await waitWhileOpen(deps, () => readFirst(deps, merchant, receipt), patience());
  return found && askNow(deps, found);
}

/** What a twin of a request runs into: its key, or the id of a payment that was planned earlier. */
const taken = new Set(["one_attempt_per_request_key", "payments_pkey"]);

/** Whether a constraint says that a twin of the request was there first. */
export const takenBefore = (constraint: string | undefined): boolean => taken.has(constraint ?? "");

export const noDatabase = (error: unknown) => isUnavailable(error) || error instanceof GatherFull;

/** Between two looks for a twin that has used what can be used once, and opens its attempt now. */
const TWIN_WAITS_MS = [20, 60, 200, 600];
/**
 * Refused where a twin may have what is left to charge with. A security code is a twin's, or that
 * of a process that ended; a code from a text message is as often just used up.
 */
const usedUp: ReadonlyMap<string, readonly number[]> = new Map([
  ["receipt_refused", TWIN_WAITS_MS],
  ["session_not_found", [...TWIN_WAITS_MS, 1_000, 2_000, 4_000]],
]);

/** The request at the same moment that this one ran into, waited for where it is on its way. */
async function findTwin(
  deps: PaymentsDeps,
  merchant: MerchantId,
  receipt: Receipt | undefined,
  error: unknown,
): Promise<Done | undefined> {
  const waits = receipt && error instanceof Refusal ? usedUp.get(error.code) : undefined;
  for (const wait of waits ?? []) {
    const twin = await findRepeat(deps, merchant, receipt);
    if (twin) return twin;
    await deps.pause(wait);
  }
  return findRepeat(deps, merchant, receipt);
}

/**
 * Opens an attempt once for each request key. What `open` refuses to a request whose twin came at
 * the same moment is not its answer: the twin's is. Refuses what `open` and `findRepeat` refuse,
 * and `temporarily_unavailable` when the database is gone: then this call has not called the
 * bank, though an earlier one may have.
 */
export async function openOnce(
  deps: PaymentsDeps,
  merchant: MerchantId,
  receipt: Receipt | undefined,
  open: () => Promise<Done>,
): Promise<{ done: Done; isRepeat: boolean }> {
  try {
    const earlier = await findRepeat(deps, merchant, receipt);
    if (earlier) return { done: earlier, isRepeat: true };
    try {
      return { done: await open(), isRepeat: false };
    } catch (error) {
      const isTaken = takenBefore(constraintOf(error));
      if (!isTaken && !(error instanceof Refusal)) throw error;
      const twin = await findTwin(deps, merchant, receipt, error);
      if (twin) return { done: twin, isRepeat: true };
      throw isTaken ? new Refusal("payment_busy", {}) : error;
    }
  } catch (error) {
    if (noDatabase(error)) return refuse("temporarily_unavailable", {});
    throw error;
  }
}
