import { afterAll, beforeAll, expect, test } from "vitest";
import { addCard, createOrder, drawAll, invoicesNow } from "../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test("a term is drawn on its day, from the order's card, and no other", async () => {
  const order = await createOrder(world, { intervalCount: 3 });
  await addCard(world, order);
  expect(await drawAll(world)).toBe(1);
  const [first, second] = await invoicesNow(world, order);
  expect(first).toMatchObject({ status: "paid", tries: 1, dueAt: null, openPaymentId: null });
  expect(second).toMatchObject({ status: "waiting", tries: 0, dueAt: second!.drawnFrom });
  const listed = await world.post("v1/transaction/check", { reference_no: order.reference });
  expect(listed.body).toMatchObject({ code: 0 });
  await world.isSound();
});

test("what was not paid before a card was there is drawn when it comes", async () => {
  const order = await createOrder(world);
  expect(await drawAll(world)).toBe(0);
  await world.advance(DAY_MS);
  await addCard(world, order);
  expect(await drawAll(world)).toBe(1);
  expect((await invoicesNow(world, order))[0]).toMatchObject({ status: "paid" });
});

test("an invoice whose days pass without a card has failed", async () => {
  const order = await createOrder(world);
  await world.advance(3 * DAY_MS);
  expect(await drawAll(world)).toBe(1);
  const [first] = await invoicesNow(world, order);
  expect(first).toMatchObject({ status: "failed", lastReason: "no_card", tries: 0, dueAt: null });
});

test("an order that renews itself goes on when its last term is given up by hand", async () => {
  const order = await createOrder(world, { intervalCount: 2, renews: true });
  await addCard(world, order);
  await drawAll(world);
  const last = (await invoicesNow(world, order))[1]!;
  const named = { invoice_id: String(last.number), status: 5 };
  const answer = await world.post("v1/subscription/invoice_status_update", named);
  expect(answer.body).toMatchObject({ code: 0 });
  const invoices = await invoicesNow(world, order);
  expect(invoices.map(({ status }) => status)).toEqual(["paid", "cancelled", "waiting", "waiting"]);
});
