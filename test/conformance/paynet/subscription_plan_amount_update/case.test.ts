import { afterAll, beforeAll, expect, test } from "vitest";
import type { Subscription } from "../../../../src/subscriptions/subscription.rules.ts";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { orderInvoicesOf } from "../../../support/order-invoices.ts";
import { addCard, createOrder, drawAll, invoicesNow } from "../../../support/orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let of: ReturnType<typeof orderInvoicesOf>;
let cards: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  of = orderInvoicesOf(world);
  cards = orderCardsOf(world);
});
afterAll(() => world.close());

const path = "v1/subscription/plan_amount_update";
const planOf = (order: Subscription, term: number) => Number(order.planNumbers[0]) + term;
const update = (order: Subscription, plan_id: unknown, more: object = {}, headers = {}) =>
  of.call(
    "plan_amount_update",
    { subscription_id: order.id, plan_id, amount: 8_900, ...more },
    headers,
  );
const amountsOf = async (order: Subscription) =>
  (await invoicesNow(world, order)).map(({ amountMinor }) => Number(amountMinor));

test("one row of the plan gets another amount with its parts, and no other", async () => {
  const agentId = await cards.agentId("20001");
  const order = await createOrder(world, { reference: "ABO-77", agentId, intervalCount: 3 });
  const { request, response } = example(import.meta.dirname, { plan: String(planOf(order, 1)) });
  expectLike(await world.post(path, request), response);
  expect(await amountsOf(order)).toEqual([9_900, 8_900, 9_900]);
  expect((await invoicesNow(world, order))[1]).toMatchObject({ companyMinor: 8_000n });
  const detail = await of.call("subscription_detail", { subscription_id: order.id });
  expect(detail.body["plan"]).toMatchObject([
    { plan_id: planOf(order, 0), amount: 99 },
    { plan_id: planOf(order, 1), amount: 89 },
    { plan_id: planOf(order, 2), amount: 99 },
  ]);
});

test("the row's day is drawn with it", async () => {
  const { order } = await cards.orderWith(1);
  await update(order, planOf(order, 0));
  await drawAll(world);
  expect(await of.takenFor(order)).toEqual([8_900]);
});

test("a drawn row keeps its amount, and so does one that was given up: code 6", async () => {
  const order = await createOrder(world);
  const [, cancelled, deleted] = await invoicesNow(world, order);
  await addCard(world, order);
  await drawAll(world);
  await of.setStatus(cancelled!, 5);
  await of.setStatus(deleted!, 6);
  for (const [term, words] of ["ödenmiş", "iptal edilmiş", "silinmiş"].entries()) {
    expect((await update(order, planOf(order, term))).body).toMatchObject({
      object_name: "subscription_plan_amount_update",
      code: 6,
      message: `Fatura değiştirilemez: ${words}`,
    });
  }
  expect(new Set(await amountsOf(order))).toEqual(new Set([9_900]));
});

test("a row of another order, or of none, is not found: code 12", async () => {
  const order = await createOrder(world);
  const other = await createOrder(world);
  for (const plan of [planOf(other, 0), planOf(order, 12), planOf(order, -1), 0]) {
    expect((await update(order, plan)).body).toMatchObject({
      code: 12,
      message: "Planda böyle bir dönem yok (plan_id)",
    });
  }
  expect(await amountsOf(other)).not.toContain(8_900);
});

test("amounts that come with their invoices are not the plan's: code 6", async () => {
  const order = await createOrder(world, { isFixedPrice: false });
  const { body } = await update(order, planOf(order, 0));
  expect(body).toMatchObject({ code: 6, message: /create_invoice/ });
});

test("whoever's order it is not changes nothing, and nobody a deleted one's", async () => {
  const order = await createOrder(world);
  const key = await firmsOf(world).agentKey("20001");
  expect((await update(order, planOf(order, 0), {}, key)).body).toMatchObject({ code: 12 });
  await cards.setStatus(order, 6);
  expect((await update(order, planOf(order, 0))).body).toMatchObject({ code: 201 });
});

test.each([
  [{ plan_id: "" }, "plan_id alanı zorunludur"],
  [{ plan_id: "yok" }, /^plan_id alanı/],
  [{ amount: "" }, "amount alanı zorunludur"],
  [{ amount: "89,00" }, /^amount alanı kuruş/],
  [{ agent_amount: 8_901 }, /^agent_amount alanı 0 - 89,00/],
  [{ subscription_id: "" }, "subscription_id alanı zorunludur"],
])("%j changes nothing", async (more, message) => {
  const order = await createOrder(world);
  expectBadRequest(await update(order, planOf(order, 0), more), message);
  expect(await amountsOf(order)).not.toContain(8_900);
});
