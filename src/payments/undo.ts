import type { Caller } from "../merchants/index.ts";
import type { PaymentsDeps } from "./deps.ts";
import { followUp } from "./follow-up.ts";
import type { Done } from "./payment.rules.ts";
import { planRelease, planReopen, type Receipt } from "./plan.rules.ts";

export type UndoAsk = Readonly<{
  target: Done;
  receipt?: Receipt | undefined;
  /** As that of `reverse`. */
  admit?: (() => Promise<void>) | undefined;
}>;

/** Gives a hold back to the card. Refuses as `planRelease` and `followUp` do. */
export const release = (deps: PaymentsDeps, caller: Caller, ask: UndoAsk): Promise<Done> =>
  followUp(deps, caller, ask, planRelease);

/** Takes a capture back on its own day; the hold stays. Refuses as `planReopen`, `followUp` do. */
export const reopen = (deps: PaymentsDeps, caller: Caller, ask: UndoAsk): Promise<Done> =>
  followUp(deps, caller, ask, planReopen);
