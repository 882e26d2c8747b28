export { receiptOf } from "./ask-hash.ts";
export { capture } from "./capture.ts";
export { charge, chargePlanned, checkReference } from "./charge.ts";
export type { AfterSettlement, PaymentsDeps } from "./deps.ts";
export { createHotPath, openCharges, settleAll } from "./hot-path.ts";
export { inquireDue } from "./inquire.ts";
export type { Attempt, AttemptKind, Done, Payment, PaymentDetails } from "./payment.rules.ts";
export { readAttempts, readByReference, readDone } from "./payments.store.ts";
export type { Receipt } from "./plan.rules.ts";
export { queueRelease, RELEASE_HOLD, type ReleaseHold, releaseHold } from "./release-later.ts";
export {
  countUnsettled,
  listTransactions,
  readStories,
  type TransactionFilter,
  type Unsettled,
} from "./reports.store.ts";
export { reverse } from "./reverse.ts";
export { paymentRow as plannedRow, plannedOf } from "./rows.ts";
export { release, reopen } from "./undo.ts";
