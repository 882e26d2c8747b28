import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { drawDue } from "../../src/subscriptions/index.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import type { TestWorld } from "../support/world.ts";
import {
  dueOrder,
  emptyCard,
  expectTrue,
  firstCard,
  firstOf,
  HOUR_MS,
  outlive,
  triesOf,
} from "./draws.ts";
import { worldOnOwnDatabase } from "./own-database.ts";

const ORDERS = 12;

let own: Awaited<ReturnType<typeof worldOnOwnDatabase>>;
let world: TestWorld;
beforeAll(async () => {
  own = await worldOnOwnDatabase();
  world = own.world;
});
afterAll(() => own.close());
beforeEach(async () => {
  own.answers.release();
  await world.bank.clearFaults();
});

async function manyOrders(cards: readonly string[]): Promise<Subscription[]> {
  const orders: Subscription[] = [];
  while (orders.length < ORDERS) orders.push(await dueOrder(world, cards));
  return orders;
}

/** What a worker does that is told of errors, and goes on. */
function draw() {
  const errors: unknown[] = [];
  const tell = (error: unknown) => {
    errors.push(error);
  };
  const ended = drawDue(world.deps.subscriptions, tell).catch(tell);
  return { errors, ended };
}

async function salesAtBank(): Promise<number> {
  const { requests } = await world.bank.admin("GET", "/requests?limit=10000");
  return (requests as { op: string }[]).filter(({ op }) => op === "sale").length;
}
const untilSales = (count: number) => expect.poll(salesAtBank).toBeGreaterThanOrEqual(count);

async function expectAllPaid(orders: readonly Subscription[], tries: number): Promise<void> {
  await outlive(world, world.deps, [2 * HOUR_MS]);
  for (const order of orders) {
    expect((await firstOf(world, order)).status).toBe("paid");
    expect(await triesOf(world, order)).toHaveLength(tries);
  }
  await expectTrue(world, orders);
}

test("a database that stops while cards are at the bank: each invoice is paid once", async () => {
  const orders = await manyOrders([firstCard]);
  own.answers.hold();
  const { ended } = draw();
  await untilSales(ORDERS);
  await own.stop();
  own.answers.release();
  await ended;
  await own.start();
  await expectAllPaid(orders, 1);
});

test("a database that stops and comes back while the bank works costs no try", async () => {
  const orders = await manyOrders([emptyCard, firstCard]);
  own.answers.hold();
  const before = await salesAtBank();
  const { ended } = draw();
  await untilSales(before + ORDERS);
  await own.stop();
  await own.start();
  own.answers.release();
  await ended;
  await expectAllPaid(orders, 2);
});

test("sessions that are ended at any moment of a run lose no draw and double none", async () => {
  const orders = await manyOrders([emptyCard, firstCard]);
  await world.bank.fault("delay", { op: "sale" }, { ms: 40 }, 1_000);
  let isOver = false;
  const work = (async () => {
    while (!isOver) {
      await draw().ended;
      world.clock.advance(HOUR_MS / 4);
    }
  })();
  for (let i = 0; i < 12; i += 1) {
    await world.pause(60);
    await own.endSessions();
  }
  isOver = true;
  await work;
  await outlive(world, world.deps, [2 * HOUR_MS, 2 * HOUR_MS]);
  for (const order of orders) expect((await firstOf(world, order)).status).toBe("paid");
  await expectTrue(world, orders);
});
