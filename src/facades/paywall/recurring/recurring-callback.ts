import { declineWords, messages } from "../../../lib/messages/index.ts";
import { decimalText } from "../../../lib/money.ts";
import { rawNumber } from "../../../lib/raw-json.ts";
import { readCallbackKey } from "../../../marketplace/index.ts";
import type { PaymentsDeps } from "../../../payments/index.ts";
import type { News } from "../../../subscriptions/index.ts";
import type { Recurring } from "../../../subscriptions/recurring.rules.ts";
import { HASH_FORMAT, HASH_KEY_TYPE } from "../payment/callback.ts";
import { hashOf } from "../wire/hash.ts";
import { typeOf } from "./recurring.wire.ts";

type OfCharge = Extract<News, { what: "succeeded" | "failed" }>;

/** The bank's own words, or what they mean; shops are told in Turkish. */
function whyNot({ tried, undrawn }: OfCharge): string {
  if (undrawn) return messages.tr.undrawn[undrawn];
  const reason = tried?.attempt.declineReason ?? "unknown";
  return declineWords(messages.tr.declines, reason, tried?.attempt.bankMessage);
}

/**
 * Whether no other try will follow. One that is paid at its creation is not kept where its first
 * charge is refused, though that may not be written yet when this is told.
 */
const isLastTry = ({ state }: Recurring, { invoice }: OfCharge): boolean =>
  invoice.status !== "waiting" || state === "opening";

/** What a merchant's server hears of a charge of a recurring payment, as JSON text. */
export async function recurringCallbackBody(
  deps: Pick<PaymentsDeps, "db" | "ring">,
  recurring: Recurring,
  news: OfCharge,
): Promise<string> {
  const { invoice, tried } = news;
  const isPaid = news.what === "succeeded";
  const key = await readCallbackKey(deps, recurring.merchantId, "system");
  const amount = decimalText(invoice.amountMinor);
  const parts = [String(recurring.number), recurring.code, amount];
  return JSON.stringify({
    SubscriptionId: Number(recurring.number),
    SubscriptionType: typeOf(news),
    SubscriptionCode: recurring.guid,
    SubscriptionMerchantCode: recurring.code,
    Amount: rawNumber(amount),
    Success: isPaid,
    FailReason: isPaid ? null : whyNot(news),
    PaymentId: tried ? Number(tried.attempt.xact) : null,
    Attempt: news.no,
    AttemptFinished: isLastTry(recurring, news),
    Hash: hashOf(key, parts) ?? null,
    HashFormat: HASH_FORMAT,
    HashKeyType: HASH_KEY_TYPE,
  });
}
