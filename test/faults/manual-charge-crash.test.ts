import { setImmediate as soon } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type ManualRow,
  manualCharge,
  type SubscriptionsDeps,
} from "../../src/subscriptions/index.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import {
  dueOrder,
  emptyCard,
  expectTrue,
  firstCard,
  firstOf,
  HOUR_MS,
  outlive,
  triesOf,
  workerOn,
} from "./draws.ts";
import { Life, mortalDraws } from "./mortal.ts";

const life = new Life();
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => mortalDraws(deps, life) });
});
afterAll(() => world.close());
beforeEach(() => life.live());

/** Trying one card. */
const trying = [
  "before beginning",
  "after beginning",
  "before the bank",
  "after the bank",
  "before settling",
  "after settling",
] as const;
type Step = (typeof trying)[number];
/** Longer than an open attempt is taken for one that is still under way. */
const A_WHILE_MS = 5_000;

/** Steps at which a try is stored of which the bank has not heard. */
const losesTry = (step: Step) => step === "after beginning" || step === "before the bank";

async function manual(subscriptions: SubscriptionsDeps, { id }: Subscription) {
  const merchant = await world.deps.reception.merchantOf(world.merchant.merchantId);
  return manualCharge(subscriptions, { merchant }, { id, clientIp: "203.0.113.9" });
}

/** One process dies in a manual charge; another one is called the same, and does what is left. */
async function dieAt(at: number, order: Subscription) {
  life.endAt(at);
  await expect(manual(world.deps.subscriptions, order)).rejects.toThrow(/died|dead/);
  const { diedAt } = life;
  const born = workerOn(world);
  // Waiting for the dead one's try is what it does at once.
  const payments = { ...born.payments, pause: () => soon(undefined) };
  try {
    world.clock.advance(A_WHILE_MS);
    const again = await manual({ ...born.subscriptions, payments }, order);
    await outlive(world, born, [2 * HOUR_MS]);
    return { diedAt, again };
  } finally {
    await born.close();
  }
}

/** What the same call tells after the crash. */
const kinds = (rows: readonly ManualRow[]) => rows.map(({ end }) => end.kind);
const expected = (step: Step): readonly string[] => {
  if (losesTry(step)) return ["in_doubt"];
  return step === "after settling" ? [] : ["paid"];
};

describe("a manual charge whose process dies", () => {
  test.each(trying.map((step, i) => [step, i + 1] as const))(
    "%s and that is called again takes the money once",
    async (step, at) => {
      const order = await dueOrder(world, [firstCard]);
      const { diedAt, again } = await dieAt(at, order);
      expect(diedAt).toBe(step);
      expect(kinds(again)).toEqual(expected(step));
      expect(await firstOf(world, order)).toMatchObject({ status: "paid" });
      await expectTrue(world, [order]);
    },
  );

  test.each(trying.map((step, i) => [step, trying.length + i + 1] as const))(
    "%s with its second card takes the money once, from that card",
    async (step, at) => {
      const order = await dueOrder(world, [emptyCard, firstCard]);
      const { diedAt, again } = await dieAt(at, order);
      expect(diedAt).toBe(step);
      expect(kinds(again)).toEqual(expected(step));
      const reasons = (await triesOf(world, order)).map(({ reason }) => reason);
      expect(reasons.filter((reason) => reason === null)).toHaveLength(1);
      expect(await firstOf(world, order)).toMatchObject({ status: "paid" });
      await expectTrue(world, [order]);
    },
  );

  test("between its cards is gone on with by the same call again", async () => {
    const order = await dueOrder(world, [emptyCard, firstCard]);
    const { diedAt, again } = await dieAt(trying.length, order);
    expect(diedAt).toBe("after settling");
    expect(kinds(again)).toEqual(["paid"]);
    const tried = await triesOf(world, order);
    expect(tried.map(({ reason }) => reason)).toEqual(["insufficient_funds", null]);
    await expectTrue(world, [order]);
  });
});
