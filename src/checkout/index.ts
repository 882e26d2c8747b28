export { type CameBack, comeBack, goToBank, RETURN_PATH, type WayToBank } from "./bank-page.ts";
export type { CheckoutDeps } from "./deps.ts";
export { type Finished, finish } from "./finish.ts";
export { handleOf } from "./handle.ts";
export {
  changeTerms,
  type Found,
  type FoundTry,
  findSession,
  findTry,
  openSession,
} from "./open-session.ts";
export { type Saved, saveAfter } from "./save-card.ts";
export type { SaveAsk, Session, Terms, Token } from "./session.rules.ts";
export { tryCard } from "./try-card.ts";
