import type { Tx } from "../db/transaction.ts";
import { money } from "../lib/money.ts";
import type { Merchant } from "../merchants/merchant.rules.ts";
import { type OrderFacts, orderLetter, orderSms, write } from "../messaging/index.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { orderUrl } from "./order-url.ts";
import type { Subscription } from "./subscription.rules.ts";

/**
 * Writes the address of an order's page to its payer, by the ways for which it was made. `now` is
 * the merchant's time.
 */
export async function invite(
  deps: Pick<SubscriptionsDeps, "publicUrl">,
  tx: Tx,
  merchant: Merchant,
  order: Subscription,
  now: Date,
): Promise<void> {
  const { terms, interval, period } = order;
  const facts: OrderFacts = {
    merchantName: merchant.name,
    payerName: terms.name,
    description: terms.description,
    amount: order.isFixedPrice ? money(order.amountMinor, order.currency) : undefined,
    interval,
    period,
    count: order.renews ? undefined : order.intervalCount,
    firstAt: order.beginAt,
    address: orderUrl(deps, merchant, order),
  };
  const purpose = "subscription" as const;
  if (terms.sendsMail) {
    const mail = { purpose, channel: "email", recipient: terms.email } as const;
    await write(tx, merchant, { ...mail, ...orderLetter(terms.locale, facts) }, now);
  }
  if (terms.sendsSms) {
    const sms = { purpose, channel: "sms", recipient: terms.phone, subject: "" } as const;
    await write(tx, merchant, { ...sms, body: orderSms(terms.locale, facts) }, now);
  }
}
