import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GatherFull, type GatherLimits, gather } from "./gather.ts";

type Ask = { id: number; key: string; isBad: boolean };
const answerOf = (ask: Ask) => `answer ${ask.id}`;
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

const asksOf = fc
  .array(fc.record({ key: fc.constantFrom("a", "b", "c", "d", "e"), isBad: fc.boolean() }), {
    maxLength: 60,
  })
  .map((asks) => asks.map((ask, id): Ask => ({ ...ask, id })));
const limitsOf: fc.Arbitrary<Partial<GatherLimits>> = fc.record({
  batchesMax: fc.integer({ min: 1, max: 4 }),
  batchMax: fc.integer({ min: 1, max: 7 }),
});

/** A run that remembers its batches, holds a few ticks and fails whole when any ask is bad. */
function witness() {
  const batches: Ask[][] = [];
  const runsAtOnce: string[][] = [];
  const underWay = new Set<Ask[]>();
  const run = async (asks: Ask[]) => {
    batches.push(asks);
    underWay.add(asks);
    runsAtOnce.push([...underWay].flat().map((ask) => ask.key));
    for (let i = 0; i < asks.length % 3; i += 1) await tick();
    underWay.delete(asks);
    if (asks.some((ask) => ask.isBad)) throw new Error("bad ask");
    return asks.map(answerOf);
  };
  return { batches, runsAtOnce, run };
}

const settleAll = async (asks: Ask[], ask: (one: Ask) => Promise<string>) =>
  Promise.allSettled(asks.map(ask));

describe("gather", () => {
  test("every good ask gets its own answer and every bad one fails alone", () =>
    fc.assert(
      fc.asyncProperty(asksOf, limitsOf, async (asks, limits) => {
        const { run } = witness();
        const results = await settleAll(
          asks,
          gather(run, (ask) => ask.key, limits),
        );
        for (const [i, result] of results.entries()) {
          if (asks[i]!.isBad) expect(result).toMatchObject({ status: "rejected" });
          else expect(result).toEqual({ status: "fulfilled", value: answerOf(asks[i]!) });
        }
      }),
    ));

  test("no batch is larger than allowed, and no two asks with one key run at once", () =>
    fc.assert(
      fc.asyncProperty(asksOf, limitsOf, async (asks, limits) => {
        const { batches, runsAtOnce, run } = witness();
        await settleAll(
          asks,
          gather(run, (ask) => ask.key, limits),
        );
        for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(limits.batchMax!);
        for (const keys of runsAtOnce) expect(new Set(keys).size).toBe(keys.length);
      }),
    ));

  test("good asks with one key succeed in the order in which they came", () =>
    fc.assert(
      fc.asyncProperty(asksOf, limitsOf, async (asks, limits) => {
        const done: Ask[] = [];
        const run = async (batch: Ask[]) => {
          await tick();
          if (batch.some((ask) => ask.isBad)) throw new Error("bad ask");
          done.push(...batch);
          return batch.map(answerOf);
        };
        await settleAll(
          asks,
          gather(run, (ask) => ask.key, limits),
        );
        const good = asks.filter((ask) => !ask.isBad);
        for (const key of new Set(good.map((ask) => ask.key))) {
          const ofKey = (all: Ask[]) => all.filter((ask) => ask.key === key).map((ask) => ask.id);
          expect(ofKey(done)).toEqual(ofKey(good));
        }
      }),
    ));

  const many = (count: number): Ask[] =>
    Array.from({ length: count }, (_, id) => ({ id, key: `k${id}`, isBad: false }));

  test("calls that arrive together share batches, each as large as allowed", async () => {
    const { batches, run } = witness();
    await settleAll(
      many(250),
      gather(run, (ask) => ask.key),
    );
    expect(batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
  });

  test("at most two batches are under way at once", async () => {
    let underWay = 0;
    let most = 0;
    const run = async (asks: Ask[]) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await tick();
      underWay -= 1;
      return asks.map(answerOf);
    };
    await settleAll(
      many(30),
      gather(run, (ask) => ask.key, { batchMax: 2 }),
    );
    expect(most).toBe(2);
  });

  test("a lost connection rejects the whole batch and runs nothing twice", async () => {
    const lost = Object.assign(new Error("Connection terminated unexpectedly"));
    let runs = 0;
    const ask = gather(
      async (): Promise<string[]> => {
        runs += 1;
        throw lost;
      },
      (one: Ask) => one.key,
    );
    const results = await settleAll(many(5), ask);
    expect(runs).toBe(1);
    for (const result of results) expect(result).toEqual({ status: "rejected", reason: lost });
  });

  test("when the server goes away during single runs, the rest are rejected unasked", async () => {
    const gone = Object.assign(new Error("shutting down"), { code: "57P01" });
    const seen: number[][] = [];
    const run = async (asks: Ask[]) => {
      seen.push(asks.map((ask) => ask.id));
      if (asks.length > 1) throw new Error("one of these is bad");
      if (asks[0]!.id === 1) throw gone;
      return asks.map(answerOf);
    };
    const results = await settleAll(
      many(4),
      gather(run, (ask) => ask.key),
    );
    expect(seen).toEqual([[0, 1, 2, 3], [0], [1]]);
    expect(results.map((result) => result.status)).toEqual([
      "fulfilled",
      "rejected",
      "rejected",
      "rejected",
    ]);
    expect(results[3]).toMatchObject({ reason: gone });
  });

  test("a run with too few answers is a bug that is told to all and not run again", async () => {
    let runs = 0;
    const ask = gather(
      async (asks: Ask[]) => {
        runs += 1;
        return asks.slice(1).map(answerOf);
      },
      (one: Ask) => one.key,
    );
    const results = await settleAll(many(3), ask);
    expect(results.map((result) => result.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(runs).toBe(1);
  });

  test("an ask beyond the bound is refused at once and does not fail the others", async () => {
    const { run } = witness();
    const ask = gather(run, (one: Ask) => one.key, { waitingMax: 2 });
    const results = await settleAll(many(3), ask);
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(results[2]).toMatchObject({ reason: expect.any(GatherFull) });
    await expect(ask(many(1)[0]!)).resolves.toBe("answer 0");
  });
});
