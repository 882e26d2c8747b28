import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { checkSpan, PENDING_DAYS_MAX, type Span } from "./order.rules.ts";
import { readTriggered } from "./order-places.ts";
import { readPool, type Total } from "./orders.store.ts";

/**
 * What an order for these days would pay now; nothing is no failure. Refuses `invalid_input`,
 * `not_a_marketplace`, and `span_too_long` above `PENDING_DAYS_MAX` days.
 */
export async function pending(
  { db }: Pick<MarketplaceDeps, "db">,
  merchantId: MerchantId,
  currency: Currency,
  span: Span,
): Promise<Total> {
  checkSpan(span, null);
  await readTriggered(db, merchantId);
  checkSpan(span, PENDING_DAYS_MAX);
  return readPool(db.kysely, { merchantId, currency, span });
}
