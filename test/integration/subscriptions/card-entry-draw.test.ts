import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import { Beside, triesOf, workerOn, workOff } from "../../faults/draws.ts";
import { cardEntriesOf } from "../../support/card-entries.ts";
import { orderPayersOf, titleIn } from "../../support/order-payers.ts";
import { addCard, createOrder, drawAll, invoicesNow } from "../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

const SLOW_BANK_MS = 400;
const beside = new Beside();
let world: TestWorld;
let other: ReturnType<typeof workerOn>;
let of: ReturnType<typeof cardEntriesOf>;
let payers: ReturnType<typeof orderPayersOf>;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => beside.wrap(deps) });
  other = workerOn(world);
  of = cardEntriesOf(world);
  payers = orderPayersOf(world);
});
beforeEach(() => world.bank.clearFaults());
afterAll(async () => {
  await other.close();
  await world.isSound();
  await world.close();
});

const drawsAtCard = true;
const isTried = async (order: Subscription) => (await triesOf(world, order)).length > 0;

/** A worker that has begun the draw when this returns; how it ends is left to it. */
async function overtake(order: Subscription): Promise<void> {
  working = workOff(other);
  while (!(await isTried(order))) await world.pause(5);
}
let working: Promise<unknown> = Promise.resolve();

test.each(["begun", "ended"] as const)("a draw that a worker has %s first is told", async (how) => {
  const order = await createOrder(world, { drawsAtCard });
  const { names } = await of.back({ subscription_id: order.id });
  await world.bank.fault("delay", { op: "sale" }, { ms: SLOW_BANK_MS }, 1);
  beside.at("before beginning", () => (how === "begun" ? overtake(order) : workOff(other)));
  const { body } = await of.confirm(names);
  await working;
  expect(beside.left).toBe(0);
  const { body: told } = await world.post("v1/transaction/detail", { xact: body["xact_id"] });
  expect(told).toMatchObject({ Data: [{ amount: 99, is_succeed: true }] });
  expect(await triesOf(world, order)).toMatchObject([{ isPaid: true }]);
  expect((await of.confirm(names)).body).toEqual(body);
});

test("a payer is told of the draw that a worker has begun first", async () => {
  const order = await createOrder(world, { drawsAtCard });
  const gate = await payers.enter(order);
  await world.bank.fault("delay", { op: "sale" }, { ms: SLOW_BANK_MS }, 1);
  beside.at("before beginning", () => overtake(order));
  const { page } = await payers.goThrough(gate);
  await working;
  expect(titleIn(page)).toBe("İlk ödemeniz alındı");
});

test("what was drawn of another card meanwhile is not told", async () => {
  const order = await createOrder(world, { drawsAtCard });
  await addCard(world, order, "4355084355084358");
  const { names } = await of.back({ subscription_id: order.id });
  await drawAll(world);
  expect((await invoicesNow(world, order))[0]).toMatchObject({ status: "paid" });
  expect((await of.confirm(names)).body).toMatchObject({ is_succeed: true, xact_id: 0 });
});

test("the first try of the card is told, however often it is tried after that", async () => {
  const order = await createOrder(world, { drawsAtCard, amountMinor: 700_051n });
  const { names } = await of.back({ subscription_id: order.id });
  const { body } = await of.confirm(names);
  expect(body["xact_id"]).not.toBe(0);
  world.clock.advance(DAY_MS);
  await drawAll(world);
  expect(await triesOf(world, order)).toHaveLength(2);
  expect((await of.confirm(names)).body).toMatchObject({ xact_id: body["xact_id"] });
});
