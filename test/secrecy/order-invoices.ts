import { orderCardsOf } from "../support/order-cards.ts";
import { orderInvoicesOf } from "../support/order-invoices.ts";
import { createOrder } from "../support/orders.ts";
import type { TestWorld } from "../support/world.ts";

/** The same of the services of invoices of regular payment orders. */
export function orderInvoiceBodies(world: TestWorld): Readonly<Record<string, () => unknown>> {
  const path = "/v1/subscription";
  const { orderWith } = orderCardsOf(world);
  const { firstOf } = orderInvoicesOf(world);
  const fixed = async () => ({ subscription_id: (await createOrder(world)).id });
  const invoice = async () => {
    const { number, invoiceNo } = await firstOf(await createOrder(world));
    return { invoice_id: Number(number), invoice_no: invoiceNo };
  };
  const priced = async () => ({ ...(await invoice()), amount: "12900" });
  return {
    [`${path}/create_invoice`]: async () => ({
      subscription_id: (await createOrder(world, { isFixedPrice: false })).id,
      val_date: new Date(world.clock().getTime()).toISOString(),
      amount: 12_900,
      invoice_no: world.reference(),
    }),
    [`${path}/invoice_list`]: fixed,
    [`${path}/invoice_status_update`]: async () => ({ ...(await invoice()), status: 5 }),
    [`${path}/invoices_status_update_all`]: async () => ({ ...(await fixed()), status: 5 }),
    [`${path}/invoice_amount_update`]: priced,
    "/v1/subcription/invoice_amount_update": priced,
    [`${path}/plan_amount_update`]: async () => {
      const { id, planNumbers } = await createOrder(world);
      return { subscription_id: id, plan_id: Number(planNumbers[0]), amount: 12_900 };
    },
    [`${path}/invoice_attempt_list`]: invoice,
    [`${path}/manuel_charge`]: async () => {
      const { order } = await orderWith(1);
      return { subscription_id: order.id, invoice_no: (await firstOf(order)).invoiceNo };
    },
  };
}
