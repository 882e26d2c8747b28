export { GATE_PATH, gateUrl, type Posted, RETURN_PATH } from "./bank-order.ts";
export { type CameBack, comeBack, goToBank } from "./bank-page.ts";
export { type CalledLink, calledLink } from "./called-link.ts";
export { openCardSession } from "./card-session.ts";
export { changeLink } from "./change-link.ts";
export { dropIdle, dropUncharged } from "./checkout.store.ts";
export { createLink, LINK_PATH, type LinkAsk, linkUrl, type MadeLink } from "./create-link.ts";
export type { CheckoutDeps } from "./deps.ts";
export { type CodeForReceipt, underCode } from "./end-user.ts";
export { RECEIPT_PATH, type Receipt, readReceipt, sendReceipts } from "./end-user-receipt.ts";
export { type FoundLink, findLink, linkOf, listLinks, openLinkPage } from "./find-link.ts";
export { finish } from "./finish.ts";
export { followLinks, linkPaidBy, mayPayLink } from "./follow-links.ts";
export { handleOf } from "./handle.ts";
export { keepCard } from "./keep-card.ts";
export type { Link } from "./link.rules.ts";
export { wantedCalls } from "./link.store.ts";
export { qrSvg } from "./link-qr.ts";
export { sessionForLink } from "./link-session.ts";
export { findNumberedLink } from "./numbered-links.store.ts";
export {
  changeTerms,
  type Found,
  type FoundTry,
  findSession,
  findTry,
  openSession,
  readTry,
  tryIn,
} from "./open-session.ts";
export { cardsOnPage, openPageCard, type PageCard } from "./page-cards.ts";
export { readPicture } from "./picture.store.ts";
export { type Saved, saveAfter } from "./save-card.ts";
export type { SaveAsk, Session, Terms } from "./session.rules.ts";
export { followStock } from "./stock.ts";
export {
  forgetTempCard,
  giveTempToken,
  keepTempCard,
  openTempCard,
  readTempToken,
  TEMP_MINUTES_MAX,
} from "./temp-card.ts";
export { type TryAsk, tryCard } from "./try-card.ts";
export { giveBackDue } from "./unclaimed.ts";
export { releaseChecks } from "./verify-card.ts";
