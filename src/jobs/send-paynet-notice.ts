import type { Task } from "graphile-worker";
import type { Notice } from "../facades/paynet/payment/notice.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Merchant } from "../merchants/index.ts";
import { tellMerchant } from "./web.ts";

/** Tells a merchant's address what became of a cancel or refund. Failing, the queue tries again. */
export const sendPaynetNotice =
  (merchantOf: (id: MerchantId) => Promise<Merchant>): Task =>
  async (payload, { logger }) => {
    const { merchantId, url, body } = payload as Notice;
    await tellMerchant(await merchantOf(merchantId as MerchantId), { url, body }, logger);
  };
