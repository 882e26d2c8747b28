export { receiptOf } from "./ask-hash.ts";
export { awaitOutcome, type Patience, patience } from "./await-outcome.ts";
export { capture } from "./capture.ts";
export { charge, chargeOpened, chargePlanned, checkReference, openAhead } from "./charge.ts";
export type { AfterSettlement, PaymentsDeps } from "./deps.ts";
export { createHotPath, openCharges, settleAll } from "./hot-path.ts";
export { askNow, inquireDue } from "./inquire.ts";
export { endLate, LOOK_AGAIN, type LookAgain, lookAgain, queueLooks } from "./late.ts";
export type { Attempt, AttemptKind, Done, Payment, PaymentDetails } from "./payment.rules.ts";
export {
  giveReference,
  lockPayment,
  readAttempts,
  readByReference,
  readDone,
  readDones,
  readInstead,
  readPayment,
  readUnsettled,
  touchPayment,
} from "./payments.store.ts";
export type { Receipt } from "./plan.rules.ts";
export { queueRelease, RELEASE_HOLD, type ReleaseHold, releaseHold } from "./release-later.ts";
export {
  countUnsettled,
  listTransactions,
  readStories,
  readStory,
  type Story,
  type TransactionFilter,
  type Unsettled,
} from "./reports.store.ts";
export { askHolder, settleReturned } from "./returned.ts";
export { reverse } from "./reverse.ts";
export { paymentRow as plannedRow, plannedOf } from "./rows.ts";
export { isStray, type Stray, TAKE_BACK_STRAY, takeBackStray } from "./stray.ts";
export { release, reopen } from "./undo.ts";
