import { afterAll, beforeAll, expect, test } from "vitest";
import { runDue } from "../../../src/jobs/due.ts";
import type { Deps } from "../../../src/main/deps.ts";
import {
  aheadIn,
  anotherApi,
  attemptIn,
  clockAt,
  lostChargeIn,
} from "../../support/clock-moves.ts";
import { addCard, createOrder, drawAll, invoicesNow } from "../../support/orders.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

/** Real time passes in this world too, so that processes forget what they remember. */
const BEAT_MS = 20;
const ORDERS = 8;
const TERMS = 10;
/** Real time that a draw may take, by the clock of a merchant. */
const DRAW_MAX_MS = 5_000;

let world: TestWorld;
let clock: ReturnType<typeof clockAt>;
let beat: NodeJS.Timeout;
beforeAll(async () => {
  world = await createWorld();
  clock = clockAt(world.url);
  beat = setInterval(() => world.clock.advance(BEAT_MS), BEAT_MS);
});
afterAll(async () => {
  clearInterval(beat);
  await world.close();
});

/** A worker in a hurry: it looks for what is due without a pause, until it is stopped. */
function hurriedWorker(deps: Deps, isFresh: boolean) {
  const did = { asked: 0, drawn: 0 };
  const errors: unknown[] = [];
  let isOver = false;
  const run = async () => {
    while (!isOver) {
      for (const kind of ["asked", "drawn"] as const) {
        // One that remembers goes by a clock that stood up to a second of real time ago.
        if (isFresh) deps.reception.forgetAll();
        did[kind] += await runDue(deps, kind, (error) => errors.push(error));
      }
    }
  };
  const running = run();
  const stop = async () => {
    isOver = true;
    await running;
    expect(errors).toEqual([]);
    return did;
  };
  return { stop };
}

test("workers beside a move do nothing twice, and leave nothing of its span undone", async () => {
  const others = [await anotherApi(world, (find) => find), await anotherApi(world, (find) => find)];
  const orders = [];
  for (let i = 0; i < ORDERS; i += 1) {
    const order = await createOrder(world, { interval: "week", intervalCount: TERMS });
    await addCard(world, order);
    orders.push(order);
  }
  // What is due at once is drawn before the move: workers who are quicker than its call would too.
  await drawAll(world);
  const lost = await lostChargeIn(world);
  const before = await aheadIn(world);
  const workers = others.map(({ deps }, i) => hurriedWorker(deps, i === 0));
  const { status, body } = await clock.advance({ by: "12weeks" });
  const [fresh, stale] = await Promise.all(workers.map(({ stop }) => stop()));

  expect([status, body["drawn"], body["refused"]]).toEqual([200, ORDERS * (TERMS - 1), 0]);
  expect(fresh!.drawn + stale!.drawn).toBeGreaterThan(0);
  for (const order of orders) {
    const invoices = await invoicesNow(world, order);
    expect(invoices).toHaveLength(TERMS);
    for (const { status, tries, paidAt, drawnFrom } of invoices) {
      expect([status, tries]).toEqual(["paid", 1]);
      const lateMs = paidAt!.getTime() - drawnFrom.getTime();
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThan(DRAW_MAX_MS);
    }
  }
  expect(await attemptIn(world, lost)).toMatchObject({ status: "declined" });
  const standing = (await world.bank.orders()).filter(({ state }) => state === "captured");
  expect(standing).toHaveLength(ORDERS * TERMS);
  expect((await aheadIn(world)).merchant - before.merchant).toBe(12 * 7 * 24 * 3_600_000);
  await world.isSound();
  for (const { close } of others) await close();
});
