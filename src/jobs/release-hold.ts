import type { Task } from "graphile-worker";
import { type PaymentsDeps, type ReleaseHold, releaseHold as release } from "../payments/index.ts";

/** Gives back the hold that a cancelled capture left at the bank. Failing, it is tried again. */
export const releaseHold =
  (payments: PaymentsDeps): Task =>
  (payload) =>
    release(payments, payload as ReleaseHold);
