import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { after } from "../../src/lib/clock.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { addCard, createOrder, invoicesNow } from "../support/orders.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import {
  Beside,
  dueOrder,
  emptyCard,
  expectTrue,
  firstCard,
  firstOf,
  HOUR_MS,
  LEASE_MS,
  lostCard,
  triesOf,
  workerOn,
  workOff,
} from "./draws.ts";

const MINUTE_MS = 60_000;
const APART_MS = 5 * MINUTE_MS;
/** What one call to a bank takes at most. */
const SLOWEST_MS = 64_000;

const beside = new Beside();
let world: TestWorld;
/** On the same database and bank, with a clock that goes five minutes ahead. */
let ahead: ReturnType<typeof workerOn>;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => beside.wrap(deps) });
  ahead = workerOn(world, () => after(world.clock(), APART_MS));
});
afterAll(async () => {
  await ahead.close();
  await world.close();
});
beforeEach(() => world.bank.clearFaults());
afterEach(() => expect(beside.left).toBe(0));

const bothWork = () => Promise.all([workOff(world.deps), workOff(ahead)]);

/** Orders of two daily terms each, whose hours are spread over the next three. */
async function spreadOrders(count: number): Promise<Subscription[]> {
  const rows = [[firstCard], [emptyCard, firstCard], [lostCard]];
  const orders: Subscription[] = [];
  for (let i = 0; i < count; i += 1) {
    const order = await createOrder(world, {
      beginAt: after(world.clock(), (i * 3 * HOUR_MS) / count),
      interval: "day",
      intervalCount: 2,
      dailyAttempts: 1,
      attemptDays: 1,
    });
    for (const pan of rows[i % rows.length]!) await addCard(world, order, pan);
    orders.push(order);
  }
  return orders;
}

test("two workers whose clocks are five minutes apart draw each term once", async () => {
  const orders = await spreadOrders(24);
  await world.bank.fault("reset_after_commit", { op: "sale", probability: 0.15 }, {}, 1_000);
  await world.bank.fault("reset_before_commit", { op: "sale", probability: 0.15 }, {}, 1_000);
  for (let past = 0; past < 28 * HOUR_MS; past += 10 * MINUTE_MS) {
    await bothWork();
    world.clock.advance(10 * MINUTE_MS);
  }
  await world.bank.clearFaults();
  for (let past = 0; past < 5 * HOUR_MS; past += HOUR_MS) {
    world.clock.advance(HOUR_MS);
    await bothWork();
  }
  for (const [i, order] of orders.entries()) {
    const end = i % 3 === 2 ? "failed" : "paid";
    expect((await invoicesNow(world, order)).map(({ status }) => status)).toEqual([end, end]);
  }
  const tried = (await Promise.all(orders.map((order) => triesOf(world, order)))).flat();
  expect(tried.some(({ reason }) => reason === "never_arrived")).toBe(true);
  await expectTrue(world, orders);
});

test("invoices that fall due for both at once are shared, and none is drawn by both", async () => {
  const orders: Subscription[] = [];
  for (let i = 0; i < 60; i += 1) orders.push(await dueOrder(world, [firstCard]));
  const [ours, theirs] = await bothWork();
  expect(ours + theirs).toBe(60);
  for (const order of orders) expect(await triesOf(world, order)).toHaveLength(1);
  await expectTrue(world, orders);
});

test("the one ahead does not give up a charge that the other one has at a slow bank", async () => {
  const order = await dueOrder(world, [firstCard]);
  beside.at("before the bank", async () => {
    for (let past = 0; past < SLOWEST_MS; past += 8_000) {
      await workOff(ahead);
      world.clock.advance(8_000);
    }
  });
  await workOff(world.deps);
  expect(await firstOf(world, order)).toMatchObject({ status: "paid", tries: 1 });
  await expectTrue(world, [order]);
});

test("a lease that is over for the one ahead is no reason to draw twice", async () => {
  const order = await dueOrder(world, [emptyCard, firstCard]);
  // Half the lease is left by the clock of the one that has it, and nothing by the other's.
  const takeOver = async () => {
    world.clock.advance(LEASE_MS - APART_MS);
    expect(await workOff(ahead)).toBe(1);
  };
  beside.at("before beginning", takeOver, 2);
  await workOff(world.deps);
  expect((await triesOf(world, order)).map(({ status }) => status)).toEqual([
    "declined",
    "approved",
  ]);
  await expectTrue(world, [order]);
});
