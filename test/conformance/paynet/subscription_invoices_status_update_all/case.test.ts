import { afterAll, beforeAll, expect, test } from "vitest";
import type { Subscription } from "../../../../src/subscriptions/subscription.rules.ts";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { orderInvoicesOf } from "../../../support/order-invoices.ts";
import { createOrder, drawAll, invoicesNow } from "../../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let of: ReturnType<typeof orderInvoicesOf>;
let cards: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  of = orderInvoicesOf(world);
  cards = orderCardsOf(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const path = "v1/subscription/invoices_status_update_all";
const setAll = (order: Subscription, status: unknown, headers = {}) =>
  of.call("invoices_status_update_all", { subscription_id: order.id, status }, headers);
const statesOf = async (order: Subscription) =>
  (await invoicesNow(world, order)).map(({ status }) => status);

test("every invoice that may be cancelled is, and a paid one stays", async () => {
  const { order } = await cards.orderWith(1, { reference: "ABO-77", intervalCount: 4 });
  await drawAll(world);
  await of.setStatus((await invoicesNow(world, order))[1]!, 4);
  const { request, response } = example(import.meta.dirname);
  expectLike(await world.post(path, request), response);
  expect(await statesOf(order)).toEqual(["paid", "cancelled", "cancelled", "cancelled"]);
  await world.advance(90 * DAY_MS);
  await drawAll(world);
  expect(await of.takenFor(order)).toHaveLength(1);
});

test("they wait again as they did, all of them", async () => {
  const { order } = await cards.orderWith(1, { intervalCount: 3 });
  const before = await invoicesNow(world, order);
  await setAll(order, 5);
  expect((await setAll(order, 0)).body).toMatchObject({ code: 0 });
  const after = await invoicesNow(world, order);
  expect(after.map(({ dueAt }) => dueAt)).toEqual(before.map(({ dueAt }) => dueAt));
  expect(await statesOf(order)).toEqual(["waiting", "waiting", "waiting"]);
});

test("where none can be put into the state it says so: code 6", async () => {
  const { order } = await cards.orderWith(1, { intervalCount: 2 });
  const none = {
    object_name: "subscription_invoices_status_update_all",
    code: 6,
    message: "Bu duruma getirilebilecek fatura yok",
  };
  expect((await setAll(order, 0)).body).toEqual(none);
  expect((await setAll(order, 6)).body).toMatchObject({ code: 0 });
  expect(await statesOf(order)).toEqual([]);
  for (const status of [0, 4, 5, 6]) expect((await setAll(order, status)).body).toEqual(none);
  const varying = await createOrder(world, { isFixedPrice: false });
  expect((await setAll(varying, 5)).body).toEqual(none);
});

test("a plan of twelve hundred terms is changed in one go", async () => {
  const { order } = await cards.orderWith(1, { interval: "day", intervalCount: 1_200 });
  expect((await setAll(order, 5)).body).toMatchObject({ code: 0 });
  expect(new Set(await statesOf(order))).toEqual(new Set(["cancelled"]));
});

test("two at once that want different states leave all invoices in one of them", async () => {
  const { order } = await cards.orderWith(1, { intervalCount: 50 });
  await Promise.all([5, 4, 5, 4, 5].map((status) => setAll(order, status)));
  expect(new Set(await statesOf(order)).size).toBe(1);
});

test("whoever's order it is not changes nothing, and nobody a deleted one's", async () => {
  const order = await createOrder(world);
  const key = await firmsOf(world).agentKey("20001");
  expect((await setAll(order, 5, key)).body).toMatchObject({ code: 12 });
  await cards.setStatus(order, 6);
  expect((await setAll(order, 5)).body).toMatchObject({ code: 201 });
});

test.each([
  [{ status: 3 }, "status alanı 0 / 4 / 5 / 6 aralığında olmalıdır"],
  [{ status: "" }, "status alanı zorunludur"],
  [{ subscription_id: "" }, "subscription_id alanı zorunludur"],
])("%j changes nothing", async (more, message) => {
  const order = await createOrder(world);
  const body = { subscription_id: order.id, status: 5, ...more };
  expectBadRequest(await world.post(path, body), message);
  expect(await statesOf(order)).not.toContain("cancelled");
});
