import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../support/world.ts";
import {
  Beside,
  dueOrder,
  emptyCard,
  expectTrue,
  firstCard,
  firstOf,
  HOUR_MS,
  lostCard,
  type Moment,
  outlive,
  triesOf,
  workerOn,
  workOff,
} from "./draws.ts";

const beside = new Beside();
let world: TestWorld;
let other: ReturnType<typeof workerOn>;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => beside.wrap(deps) });
  other = workerOn(world);
});
afterAll(async () => {
  await other.close();
  await world.close();
});
afterEach(() => expect(beside.left).toBe(0));

type Frozen = Readonly<{ moment: Moment; count?: number }>;
const moments: readonly Moment[] = [
  "before planning",
  "before beginning",
  "after beginning",
  "before the bank",
  "after the bank",
  "after settling",
];
const inFirst = moments.map((moment) => ({ moment, count: 1 }));
const inSecond = moments.map((moment) => ({ moment, count: 2 }));

/** While one worker stands still for hours, another one does all there is to do. */
async function freeze({ moment, count }: Frozen): Promise<void> {
  beside.at(moment, () => outlive(world, other, [2 * HOUR_MS]), count);
  await workOff(world.deps);
  world.clock.advance(2 * HOUR_MS);
  await workOff(world.deps);
}

describe("a worker that freezes for hours and thaws", () => {
  test.each(inFirst)("$moment draws no second time", async (when) => {
    const order = await dueOrder(world, [firstCard]);
    await freeze(when);
    expect((await firstOf(world, order)).status).toBe("paid");
    await expectTrue(world, [order]);
  });

  test.each(inFirst)(
    "$moment of a card that says no draws no card beside the other one",
    async (when) => {
      const order = await dueOrder(world, [emptyCard, firstCard]);
      await freeze(when);
      expect((await firstOf(world, order)).status).toBe("paid");
      await expectTrue(world, [order]);
    },
  );

  test.each([...inFirst, ...inSecond])(
    "$moment of card $count counts no round twice",
    async (when) => {
      const limits = { dailyAttempts: 1, attemptDays: 1 };
      const order = await dueOrder(world, [emptyCard, lostCard], limits);
      await freeze(when);
      expect(await firstOf(world, order)).toMatchObject({
        status: "failed",
        attemptsToday: 1,
        attemptDays: 1,
      });
      await expectTrue(world, [order]);
    },
  );

  test("before it sends a charge does not send it any more", async () => {
    const order = await dueOrder(world, [firstCard]);
    await freeze({ moment: "after beginning" });
    const [lost, taken] = await triesOf(world, order);
    expect([lost?.reason, taken?.isPaid]).toEqual(["never_arrived", true]);
    const { requests } = await world.bank.admin("GET", `/requests?orderNo=${lost!.orderNo}`);
    expect((requests as { op: string }[]).map(({ op }) => op)).not.toContain("sale");
  });
});
