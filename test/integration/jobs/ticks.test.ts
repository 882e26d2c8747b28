import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { dueKinds } from "../../../src/jobs/due.ts";
import { startTicks } from "../../../src/jobs/index.ts";
import { lostChargeIn } from "../../support/clock-moves.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

/** More than one round takes. */
const LOST = 120;
const BATCH = 50;
/** How long ticks rest after a round in which there was nothing to do. */
const TICK_MS = 1_000;
const FIRST_QUESTION_MS = 10_000;

let world: TestWorld;
let seen: string[] = [];

beforeAll(async () => {
  world = await createWorld();
  for (let i = 0; i < LOST; i += 1) await lostChargeIn(world);
});
afterAll(() => world.close());

const inDoubt = async (): Promise<number> => {
  const { rowCount } = await world.db.pool.query(
    "select from payment_attempts where status in ('open', 'doubtful') and inquiries = 0",
  );
  return rowCount ?? 0;
};
const SOON = { timeout: 20_000 };
const asked = () => seen.filter((what) => what.startsWith("asked"));

/** Makes every rest of ticks last until they are stopped: nothing comes after one. */
function restForever() {
  const { setTimeout: pause } = timers;
  const spy = vi.spyOn(timers, "setTimeout").mockImplementation((async (ms, value, options) => {
    const signal = ms === TICK_MS ? options?.signal : undefined;
    if (!signal) return pause(ms, value, options);
    if (!signal.aborted) await once(signal, "abort");
  }) as typeof pause);
  syncBuiltinESMExports();
  return () => {
    spy.mockRestore();
    syncBuiltinESMExports();
  };
}

/** Ticks that note what they did; a failure of one fails the test that stops them. */
function noted(onAsked: () => void = () => {}) {
  const errors: unknown[] = [];
  const stopTicks = startTicks(world.deps, {
    onDone(kind, count) {
      seen.push(`${kind} ${count}`);
      if (kind === "asked") onAsked();
    },
    onError: (error) => void errors.push(error),
  });
  return async () => {
    await stopTicks();
    expect(errors).toEqual([]);
  };
}

test("a request to stop ends the work between two rounds", async () => {
  world.clock.advance(FIRST_QUESTION_MS);
  const stopped = Promise.withResolvers<void>();
  const stop = noted(() => stopped.resolve(stop()));
  await stopped.promise;
  expect(asked()).toEqual([`asked ${BATCH}`]);
  expect(await inDoubt()).toBe(LOST - BATCH);
});

test("a round that did something is followed by the next one at once", async () => {
  seen = [];
  const goOn = restForever();
  const stop = noted();
  try {
    await expect.poll(inDoubt, SOON).toBe(0);
  } finally {
    await stop();
    goOn();
  }
  expect(asked()).toEqual([`asked ${BATCH}`, `asked ${LOST - 2 * BATCH}`]);
});

test("a round that failed is followed by a rest", async () => {
  const errors: unknown[] = [];
  const payments = { ...world.deps.payments, db: { ...world.db, kysely: undefined as never } };
  const since = performance.now();
  const stop = startTicks(
    { ...world.deps, payments },
    { onDone: () => {}, onError: (error) => errors.push(error) },
  );
  // Each kind fails once before it rests.
  await expect.poll(() => errors.length, SOON).toBeGreaterThan(dueKinds.length);
  expect(performance.now() - since).toBeGreaterThan(TICK_MS - 50);
  await stop();
});
