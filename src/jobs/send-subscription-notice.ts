import type { Task } from "graphile-worker";
import { subscriptionNoticeBody } from "../facades/paynet/subscription/subscription-notice.ts";
import { recurringCallbackBody } from "../facades/paywall/recurring/recurring-callback.ts";
import type { PaymentsDeps } from "../payments/index.ts";
import { type News, type Notice, readNews, recurringOfOrder } from "../subscriptions/index.ts";
import { tellMerchant } from "./web.ts";

/** In the words of the wire over which the order was made. */
async function bodyOf(deps: PaymentsDeps, news: News, noticeId: string) {
  const recurring = await recurringOfOrder(deps, news.order);
  return recurring && news.what !== "card_entered"
    ? { text: await recurringCallbackBody(deps, recurring, news) }
    : { body: subscriptionNoticeBody(news, noticeId) };
}

/**
 * Tells a shop's address what became of a draw, or that a card was entered. Failing, the queue
 * tries again as often as the job says, each time later than before.
 */
export const sendSubscriptionNotice =
  (deps: PaymentsDeps): Task =>
  async (payload, { job, logger }) => {
    const notice = payload as Notice;
    const news = await readNews(deps, notice);
    if (!news) return;
    const merchant = await deps.merchantOf(notice.merchantId);
    const told = await bodyOf(deps, news, String(job.id));
    await tellMerchant(merchant, { url: news.url, ...told }, logger);
  };
