import type { Task } from "graphile-worker";
import { type Confirmation, confirmationBody } from "../facades/paynet/link/confirmation.ts";
import { type PaymentsDeps, readDone } from "../payments/index.ts";
import { tellMerchant } from "./web.ts";

/**
 * Tells a merchant's address that a link was paid. Failing, the queue tries again as often as the
 * job says, each time later than before.
 */
export const sendPaynetConfirmation =
  ({ db, merchantOf }: Pick<PaymentsDeps, "db" | "merchantOf">): Task =>
  async (payload, { logger }) => {
    const { merchantId, attemptId, url } = payload as Confirmation;
    const merchant = await merchantOf(merchantId);
    const done = await readDone(db, merchantId, { attemptId });
    if (!done) return;
    await tellMerchant(merchant, { url, body: confirmationBody(merchant, done) }, logger);
  };
