import { shopOrdersOf } from "../support/shop-orders.ts";
import type { TestWorld } from "../support/world.ts";

/** Requests of the services of regular payment orders that would do what they say. */
export function orderBodies(world: TestWorld): Readonly<Record<string, () => unknown>> {
  const path = "/v1/subscription";
  const shop = shopOrdersOf(world);
  const named = async () => ({ subscription_id: await shop.made({ send_mail: true }) });
  const priced = async () => ({ ...(await named()), amount: "12900" });
  return {
    [`${path}/create`]: () => shop.whole({ send_mail: true, send_sms: true }),
    [`${path}/subscription_detail`]: named,
    [`${path}/list`]: () => ({ datab: "2026-03-01", datbi: "2026-03-31" }),
    [`${path}/status_update`]: async () => ({ ...(await named()), status: 5 }),
    [`${path}/amount_update`]: priced,
    "/v1/subcription/amount_update": priced,
    [`${path}/send_again`]: named,
  };
}
