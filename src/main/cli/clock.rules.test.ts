import { expect, test } from "vitest";
import { inUnits, ranTexts } from "./clock.rules.ts";

const HOUR_MS = 3_600_000;

test.each([
  [365 * 24 * HOUR_MS, "days", 365],
  [49 * HOUR_MS, "days", 3],
  [48 * HOUR_MS, "hours", 48],
  [2 * HOUR_MS, "minutes", 120],
  [90_000, "seconds", 90],
  [500, "seconds", 1],
])("a move by %i ms is shown in %s", (ms, unit, total) => {
  expect(inUnits({ done: 0, total: ms })).toEqual({ unit, done: 0, total });
  expect(inUnits({ done: ms, total: ms }).done).toBeLessThanOrEqual(total);
});

test("a day that has not passed does not count", () => {
  expect(inUnits({ done: 47 * HOUR_MS, total: 240 * HOUR_MS })).toMatchObject({ done: 1 });
});

const texts = (asked: number, drawn: number, refused: number) =>
  ranTexts({ moved: ["10001"], ms: 1, asked, drawn, refused });

test("what ran is said in one or two sentences, and nothing of what did not", () => {
  expect(texts(0, 0, 0)).toEqual([]);
  expect(texts(1, 1, 0)).toEqual([
    "Asked the bank 1 time about attempts in doubt, beside what the worker asked.",
    "Drew 1 invoice.",
  ]);
  expect(texts(0, 1_200, 1)).toEqual(["Drew 1,200 invoices; 1 try was refused."]);
  expect(texts(0, 24, 3)).toEqual(["Drew 24 invoices; 3 tries were refused."]);
  expect(texts(0, 0, 2)).toEqual(["Drew no invoice: 2 tries were refused."]);
});
