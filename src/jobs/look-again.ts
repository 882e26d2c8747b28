import type { Task } from "graphile-worker";
import { type LookAgain, lookAgain as look, type PaymentsDeps } from "../payments/index.ts";

/** Looks whether what never arrived at a bank has done so since. Failing, it tries again. */
export const lookAgain =
  (payments: PaymentsDeps): Task =>
  (payload) =>
    look(payments, payload as LookAgain);
