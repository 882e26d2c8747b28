import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../src/db/transaction.ts";
import { requeuePayout, runPayouts } from "../../src/payouts/index.ts";
import type { Payout } from "../../src/payouts/payout.rules.ts";
import type { FindProvider, PayoutProvider } from "../../src/payouts/provider.rules.ts";
import {
  bankTransfers,
  duePayout,
  expectTruth,
  liveOn,
  runsOf,
  stateOf,
} from "../support/payouts.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { Life, mortalPayouts, type Restarted, restarted } from "./mortal.ts";

const HOUR_MS = 3_600_000;
const STEPS_MAX = 60;

let world: TestWorld;
let other: Restarted;
const all: Payout[] = [];
beforeAll(async () => {
  world = await createWorld({ wrapProvider: (find) => beside(find) });
  other = await restarted(world);
});
afterAll(async () => {
  await other.close();
  await world.close();
});

/** What else happens at a moment of the way to the bank, once. */
type Moment = "before the time" | "after the time" | "before the bank" | "after the bank";
let planned: { moment: Moment; run: () => Promise<void> } | undefined;
async function pass(moment: Moment): Promise<void> {
  if (planned?.moment !== moment) return;
  const { run } = planned;
  planned = undefined;
  await run();
}
afterEach(() => expect(planned).toBeUndefined());

function beside(find: FindProvider): FindProvider {
  return (connection) => {
    const bank: PayoutProvider = find(connection);
    return {
      ...bank,
      async time() {
        await pass("before the time");
        const told = await bank.time();
        await pass("after the time");
        return told;
      },
      async send(transfer) {
        await pass("before the bank");
        const outcome = await bank.send(transfer);
        await pass("after the bank");
        return outcome;
      },
    };
  };
}

async function create(): Promise<Payout> {
  const payout = await duePayout(world);
  all.push(payout);
  return payout;
}

const ignore = () => {};
const fail = (error: unknown): never => {
  throw error;
};
const sentOf = async (payout: Payout) => {
  const { requests } = await world.bank.admin("GET", "/requests?limit=10000");
  const runs = await runsOf(world, payout);
  const names = new Set(runs.map(({ id }) => id.slice(4)));
  return (requests as { op: string; orderNo: string }[]).filter(
    ({ op, orderNo }) => op === "transfer" && names.has(orderNo),
  ).length;
};

/** A failed payout is asked for again, as an order is restarted. */
async function again(payout: Payout): Promise<Payout> {
  const { merchantId, number, amountMinor, count, state } = await stateOf(world, payout);
  if (state === "failed") {
    const content = { amountMinor, count };
    expect(
      await inTx(world.db, (tx) => requeuePayout(tx, merchantId, number, content, world.clock())),
    ).toBe(true);
    await world.advance(0);
  }
  return stateOf(world, payout);
}

describe("a worker that is killed", () => {
  test("between any two of its steps pays once, or says that it did not", async () => {
    const life = new Life();
    const mortal = mortalPayouts(world.deps, life);
    const deaths: string[] = [];
    for (let step = 1; step < STEPS_MAX; step += 1) {
      const payout = await create();
      life.endAt(step);
      await runPayouts(mortal.payouts, ignore).catch(ignore);
      const { diedAt } = life;
      life.live();
      if (diedAt === undefined) break;
      deaths.push(diedAt);
      await liveOn(world);
      const ended = await stateOf(world, payout);
      expect([diedAt, ended.state]).toEqual([diedAt, expect.stringMatching(/^(paid|failed)$/)]);
      const sent = await sentOf(payout);
      expect([diedAt, sent]).toEqual([diedAt, ended.state === "paid" ? 1 : 0]);
      expect((await again(payout)).state).toBe("paid");
    }
    expect(deaths).toContain("before the transfer");
    expect(deaths).toContain("after the transfer");
    expect(deaths).toContain("before insert ledger_entries");
    expect(deaths.length).toBeLessThan(STEPS_MAX - 1);
    await expectTruth(world, all);
  });

  test("while it asks about a transfer leaves it to be asked about again", async () => {
    const life = new Life();
    const mortal = mortalPayouts(world.deps, life);
    for (let step = 1; step < STEPS_MAX; step += 1) {
      await world.bank.fault("reset_after_commit", { op: "transfer" });
      const payout = await create();
      await world.advance(0);
      expect((await stateOf(world, payout)).state).toBe("sending");
      world.clock.advance(10_000);
      life.endAt(step);
      await runPayouts(mortal.payouts, ignore).catch(ignore);
      const isOver = life.diedAt === undefined;
      life.live();
      await liveOn(world);
      expect((await stateOf(world, payout)).state).toBe("paid");
      expect(await sentOf(payout)).toBe(1);
      if (isOver) break;
    }
    await expectTruth(world, all);
  });
});

test("a worker that is killed while a denied payout rests sends nothing in that hour", async () => {
  const life = new Life();
  const mortal = mortalPayouts(world.deps, life);
  const denial = [190, 80, 30, 60, 120, 180].map((seconds) => seconds * 1_000);
  for (let step = 1; step < STEPS_MAX; step += 1) {
    await world.bank.fault("not_found_for", { op: "transfer" }, { seconds: HOUR_MS / 1_000 });
    const payout = await create();
    await world.advance(0);
    await liveOn(world, denial);
    const { merchantId, number, amountMinor } = await stateOf(world, payout);
    await inTx(world.db, (tx) =>
      requeuePayout(tx, merchantId, number, { amountMinor, count: 0 }, world.clock()),
    );
    life.endAt(step);
    await runPayouts(mortal.payouts, ignore).catch(ignore);
    const isOver = life.diedAt === undefined;
    life.live();
    await liveOn(world, [HOUR_MS / 4, HOUR_MS / 4, HOUR_MS / 4]);
    expect(await sentOf(payout)).toBe(1);
    expect(await stateOf(world, payout)).toMatchObject({ state: "queued", runs: 1 });
    await world.advance(HOUR_MS);
    expect((await stateOf(world, payout)).state).toBe("paid");
    expect(await sentOf(payout)).toBe(1);
    if (isOver) break;
  }
  await expectTruth(world, all);
});

describe("a worker that stands still for hours", () => {
  const outlive = async () => {
    for (let i = 0; i < 8; i += 1) {
      world.clock.advance(HOUR_MS / 4);
      world.deps.reception.forgetAll();
      other.deps.reception.forgetAll();
      await runPayouts(other.deps.payouts, fail);
    }
  };
  const moments: readonly [Moment, "paid" | "failed", sent: number][] = [
    ["before the time", "failed", 0],
    ["after the time", "failed", 0],
    ["before the bank", "failed", 1],
    ["after the bank", "paid", 1],
  ];
  test.each(moments)("%s leaves the payout %s", async (moment, state, sent) => {
    const payout = await create();
    planned = { moment, run: outlive };
    await runPayouts(world.deps.payouts, fail);
    expect((await stateOf(world, payout)).state).toBe(state);
    expect(await sentOf(payout)).toBe(sent);
    expect((await again(payout)).state).toBe("paid");
    await expectTruth(world, all);
  });

  test("before it opens the run finds that another one has paid", async () => {
    const payout = await create();
    let calls = 0;
    const { merchantOf } = world.deps.payouts;
    const frozen = {
      ...world.deps.payouts,
      merchantOf: async (id: Payout["merchantId"]) => {
        calls += 1;
        // The first one is for the lease, the second for the run.
        if (calls === 2) await outlive();
        return merchantOf(id);
      },
    };
    await runPayouts(frozen, fail);
    expect(await runsOf(world, payout)).toHaveLength(1);
    expect(await sentOf(payout)).toBe(1);
    expect((await stateOf(world, payout)).state).toBe("paid");
    await expectTruth(world, all);
  });
});

test("two workers at the same heap send each payout once", async () => {
  const heap = [];
  for (let i = 0; i < 45; i += 1) heap.push(await create());
  const both = [world.deps.payouts, other.deps.payouts, world.deps.payouts, other.deps.payouts];
  for (let left = 1; left > 0; ) {
    const counts = await Promise.all(both.map((deps) => runPayouts(deps, fail)));
    left = counts.reduce((sum, count) => sum + count, 0);
  }
  for (const payout of heap) {
    expect(await stateOf(world, payout)).toMatchObject({ state: "paid", runs: 1 });
  }
  const names = new Set(
    (await Promise.all(heap.map((each) => runsOf(world, each))))
      .flat()
      .map(({ id }) => id.slice(4)),
  );
  const sent = (await bankTransfers(world)).filter(({ reference }) => names.has(reference));
  expect(sent).toHaveLength(45);
  await expectTruth(world, all);
});
