import type { Task } from "graphile-worker";
import { subscriptionNoticeBody } from "../facades/paynet/subscription-notice.ts";
import type { PaymentsDeps } from "../payments/index.ts";
import { type Notice, readNews } from "../subscriptions/index.ts";
import { tellMerchant } from "./web.ts";

/**
 * Tells a shop's address what became of a draw, or that a card was entered. Failing, the queue
 * tries again as often as the job says, each time later than before.
 */
export const sendPaynetSubscriptionNotice =
  ({ db, merchantOf }: Pick<PaymentsDeps, "db" | "merchantOf">): Task =>
  async (payload, { job, logger }) => {
    const notice = payload as Notice;
    const news = await readNews({ db }, notice);
    if (!news) return;
    const merchant = await merchantOf(notice.merchantId);
    const body = subscriptionNoticeBody(news, String(job.id));
    await tellMerchant(merchant, { url: news.url, body }, logger);
  };
