import type { Task } from "graphile-worker";
import { type PaymentsDeps, type Stray, takeBackStray as takeBack } from "../payments/index.ts";

/** Takes back what a bank charged for a payment that had ended without. Failing, it tries again. */
export const takeBackStray =
  (payments: PaymentsDeps): Task =>
  (payload) =>
    takeBack(payments, payload as Stray);
