import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import { addCard, createOrder, drawAll, invoicesNow, orderNow } from "../../support/orders.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const MINUTE_MS = 60_000;
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const call = async (service: string, body: object) => {
  const answer = await world.post(`v1/subscription/${service}`, body);
  expect(answer.body).toMatchObject({ code: 0 });
};
const firstOf = async (order: Subscription) => (await invoicesNow(world, order))[0]!;

/** An order whose first draw is at a bank that never got it, and does not say so yet. */
async function inDoubt(more: Partial<Subscription> = {}): Promise<Subscription> {
  const order = await createOrder(world, more);
  await addCard(world, order);
  await world.bank.fault("reset_before_commit", { op: "sale" });
  await drawAll(world);
  expect((await firstOf(order)).openPaymentId).not.toBeNull();
  return order;
}

/** The bank says that it never had the draw. */
async function neverArrived(): Promise<void> {
  for (let i = 0; i < 12; i += 1) await world.advance(MINUTE_MS);
}

describe("what is asked of a whole order while its invoice is at the bank", () => {
  test("cancels it once its try has come to nothing", async () => {
    const order = await inDoubt();
    await call("invoices_status_update_all", { subscription_id: order.id, status: 5 });
    expect(await firstOf(order)).toMatchObject({ status: "waiting", wantedStatus: "cancelled" });
    await neverArrived();
    await world.advance(3 * 60 * MINUTE_MS);
    await drawAll(world);
    expect(await firstOf(order)).toMatchObject({ status: "cancelled", tries: 1, dueAt: null });
    await world.isSound();
  });
  test("is taken back by asking for the contrary", async () => {
    const order = await inDoubt();
    await call("invoices_status_update_all", { subscription_id: order.id, status: 5 });
    await call("invoices_status_update_all", { subscription_id: order.id, status: 0 });
    await neverArrived();
    await world.advance(3 * 60 * MINUTE_MS);
    await drawAll(world);
    expect((await firstOf(order)).status).toBe("paid");
  });
  test("reprices it for its next tries", async () => {
    const order = await inDoubt();
    await call("amount_update", { subscription_id: order.id, amount: "100" });
    expect(await firstOf(order)).toMatchObject({ amountMinor: 9_900n, wantedMinor: 100n });
    await neverArrived();
    await world.advance(3 * 60 * MINUTE_MS);
    await drawAll(world);
    expect(await firstOf(order)).toMatchObject({ status: "paid", amountMinor: 100n, tries: 2 });
    const taken = (await world.bank.orders()).map(({ saleKurus }) => saleKurus);
    expect(taken).toContain(100);
  });
  test("changes nothing of a draw that took its money", async () => {
    const order = await createOrder(world);
    await addCard(world, order);
    await world.bank.fault("reset_after_commit", { op: "sale" });
    await drawAll(world);
    await call("amount_update", { subscription_id: order.id, amount: "100" });
    await call("invoices_status_update_all", { subscription_id: order.id, status: 5 });
    await world.advance(MINUTE_MS);
    expect(await firstOf(order)).toMatchObject({
      status: "paid",
      amountMinor: 9_900n,
      wantedStatus: null,
      wantedMinor: null,
    });
    await world.isSound();
  });
  test("deletes it with its order", async () => {
    const order = await inDoubt();
    await call("status_update", { subscription_id: order.id, status: 6 });
    await neverArrived();
    expect(await invoicesNow(world, order)).toEqual([]);
    await world.isSound();
  });
});

test("an order that renews goes on when it is resumed with its last term given up", async () => {
  const order = await createOrder(world, { intervalCount: 2, renews: true });
  await addCard(world, order);
  await drawAll(world);
  await call("status_update", { subscription_id: order.id, status: 5 });
  await call("invoices_status_update_all", { subscription_id: order.id, status: 5 });
  await call("status_update", { subscription_id: order.id, status: 0 });
  const invoices = await invoicesNow(world, order);
  expect(invoices.map(({ status }) => status)).toEqual(["paid", "cancelled", "waiting", "waiting"]);
  expect((await orderNow(world, order)).planNumbers).toHaveLength(2);
});

test("an order ends when nothing of it waits, also where a term was deleted", async () => {
  const order = await createOrder(world, { intervalCount: 2 });
  await addCard(world, order);
  await drawAll(world);
  const last = (await invoicesNow(world, order))[1]!;
  await call("invoice_status_update", { invoice_id: String(last.number), status: 6 });
  const shown = await world.post("v1/subscription/subscription_detail", {
    subscription_id: order.id,
  });
  expect(shown.body).toMatchObject({ status: 3 });
});
