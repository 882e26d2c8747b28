import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drawDue } from "../../src/subscriptions/index.ts";
import { invoicesNow, orderNow } from "../support/orders.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import {
  dueOrder,
  emptyCard,
  expectTrue,
  firstCard,
  firstOf,
  HOUR_MS,
  lostCard,
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

const leasing = ["before taking the lease", "after taking the lease"];
/** Trying one card. */
const trying = [
  "before beginning",
  "after beginning",
  "before the bank",
  "after the bank",
  "before settling",
  "after settling",
];
const ending = ["before insert invoices", "after insert invoices"];
/** Steps at which a try is stored of which the bank has not heard. */
const losesTry = (step: string) => step === "after beginning" || step === "before the bank";

/** The one process draws and dies; another one does what is left. */
async function dieAt(at: number): Promise<string | undefined> {
  life.endAt(at);
  await drawDue(world.deps.subscriptions, () => {}).catch(() => {});
  const { diedAt } = life;
  const born = workerOn(world);
  try {
    await outlive(world, born, [2 * HOUR_MS]);
  } finally {
    await born.close();
  }
  return diedAt;
}

/** Giving a plan its next round. */
const extending = [
  "before insert counters",
  "after insert counters",
  "before update subscriptions",
  "after update subscriptions",
  "before insert counters",
  "after insert counters",
  "before insert invoices",
  "after insert invoices",
];

const numbered = (steps: readonly string[]) => steps.map((step, i) => [step, i + 1] as const);

describe("a draw whose process dies", () => {
  test.each(numbered([...leasing, ...trying]))("%s takes the money once", async (step, at) => {
    const order = await dueOrder(world, [firstCard]);
    expect(await dieAt(at)).toBe(step);
    const invoice = await firstOf(world, order);
    expect(invoice).toMatchObject({
      status: "paid",
      attemptDays: 0,
      tries: losesTry(step) ? 2 : 1,
    });
    await expectTrue(world, [order]);
  });
});

describe("a draw of which the first card says no, whose process dies", () => {
  const steps = numbered([...leasing, ...trying, ...trying]).slice(leasing.length);
  test.each(steps)("%s (step %i) takes the money once, from the second", async (step, at) => {
    const order = await dueOrder(world, [emptyCard, firstCard]);
    expect(await dieAt(at)).toBe(step);
    const reasons = (await triesOf(world, order)).map(({ reason }) => reason);
    const isSecond = at > leasing.length + trying.length;
    const whole = ["insufficient_funds", null];
    if (!losesTry(step)) expect(reasons).toEqual(whole);
    else if (isSecond) expect(reasons).toEqual(["insufficient_funds", "never_arrived", null]);
    else expect(reasons).toEqual(["never_arrived", ...whole]);
    expect(await firstOf(world, order)).toMatchObject({ status: "paid" });
    await expectTrue(world, [order]);
  });
});

describe("a draw of which every card says no, whose process dies", () => {
  const steps = numbered([...leasing, ...trying, ...trying, ...ending]).slice(leasing.length);
  test.each(steps)("%s (step %i) counts one try of the day", async (step, at) => {
    const order = await dueOrder(world, [emptyCard, lostCard], {
      dailyAttempts: 1,
      attemptDays: 1,
    });
    expect(await dieAt(at)).toBe(step);
    const tried = await triesOf(world, order);
    const declined = tried.filter(({ reason }) => reason !== "never_arrived");
    expect(tried).toHaveLength(declined.length + (losesTry(step) ? 1 : 0));
    const invoice = await firstOf(world, order);
    expect(invoice).toMatchObject({
      status: "failed",
      attemptsToday: 1,
      attemptDays: 1,
      lastReason: "lost_card",
      refusedCards: [],
      dueAt: null,
    });
    await expectTrue(world, [order]);
  });
});

describe("a draw of the last term of a plan that renews itself, whose process dies", () => {
  const steps = numbered([...leasing, ...extending, ...trying]).slice(leasing.length);
  test.each(steps)("%s (step %i) extends it once, and takes the money once", async (step, at) => {
    const order = await dueOrder(world, [firstCard], { renews: true });
    expect(await dieAt(at)).toBe(step);
    expect((await orderNow(world, order)).planNumbers).toHaveLength(2);
    const terms = await invoicesNow(world, order);
    expect(terms).toMatchObject([
      { term: 0, status: "paid" },
      { term: 1, status: "waiting", tries: 0 },
    ]);
    await expectTrue(world, [order]);
  });
});
