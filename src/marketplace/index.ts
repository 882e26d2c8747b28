export { type Answers, type ApprovalTerms, failReasons } from "./approval.rules.ts";
export { approve } from "./approve.ts";
export {
  dropCallback,
  dropCallbackKey,
  listCallbacks,
  newCallbackKey,
  readCallbackKey,
  saveCallback,
} from "./callbacks.store.ts";
export { changeDebt } from "./change-debts.ts";
export { changeEarnings, type EarningName } from "./change-earnings.ts";
export {
  defineCargo,
  defineDiscount,
  findProduct,
  restateEarning,
} from "./change-products.ts";
export { closeReturned } from "./close-returned.ts";
export type { MarketplaceDeps } from "./deps.ts";
export { distribute } from "./distribute.ts";
export { type DueByHand, dueTransfers } from "./due-transfers.ts";
export type { EarningDue } from "./earning.rules.ts";
export type { EarningChange } from "./earning-change.rules.ts";
export { isMemberDue } from "./earnings.store.ts";
export { endThreeD } from "./end-3d.ts";
export { findBatch, findBatches, transferOf } from "./find-batches.ts";
export {
  findApprovals,
  findDebts,
  findEarning,
  findEarnings,
  findLines,
  findMemberEarnings,
  type ProductEarnings,
  type ShownDebt,
} from "./find-earnings.ts";
export { findOrder } from "./find-order.ts";
export { type FoundPayment, findPayment, type PaymentName } from "./find-sale.ts";
export { followCaptures } from "./follow-captures.ts";
export { followReturns } from "./follow-returns.ts";
export { cancelSale, type PartTerms, refundPart, refundSale, revertSale } from "./give-back.ts";
export { endLateReturns } from "./late-returns.ts";
export { lookAtWatches, SEND_WATCH, type WatchCall } from "./look-at-watches.ts";
export { type Marked, markBatch } from "./mark-batch.ts";
export { createOpenSale } from "./open-sales.ts";
export { chargeOnPage, watchPage } from "./page-watch.ts";
export { type PayerAt, payerOf } from "./payer.ts";
export { pending } from "./pending.ts";
export { captureSale, releaseSale } from "./provision.ts";
export {
  type Callback,
  queueCallbacks,
  SEND_CALLBACK,
  toldPayment,
} from "./queue-callbacks.ts";
export { receiverOf } from "./receivers.store.ts";
export { reject } from "./reject.ts";
export { restartOrder } from "./restart-order.ts";
export { type RetryName, retry } from "./retry.ts";
export { readSale } from "./sales.store.ts";
export { type CardOfSale, sell } from "./sell.ts";
export {
  changeSettings,
  type Distribution,
  findSettings,
  readPlatformAccounts,
  readSettings,
  type Settings,
  savePlatformAccount,
  saveSettings,
} from "./settings.store.ts";
export { startThreeD } from "./start-3d.ts";
export { startOrder } from "./start-order.ts";
export { takeDue } from "./take-due.ts";
export { hasMoney, tellSale } from "./tell-sale.ts";
export type { ToldSale } from "./turned-away.ts";
export { readWatch } from "./watches.store.ts";
