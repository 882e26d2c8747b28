import type { Merchant } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import type { Subscription } from "./subscription.rules.ts";

/** Where payers find the page on which they agree to an order and enter a card for it. */
export const ORDER_PATH = "/sub";

/** The path of an order's page, below the address at which payers reach this server. */
export const orderPath = (
  { companyCode }: Pick<Merchant, "companyCode">,
  { id }: Pick<Subscription, "id">,
): string => `${ORDER_PATH}/${encodeURIComponent(companyCode)}/${id}`;

export const orderUrl = (
  deps: Pick<SubscriptionsDeps, "publicUrl">,
  merchant: Pick<Merchant, "companyCode">,
  order: Pick<Subscription, "id">,
): string => `${deps.publicUrl()}${orderPath(merchant, order)}`;
