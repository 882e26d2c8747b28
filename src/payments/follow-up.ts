import { newId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { type Caller, timeOf } from "../merchants/merchant.rules.ts";
import { followUpAtBank, settleOrLeave } from "./at-bank.ts";
import type { PaymentsDeps } from "./deps.ts";
import { askNow } from "./inquire.ts";
import { endLate } from "./late.ts";
import { isOverdue, NOT_SENT } from "./overdue.ts";
import { type Attempt, type Done, isSettled, type Payment } from "./payment.rules.ts";
import { readDone, readUnsettled } from "./payments.store.ts";
import type { FollowUp, Receipt } from "./plan.rules.ts";
import { openOnce } from "./receipt.ts";

/** Between two questions to the bank about what others may still wait for. */
const ASK_GAP_MS = 5_000;
/** How long a caller waits for another operation on the same payment to end. */
const WAIT_MAX_MS = 20_000;
const WAIT_FIRST_MS = 20;
const WAIT_STEP_MAX_MS = 400;

/** Decides the attempt from the payment and the attempt it acts on; refuses by throwing. */
export type Plan = (payment: Payment, original: Attempt, more: FollowUp) => Attempt;
export type FollowUpAsk = Readonly<{
  /** The attempt that the caller named. */
  target: Done;
  notifyUrl?: string | undefined;
  receipt?: Receipt | undefined;
  /** Runs before each opening, after the payment was read; what it refuses is refused. */
  admit?: (() => Promise<void>) | undefined;
}>;

/** The bank is asked first about whatever is in doubt: only then is it known what may be done. */
async function ready(deps: PaymentsDeps, target: Done, mayAsk: boolean): Promise<Done | "busy"> {
  const { merchantId } = target.payment;
  // In this order: what is opened after the payment was read is seen, or has moved its version.
  const current = await readDone(deps.db, merchantId, { attemptId: target.attempt.id });
  if (!current) return refuse("payment_not_found", {});
  const unsettled = await readUnsettled(deps.db, merchantId, target.payment.id);
  if (!unsettled) return current;
  if (unsettled.status === "open" && !mayAsk) return "busy";
  const known = await askNow(deps, { payment: current.payment, attempt: unsettled });
  if (isSettled(known.attempt)) return "busy";
  if (known.attempt.status === "open") return "busy";
  return refuse("payment_in_doubt", { reference: current.payment.reference });
}

async function open(
  deps: PaymentsDeps,
  caller: Caller,
  ask: FollowUpAsk,
  plan: Plan,
  more: Partial<FollowUp>,
): Promise<Done> {
  let wait = WAIT_FIRST_MS;
  let askAt = 0;
  for (let waited = 0; waited < WAIT_MAX_MS; waited += wait) {
    const mayAsk = waited >= askAt;
    if (mayAsk) askAt = waited + ASK_GAP_MS;
    const found = await ready(deps, ask.target, mayAsk);
    if (found !== "busy") {
      await ask.admit?.();
      const now = timeOf(caller.merchant, deps.clock());
      const xact = await deps.nextXact(caller.merchant.id);
      const birth = { id: newId("att", now), xact, now, notifyUrl: ask.notifyUrl, ...more };
      const attempt = plan(found.payment, found.attempt, birth);
      // Opening moves the payment to the next version; the outcome is applied to that one.
      if (await deps.hotPath.openFollowUp({ payment: found.payment, attempt })) {
        return { payment: { ...found.payment, version: found.payment.version + 1 }, attempt };
      }
    }
    await deps.pause(wait);
    wait = Math.min(wait * 2, WAIT_STEP_MAX_MS);
  }
  return refuse("payment_busy", {});
}

/**
 * Captures, voids or refunds: opened while nothing else is open on the payment, sent to the bank
 * outside any transaction, settled. Waits for an operation that is under way; refuses
 * `payment_in_doubt` when the bank cannot say what became of an earlier one, `payment_busy` when
 * waiting took too long, and whatever `plan` refuses. One that lay too long is not sent, as a
 * charge is not; what a bank says yes to after it was given up is booked all the same.
 */
export async function followUp(
  deps: PaymentsDeps,
  caller: Caller,
  ask: FollowUpAsk,
  plan: Plan,
): Promise<Done & { isRepeat: boolean }> {
  const { receipt } = ask;
  const { done, isRepeat } = await openOnce(deps, caller.merchant.id, receipt, () =>
    open(deps, caller, ask, plan, { receipt }),
  );
  if (isRepeat) return { ...done, isRepeat };
  const isLate = await isOverdue(deps, caller.merchant, done.attempt);
  const outcome = isLate ? NOT_SENT : await followUpAtBank(deps, done);
  const settled = await settleOrLeave(deps, done, outcome);
  return { ...(await endLate(deps, settled, outcome)), isRepeat };
}
