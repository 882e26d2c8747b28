import { declineWords, messages } from "../../../lib/messages/index.ts";
import type { Attempt } from "../../../payments/index.ts";
import type { News } from "../../../subscriptions/index.ts";
import { planNumber, type Subscription } from "../../../subscriptions/subscription.rules.ts";
import { dateWithoutOffset, lira, NO_DATE, xactIdOf } from "../wire/formats.ts";
import { statusMembers } from "./subscription-status.wire.ts";

type OfInvoice = Extract<News, { what: "succeeded" | "failed" }>;

const orderMembers = (order: Subscription) => ({
  subscription_id: order.id,
  reference_no: order.reference,
  group_reference_no: order.groupReference ?? "",
  currency: order.currency,
});

/** A transaction by the id of its lists and by its integer; none where no bank was asked. */
const xactMembers = (attempt: Attempt | undefined) => ({
  xact_id: attempt ? xactIdOf(attempt.id) : "",
  xact: Number(attempt?.xact ?? 0n),
  xact_date: attempt ? dateWithoutOffset(attempt.openedAt) : NO_DATE,
});

/** The bank's own words, or what they mean; shops are told in Turkish, as of refunds. */
function whyNot({ tried, undrawn }: OfInvoice): string {
  if (undrawn) return messages.tr.undrawn[undrawn];
  const reason = tried?.attempt.declineReason ?? "unknown";
  return declineWords(messages.tr.declines, reason, tried?.attempt.bankMessage);
}

function ofInvoice(news: OfInvoice) {
  const { order, invoice, tried } = news;
  const isSucceed = news.what === "succeeded";
  return {
    ...orderMembers(order),
    invoice_id: Number(invoice.number),
    invoice_no: invoice.invoiceNo,
    plan_id: Number(planNumber(order, invoice.term)),
    amount: lira(invoice.amountMinor),
    ...xactMembers(tried?.attempt),
    is_succeed: isSucceed,
    card_id: Number(tried?.card ?? 0n),
    message: isSucceed ? messages.tr.order_success : whyNot(news),
    ...(!isSucceed && {
      attempt_count: invoice.tries,
      next_attempt_date: invoice.dueAt ? dateWithoutOffset(invoice.dueAt) : NO_DATE,
      ...statusMembers(invoice.status),
    }),
  };
}

/** The same members, of which most say that there is none. */
const ofCard = ({ order, card }: Extract<News, { what: "card_entered" }>) => ({
  ...orderMembers(order),
  invoice_id: 0,
  invoice_no: "",
  plan_id: 0,
  amount: lira(order.amountMinor),
  ...xactMembers(undefined),
  is_succeed: true,
  card_id: Number(card),
  message: messages.tr.order_success,
});

/**
 * What a shop's address is told of a draw, or of a card that was entered. A notice may come twice;
 * `notice_id` is the same then, and another for everything else that is told.
 */
export const subscriptionNoticeBody = (news: News, noticeId: string) => ({
  notice_id: noticeId,
  ...(news.what === "card_entered" ? ofCard(news) : ofInvoice(news)),
});
