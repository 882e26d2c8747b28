import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openDb } from "../../../src/db/pool.ts";
import { nextDueMs } from "../../../src/jobs/due.store.ts";
import { distribute } from "../../../src/marketplace/index.ts";
import { createNumbers, type NextNumber } from "../../../src/merchants/index.ts";
import { payoutsOf, seedDebts, seedEarnings } from "../../support/earnings.ts";
import { endOrder } from "../../support/settled-orders.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const HOUR_MS = 3_600_000;
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const table of ["earnings", "debts", "payout_runs", "payouts"]) {
    await world.db.pool.query(`delete from ${table}`);
  }
  await settings("payout", true);
});

async function settings(distribution: string, hasTrigger: boolean): Promise<void> {
  const text = "update marketplace_settings set distribution = $1, has_manual_trigger = $2";
  await world.db.pool.query(text, [distribution, hasTrigger]);
}

const thrown = (error: unknown): never => {
  throw error;
};
const run = () => distribute(world.deps.marketplace, thrown);
/** Moves the clocks to a moment in Istanbul. */
const goTo = (at: string) =>
  world.advance(new Date(`${at}:00+03:00`).getTime() - world.clock().getTime());
const nextMs = () => nextDueMs(world.db, [world.merchant.merchantId], world.clock());

type Made = {
  party: string;
  member: number | null;
  currency: string;
  amount: number;
  count: number;
};
async function made(): Promise<Made[]> {
  const { rows } = await world.db.pool.query<Made & { guid: string }>(
    `select party, member::integer, currency, amount_minor::integer as amount, count from payouts
     where kind = 'daily' order by created_at, party, member, currency`,
  );
  return rows;
}
const toMember = (member: number, amount: number, count: number, currency = "TRY") => ({
  ...{ party: "member", member, currency, amount, count },
});

describe("on a business day", () => {
  test("members are paid at 16:00, each currency by itself, and the platform waits", async () => {
    await goTo("2026-03-04T12:00");
    await seedEarnings(world, [
      { day: "2026-03-04", minor: 100, party: "member", member: 1 },
      { day: "2026-03-04", minor: 3, party: "member", member: 1, currency: "USD" },
      { day: "2026-03-04", minor: 500, party: "member", member: 2 },
      { day: "2026-03-05", minor: 7, party: "member", member: 2 },
      { day: "2026-03-04", minor: 9, party: "platform" },
    ]);
    expect(await run()).toBe(0);
    expect(await nextMs()).toBe(4 * HOUR_MS);
    await goTo("2026-03-04T15:59");
    expect(await run()).toBe(0);
    await goTo("2026-03-04T16:00");
    expect(await nextMs()).toBe(24 * HOUR_MS);
    expect(await run()).toBe(3);
    expect(await made()).toEqual([
      toMember(1, 100, 1),
      toMember(1, 3, 1, "USD"),
      toMember(2, 500, 1),
    ]);
    expect(await run()).toBe(0);
  });
  test("what a day left over is paid on the next business day, not on a weekend", async () => {
    await seedEarnings(world, [{ day: "2026-03-04", minor: 5, party: "member" }]);
    await goTo("2026-03-07T17:00");
    expect(await run()).toBe(0);
    await goTo("2026-03-09T00:30");
    expect(await run()).toBe(1);
  });
  test("what is due on a weekend is paid on Monday at 16:00", async () => {
    await seedEarnings(world, [{ day: "2026-03-14", minor: 5, party: "member" }]);
    await goTo("2026-03-14T18:00");
    expect(await run()).toBe(0);
    expect(await nextMs()).toBe((24 + 22) * HOUR_MS);
    await goTo("2026-03-16T16:00");
    expect(await run()).toBe(1);
  });
  test("the platform is paid too where it does not work with orders", async () => {
    await goTo("2026-03-17T16:00");
    await settings("payout", false);
    await seedEarnings(world, [
      { day: "2026-03-16", minor: 5, member: 1, description: "Mart" },
      { day: "2026-03-17", minor: 6, member: 2, description: "Mart" },
    ]);
    expect(await run()).toBe(1);
    const platform = { party: "platform", member: null, currency: "TRY", amount: 11, count: 2 };
    expect(await made()).toEqual([platform]);
    const { rows } = await world.db.pool.query("select description from payouts");
    expect(rows).toEqual([{ description: "Mart" }]);
  });
  test.each(["developer", "excel"])("nothing is transferred in mode %s", async (mode) => {
    await settings(mode, false);
    await seedEarnings(world, [{ day: "2026-03-17", minor: 5, party: "member" }]);
    expect(await run()).toBe(0);
    expect(await nextMs()).toBe(undefined);
  });
});

describe("what a member owes", () => {
  beforeEach(() => goTo("2026-03-17T16:00"));

  test("is taken off, and what is owed to it is added", async () => {
    await seedEarnings(world, [{ day: "2026-03-17", minor: 100, party: "member" }]);
    await seedDebts(world, [
      { day: "2026-03-16", minor: 25 },
      { day: "2026-03-16", minor: -40 },
      { day: "2026-03-18", minor: 1_000 },
      { day: "2026-03-16", minor: -7, currency: "USD" },
    ]);
    expect(await run()).toBe(1);
    expect(await made()).toEqual([toMember(1, 85, 3)]);
  });
  test("waits while it is more than what is due", async () => {
    await seedEarnings(world, [{ day: "2026-03-17", minor: 100, party: "member" }]);
    await seedDebts(world, [{ day: "2026-03-16", minor: -100 }]);
    expect(await run()).toBe(0);
    await seedEarnings(world, [{ day: "2026-03-17", minor: 1, party: "member" }]);
    expect(await run()).toBe(1);
    expect(await made()).toEqual([toMember(1, 1, 3)]);
  });
  test("is not forgotten with a payout that failed: it goes with the next one", async () => {
    const due = { party: "member", minor: 100 } as const;
    const [first] = await seedEarnings(world, [{ ...due, day: "2026-03-17" }]);
    await seedDebts(world, [{ day: "2026-03-17", minor: -30 }]);
    await run();
    const [guid] = await payoutsOf(world, [first!]);
    await endOrder(world, guid!, "Hesap kapalı");
    expect(await run()).toBe(0);
    await seedEarnings(world, [{ ...due, day: "2026-03-18" }]);
    await goTo("2026-03-18T16:00");
    expect(await run()).toBe(1);
    expect(await made()).toEqual([toMember(1, 70, 2), toMember(1, 70, 2)]);
    expect(await payoutsOf(world, [first!])).toEqual([guid]);
  });
  test("of a member without an account it fails once, and is paid when there is one", async () => {
    const of = (member: number, day: string) =>
      seedEarnings(world, [{ day, minor: 5, party: "member", member }]);
    await seedDebts(world, [{ day: "2026-03-17", minor: 20 }]);
    expect(await run()).toBe(1);
    await world.db.pool.query(
      `update payouts set state = 'failed', failure = 'account_missing', due_at = null,
         settled_at = $1`,
      [world.clock()],
    );
    await goTo("2026-03-18T16:00");
    await of(2, "2026-03-18");
    expect(await run()).toBe(1);
    await world.db.pool.query(
      `insert into member_accounts
       values ($1, 1, 1, 'TRY', 'Ada', 'TR560006200000000000100011', $2)`,
      [world.merchant.merchantId, world.clock()],
    );
    await goTo("2026-03-19T16:00");
    await of(2, "2026-03-19");
    expect(await run()).toBe(2);
    const [first, second] = [toMember(1, 20, 1), toMember(2, 5, 1)];
    expect(await made()).toEqual([first, second, first, second]);
  });
});

describe("beside others", () => {
  beforeEach(() => goTo("2026-03-24T16:00"));
  const member = { day: "2026-03-17", party: "member" } as const;

  test("four at once make each payout once", async () => {
    const due = Array.from({ length: 12 }, (_, i) => ({ ...member, minor: 10, member: i % 3 }));
    await seedEarnings(world, due);
    const counts = await Promise.all([run(), run(), run(), run()]);
    expect(counts.reduce((all, each) => all + each)).toBe(3);
    expect(await made()).toEqual([0, 1, 2].map((each) => toMember(each, 40, 4)));
  });
  test("who is due after the numbers were taken is paid in the same round", async () => {
    await seedEarnings(world, [{ ...member, minor: 10, member: 2 }]);
    const { marketplace } = world.deps;
    let isLate = false;
    const payout: NextNumber = async (merchant) => {
      if (!isLate) await seedEarnings(world, [{ ...member, minor: 20, member: 1 }]);
      isLate = true;
      return marketplace.next.payout(merchant);
    };
    const next = { ...marketplace.next, payout };
    expect(await distribute({ ...marketplace, next }, thrown)).toBe(2);
    expect(await made()).toEqual([toMember(1, 20, 1), toMember(2, 10, 1)]);
  });
  test("a round needs one connection: numbers are not waited for inside it", async () => {
    await seedEarnings(world, [{ ...member, minor: 10 }]);
    const db = openDb({
      ...{ url: world.database.appUrl, max: 1, applicationName: "narrow" },
      onError: thrown,
    });
    const { marketplace, ring } = world.deps;
    const payout = createNumbers({ ...marketplace, db, ring }, "payout");
    const next = { ...marketplace.next, payout };
    expect(await distribute({ ...marketplace, db, next }, thrown)).toBe(1);
    await db.close();
  });
  test("what is about to go back is left out", async () => {
    const [held] = await seedEarnings(world, [
      { ...member, minor: 10 },
      { ...member, minor: 5 },
    ]);
    await world.db.pool.query("update earnings set is_held = true where number = $1", [held]);
    expect(await run()).toBe(1);
    expect(await made()).toEqual([toMember(1, 5, 1)]);
  });
  test("what failed stays so", async () => {
    const numbers = await seedEarnings(world, [{ ...member, minor: 10 }]);
    await run();
    const [guid] = await payoutsOf(world, numbers);
    await endOrder(world, guid!, "Hesap kapalı");
    await goTo("2026-03-25T16:00");
    expect(await run()).toBe(0);
    expect(await payoutsOf(world, numbers)).toEqual([guid]);
  });
});
