import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import { asOwner } from "../../support/database.ts";
import { runJobs } from "../../support/jobs.ts";
import { addCard, drawAll, invoicesNow } from "../../support/orders.ts";
import { openShop, type Shop } from "../../support/shop.ts";
import { toldOrdersOf } from "../../support/told-orders.ts";
import { createWorld, goodCard, type TestWorld } from "../../support/world.ts";

/** Its issuer always says no. */
const EMPTY = "5100050000006661";

let shop: Shop;
let world: TestWorld;
let of: ReturnType<typeof toldOrdersOf>;
let live: TestWorld;
beforeAll(async () => {
  [shop, world, live] = await Promise.all([
    openShop(),
    createWorld(),
    createWorld({ merchant: { mode: "live", mayCallInside: false } }),
  ]);
  of = toldOrdersOf(world, shop);
});
afterAll(async () => {
  await Promise.all([world.close(), live.close()]);
  shop.close();
});
afterEach(() => of.forget());

/** The queue's pauses between them add up to more than a day. */
const TRIES = 14;

test("a shop that does not take it is told again, until it has been away for a day", async () => {
  shop.answers.push(...Array.from({ length: TRIES }, (_, i) => [500, 302, 404, 503][i % 4]!), 200);
  await addCard(world, await of.create());
  await drawAll(world);
  for (let i = 0; i < TRIES + 2; i += 1) await runJobs(world);
  expect(shop.heard).toHaveLength(TRIES);
  expect(new Set(of.bodies().map((body) => JSON.stringify(body))).size).toBe(1);
  expect(await of.jobs()).toEqual([{ attempts: TRIES, max_attempts: TRIES }]);
});

test("nobody at the address is as a shop that does not take it", async () => {
  const order = await of.create({
    terms: { ...of.terms(), succeededUrl: "http://127.0.0.1:1/paid" },
  });
  await addCard(world, order);
  await drawAll(world);
  for (let i = 0; i < 3; i += 1) await runJobs(world);
  expect(await of.jobs()).toEqual([{ attempts: 3, max_attempts: TRIES }]);
  expect((await invoicesNow(world, order))[0]?.status).toBe("paid");
});

/** The queue cannot be told that a job is done: its worker dies first, or its database. */
async function whileJobsCannotEnd(run: () => Promise<unknown>): Promise<void> {
  const { ownerUrl } = world.database;
  await asOwner(
    ownerUrl,
    `create function stay() returns trigger language plpgsql
       as $$ begin raise exception 'the worker is gone'; end $$;
     create trigger stay before delete on graphile_worker._private_jobs
       for each row execute function stay()`,
  );
  try {
    await run().catch(() => {});
  } finally {
    await asOwner(ownerUrl, "drop function stay cascade");
    // As the queue itself does with what a worker has not ended for hours.
    const free = "update graphile_worker._private_jobs set locked_at = null, locked_by = null";
    await asOwner(ownerUrl, free);
  }
}

test("a worker that dies when the shop has heard tells it again, in the same words", async () => {
  await addCard(world, await of.create());
  await drawAll(world);
  await whileJobsCannotEnd(() => runJobs(world));
  expect(shop.heard).toHaveLength(1);
  for (let i = 0; i < 3; i += 1) await runJobs(world);
  expect(shop.heard).toHaveLength(2);
  expect(shop.heard[1]).toEqual(shop.heard[0]);
});

test("two who draw at once have each draw told once", async () => {
  const orders: Subscription[] = [];
  for (let i = 0; i < 8; i += 1) {
    const order = await of.create();
    await addCard(world, order, i % 2 ? EMPTY : goodCard.pan);
    orders.push(order);
  }
  await Promise.all([drawAll(world), drawAll(world), drawAll(world)]);
  await runJobs(world);
  const named = of.bodies().map((body) => String(body["subscription_id"]));
  expect(named.toSorted()).toEqual(orders.map(({ id }) => id).toSorted());
  expect(of.bodies().filter((body) => body["is_succeed"])).toHaveLength(4);
});

test("a live merchant's address that leads inside is not called, and the draw stands", async () => {
  const inside = toldOrdersOf(live, shop);
  const order = await inside.create();
  await addCard(live, order);
  await inside.draw();
  expect((await invoicesNow(live, order))[0]?.status).toBe("paid");
  expect(shop.heard).toEqual([]);
  expect(await inside.jobs()).toEqual([]);
});
