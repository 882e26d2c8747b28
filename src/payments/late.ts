import type { Finding, Outcome } from "../acquirers/index.ts";
import { inTx, type Tx } from "../db/transaction.ts";
import { addJob } from "../events/index.ts";
import { after, type Clock } from "../lib/clock.ts";
import { type AttemptId, type MerchantId, newId } from "../lib/id.ts";
import { Refusal } from "../lib/refusal.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { askAtBank } from "./at-bank.ts";
import type { AfterSettlement, PaymentsDeps } from "./deps.ts";
import { isTakenBack } from "./doubt.rules.ts";
import { planLate } from "./late.rules.ts";
import { type Attempt, type Done, isCharge, isSettled } from "./payment.rules.ts";
import { readDone, readInstead, readUnsettled } from "./payments.store.ts";
import { patiently, settle } from "./settle.ts";
import { isStray, originalOf, returnStray, takeBackStray } from "./stray.ts";

/*
 * What a bank knows nothing of ends as never arrived. Whoever had stood still with it may bring it
 * there all the same: what comes so late is taken back (a charge) or booked (all else).
 */

export const LOOK_AGAIN = "look-again";
/** How often it was looked at before. */
export type LookAgain = Readonly<{ merchantId: MerchantId; attemptId: AttemptId; looks: number }>;
/** Whoever sends so late may end without telling what its bank said. */
const LOOK_GAPS_MS = [10, 60, 24 * 60].map((minutes) => minutes * 60_000);

async function addLook(tx: Tx, clock: Clock, look: LookAgain): Promise<void> {
  const gap = LOOK_GAPS_MS[look.looks];
  if (gap) await addJob(tx, LOOK_AGAIN, look, { runAt: after(clock(), gap) });
}

const firstLook = ({ merchantId, id }: Attempt): LookAgain => ({
  ...{ merchantId, attemptId: id, looks: 0 },
});

/** Whether the bank was believed that it never got it: what was not sent at all cannot come. */
const mayCome = (attempt: Attempt): boolean =>
  attempt.declineReason === "never_arrived" &&
  (isCharge(attempt.kind) ? isTakenBack(attempt) : attempt.notFoundCount > 0);

/** Looks for what may still come, queued in the transaction that ends it. */
export const queueLooks = (clock: Clock): AfterSettlement => ({
  wants: ({ attempt }) => mayCome(attempt),
  run: (tx, { attempt }) => addLook(tx, clock, firstLook(attempt)),
});

/**
 * Asks what has become of a capture, void or refund that had ended, and books what the bank has
 * done beside what is booked, as an attempt of its own instead of the one that ended. It is opened
 * on the payment as that was when the bank was asked, so what others did meanwhile is not taken for
 * it, and twice books once. Says whether it may still come. Throws where that is not known.
 */
async function lookForFollowUp(deps: PaymentsDeps, ended: Done): Promise<boolean> {
  const { payment, attempt } = ended;
  const { merchantId, originalId } = attempt;
  const target = originalId && (await readDone(deps.db, merchantId, { attemptId: originalId }));
  if (!target || (await readInstead(deps.db, merchantId, attempt))) return false;
  if (await readUnsettled(deps.db, merchantId, payment.id)) throw new Error("it is busy");
  const now = timeOf(await deps.merchantOf(merchantId), deps.clock());
  const birth = { id: newId("att", now), xact: await deps.nextXact(merchantId), now };
  const notifyUrl = attempt.notifyUrl ?? undefined;
  let planned: Attempt;
  try {
    planned = planLate(payment, target.attempt, attempt, { ...birth, notifyUrl });
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
  const finding = await askAtBank(deps, { payment, attempt: planned });
  if (finding.kind !== "approved") return mayBeFound(attempt, finding);
  const isOpen = await deps.hotPath.openFollowUp({ payment, attempt: planned });
  if (!isOpen) throw new Error(`${payment.id} was changed meanwhile`);
  const opened = { payment: { ...payment, version: payment.version + 1 }, attempt: planned };
  await settle(deps, opened, { kind: "approved", ...originalOf(finding) });
  return false;
}

function mayBeFound({ id }: Attempt, finding: Finding): boolean {
  if (finding.kind === "unknown") throw new Error(`${id}: ${finding.why}`);
  return true;
}

/** The same of a charge: what has come goes back. */
async function lookForCharge(deps: PaymentsDeps, ended: Done): Promise<boolean> {
  const finding = await askAtBank(deps, ended);
  if (finding.kind !== "approved") return mayBeFound(ended.attempt, finding);
  const { merchantId, id: paymentId } = ended.payment;
  await takeBackStray(deps, { merchantId, paymentId, ...originalOf(finding) });
  return false;
}

/** Does what has come since of what had ended. Says whether it may still come. */
async function doWhatCame(deps: PaymentsDeps, ended: Done): Promise<boolean> {
  if (!isCharge(ended.attempt.kind)) return lookForFollowUp(deps, ended);
  return ended.attempt.status === "declined" && lookForCharge(deps, ended);
}

/**
 * Asks the bank once more of what never arrived, does what has come since, and queues the next
 * look. Throws where the bank does not say, or something else is under way: the queue tries again.
 */
export async function lookAgain(deps: PaymentsDeps, look: LookAgain): Promise<void> {
  const { merchantId, attemptId } = look;
  const done = await readDone(deps.db, merchantId, { attemptId });
  if (!done || !isSettled(done.attempt) || !(await doWhatCame(deps, done))) return;
  await inTx(deps.db, (tx) => addLook(tx, deps.clock, { ...look, looks: look.looks + 1 }));
}

/**
 * Whether a bank says yes to a capture, void or refund that is not written as what it says: it was
 * given up, or was taken for another refund of the same sum. Refunds are told apart by their sums.
 */
const isUnbooked = ({ kind, status, bankReference }: Attempt, outcome: Outcome): boolean =>
  outcome.kind === "approved" &&
  !isCharge(kind) &&
  (status === "declined" ||
    (kind === "refund" && status === "approved" && bankReference !== outcome.bankReference));

/** Queues a look before it is taken. Answers what stands in the place of what had ended. */
async function lookNow(deps: PaymentsDeps, ended: Done): Promise<Done> {
  const { attempt } = ended;
  await patiently(deps, () => inTx(deps.db, (tx) => addJob(tx, LOOK_AGAIN, firstLook(attempt))));
  try {
    await doWhatCame(deps, ended);
    const { merchantId } = attempt;
    const booked = await readInstead(deps.db, merchantId, attempt);
    return (booked && (await readDone(deps.db, merchantId, { attemptId: booked.id }))) ?? ended;
  } catch {
    // The queue tries again and tells of its failure.
    return ended;
  }
}

/**
 * Looks after what a bank said of what had ended, or is being taken back: a charge goes back; of
 * all else the bank is asked what there is beside what is booked; after silence it is asked later.
 * Answers what it has become.
 */
export async function endLate(deps: PaymentsDeps, done: Done, outcome: Outcome): Promise<Done> {
  const { attempt } = done;
  if (isCharge(attempt.kind) && isStray(outcome, done)) return returnStray(deps, done, outcome);
  if (isUnbooked(attempt, outcome)) return lookNow(deps, done);
  if (outcome.kind !== "doubtful" || attempt.status !== "declined") return done;
  await patiently(deps, () => inTx(deps.db, (tx) => addLook(tx, deps.clock, firstLook(attempt))));
  return done;
}
