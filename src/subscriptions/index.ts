export { arrangeCards } from "./arrange-cards.ts";
export {
  setAllInvoices,
  setInvoiceAmount,
  setInvoiceStatus,
  setPlanAmount,
} from "./change-invoices.ts";
export { changeAmount, changeStatus } from "./change-order.ts";
export { deleteRecurring, switchRecurring } from "./change-recurring.ts";
export {
  confirmCardEntry,
  type EnteredOrder,
  type EntryEnd,
  type EntryPlace,
  entryPlaceOf,
} from "./confirm-card-entry.ts";
export { createInvoice } from "./create-invoice.ts";
export { createRecurring } from "./create-recurring.ts";
export { createSubscription, type OrderAsk } from "./create-subscription.ts";
export type { SubscriptionsDeps } from "./deps.ts";
export { drawDue } from "./draw-due.ts";
export { dropUnfinished } from "./drop-unfinished.ts";
export { editRecurring } from "./edit-recurring.ts";
export { endOpenings, type Opened } from "./end-opening.ts";
export { findOrder } from "./find-order.ts";
export {
  recurringOfOrder,
  recurringWithCharge,
  type ShownRecurring,
  showRecurring,
} from "./find-recurring.ts";
export { type Linked, linkCard } from "./link-card.ts";
export { type InvoiceTry, listInvoices, listTries } from "./list-invoices.ts";
export { type ManualRow, manualCharge } from "./manual-charge.ts";
export { type Notice, TELL_SHOP } from "./notice.ts";
export { createOpenDraw } from "./open-draws.ts";
export { type CodeStep, codeStepOf, proveVisit, sendOrderCode, visitOf } from "./order-code.ts";
export { type OrderPage, openOrderPage, targetOf } from "./order-page.ts";
export { ORDER_PATH, orderPath, orderUrl } from "./order-url.ts";
export type { PayerCard } from "./payer-cards.store.ts";
export { filterCards, labelCard, listCards } from "./payer-cards.ts";
export { type News, readNews } from "./read-news.ts";
export {
  addRecurringCard,
  listRecurringCards,
  type RecurringCard,
  removeRecurringCard,
} from "./recurring-cards.ts";
export {
  listPooledCustomers,
  listPooledItems,
  type PooledCustomer,
  type PooledItem,
} from "./recurring-pools.store.ts";
export { removeCard } from "./remove-card.ts";
export { sendAgain } from "./send-again.ts";
export { settleDraws } from "./settle-draws.ts";
export { listOrders, type OrderView, type ShownRow, showOrder } from "./show-orders.ts";
export { entryTargetOf, startCardEntry } from "./start-card-entry.ts";
