import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { handOut } from "./ahead.ts";

/** Gives the batches in turn, then says that there are no more. */
const batchesOf = (batches: readonly (readonly number[])[]) => {
  const left = [...batches];
  return async () => left.shift();
};

test("every piece of every batch is worked on once, whether or not a batch is empty", async () => {
  const seen: number[] = [];
  await handOut(batchesOf([[1, 2, 3], [], [4], [], [5, 6]]), 2, async (piece) => {
    await turn();
    seen.push(piece);
  });
  expect(seen.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("as many are under way at once as may be, also at the seam of two batches", async () => {
  let underWay = 0;
  const counts: number[] = [];
  await handOut(
    batchesOf([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10],
    ]),
    3,
    async () => {
      underWay += 1;
      counts.push(underWay);
      await turn();
      underWay -= 1;
    },
  );
  expect(Math.max(...counts)).toBe(3);
  expect(counts.slice(2)).not.toContain(1);
});

test("one batch is fetched ahead, and no more", async () => {
  let fetched = 0;
  const nextBatch = async () => {
    fetched += 1;
    return fetched <= 3 ? [fetched] : undefined;
  };
  await handOut(nextBatch, 1, async (piece) => {
    await turn();
    expect(fetched).toBe(piece + 1);
  });
  expect(fetched).toBe(4);
});

test("a failure is told once what is under way has ended, and nothing more begins", async () => {
  const ended: number[] = [];
  const failing = handOut(batchesOf([[1, 2, 3, 4, 5]]), 2, async (piece) => {
    if (piece === 1) throw new Error("the first");
    await turn();
    ended.push(piece);
  });
  await expect(failing).rejects.toThrow("the first");
  expect(ended).toEqual([2]);
});

test("a fetch that fails is told once the batch at hand is worked off", async () => {
  const ended: number[] = [];
  let fetched = 0;
  const nextBatch = async () => {
    fetched += 1;
    if (fetched === 2) throw new Error("the database is gone");
    return [1, 2, 3];
  };
  const failing = handOut(nextBatch, 3, async (piece) => {
    await turn();
    ended.push(piece);
  });
  await expect(failing).rejects.toThrow("the database is gone");
  expect(ended).toEqual([1, 2, 3]);
});
