import type { Caller } from "../merchants/index.ts";
import type { PaymentsDeps } from "./deps.ts";
import { followUp } from "./follow-up.ts";
import type { Done } from "./payment.rules.ts";
import { planCapture, type Receipt } from "./plan.rules.ts";

export type CaptureAsk = Readonly<{
  /** The hold. */
  target: Done;
  /** Minor units; absent draws the whole hold. */
  amountMinor?: bigint | undefined;
  receipt?: Receipt | undefined;
}>;

/** Draws all or a part of a hold, releases the rest. Refuses as `planCapture` and `followUp` do. */
export const capture = (deps: PaymentsDeps, caller: Caller, ask: CaptureAsk): Promise<Done> =>
  followUp(deps, caller, ask, (payment, hold, more) =>
    planCapture(payment, hold, ask.amountMinor, more),
  );
