import type { Task } from "graphile-worker";
import { payoutNoticeBody } from "../facades/paywall/payout/payout.wire.ts";
import type { PaymentsDeps } from "../payments/index.ts";
import { type PayoutNotice, readPayout } from "../payouts/index.ts";
import { tellMerchant } from "./web.ts";

/**
 * Tells a client's address what became of a payout, as it stands now. Failing, the queue tries
 * again as often as the job says, each time later than before.
 */
export const sendPaywallPayoutNotice =
  ({ db, merchantOf }: Pick<PaymentsDeps, "db" | "merchantOf">): Task =>
  async (payload, { logger }) => {
    const { merchantId, number } = payload as PayoutNotice;
    const payout = await readPayout(db.kysely, merchantId, { number: BigInt(number) });
    const url = payout?.details["callback"];
    if (!payout || typeof url !== "string" || url === "") return;
    const merchant = await merchantOf(merchantId);
    await tellMerchant(merchant, { url, body: payoutNoticeBody(payout) }, logger);
  };
