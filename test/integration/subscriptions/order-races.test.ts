import { afterAll, beforeAll, expect, test } from "vitest";
import { addCard, createOrder, drawAll, invoicesNow, orderNow } from "../../support/orders.ts";
import { shopOrdersOf } from "../../support/shop-orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let shop: ReturnType<typeof shopOrdersOf>;
beforeAll(async () => {
  world = await createWorld();
  shop = shopOrdersOf(world);
});
afterAll(() => world.close());

test("many orders at once wait for one another, and none for good", async () => {
  // More than the connections that there are.
  const made = await Promise.all(Array.from({ length: 40 }, () => shop.create()));
  expect(made.map(({ body }) => body["code"])).toEqual(Array.from({ length: 40 }, () => 0));
  const invoices = made.flatMap(({ body }) =>
    (body["plan"] as { invoice_id: number }[]).map((row) => row.invoice_id),
  );
  expect(new Set(invoices).size).toBe(480);
});

test("stopped and resumed at once, an order is one of both, and its invoices agree", async () => {
  const order = await createOrder(world);
  await addCard(world, order);
  for (let round = 0; round < 5; round += 1) {
    const asked = [5, 0, 5, 0, 5, 0].map((status) => shop.setStatus(order.id, status));
    for (const { body } of await Promise.all(asked)) expect(body).toMatchObject({ code: 0 });
    const { status, stoppedAt } = await orderNow(world, order);
    expect(status === "stopped").toBe(stoppedAt !== null);
    const waiting = (await invoicesNow(world, order)).filter((it) => it.status === "waiting");
    const isAnyDue = waiting.map(({ dueAt }) => dueAt !== null);
    expect(new Set(isAnyDue)).toEqual(new Set([status === "active"]));
  }
});

test("deleted at once with anything else, an order is deleted", async () => {
  for (const status of [0, 5, 6]) {
    const order = await createOrder(world);
    const [other, removed, priced] = await Promise.all([
      shop.setStatus(order.id, status),
      shop.setStatus(order.id, 6),
      shop.setAmount(order.id, "12900"),
    ]);
    expect([0, 6]).toContain(other.body["code"]);
    expect(removed.body["code"]).toBe(0);
    expect([0, 201]).toContain(priced.body["code"]);
    expect(await shop.detail(order.id)).toMatchObject({ status: 6 });
    const plan = await shop.planOf(order.id);
    expect(new Set(plan.map((row) => row.status))).toEqual(new Set([6]));
  }
});

test("of an order that is stopped while it is drawn money is taken once, or not", async () => {
  for (let i = 0; i < 5; i += 1) {
    const order = await createOrder(world, { intervalCount: 1 });
    await addCard(world, order);
    await Promise.all([drawAll(world), shop.setStatus(order.id, 5), shop.setStatus(order.id, 5)]);
    await drawAll(world);
    const [invoice] = await invoicesNow(world, order);
    // Drawn before the stop, the order was done and there was nothing to stop.
    expect(invoice?.tries).toBe(invoice?.status === "paid" ? 1 : 0);
    expect(["paid", "waiting"]).toContain(invoice?.status);
  }
  await world.isSound();
});

test("an amount that changes while it is drawn is drawn whole, the old or the new", async () => {
  for (let i = 0; i < 5; i += 1) {
    const order = await createOrder(world, { intervalCount: 1 });
    await addCard(world, order);
    const [, changed] = await Promise.all([drawAll(world), shop.setAmount(order.id, "12900")]);
    expect(changed.body["code"]).toBe(0);
    await world.advance(DAY_MS);
    await drawAll(world);
    const [row] = await shop.planOf(order.id);
    expect(row?.status).toBe(3);
    const found = await world.post("v1/transaction/detail", { xact: row?.xact_id });
    expect(found.body).toMatchObject({ Data: [{ amount: row?.amount }] });
  }
  await world.isSound();
});
