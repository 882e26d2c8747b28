import fc from "fast-check";
import { expect, test } from "vitest";
import { barOf, lineOf, type Progress } from "./progress.rules.ts";

const progress = (more: Partial<Progress> = {}): Progress => ({
  label: "10001",
  done: 500,
  total: 2_000,
  elapsedMs: 400,
  ...more,
});

test.each([
  [{}, "10001: 500 of 2,000 (25 %), 1,250/s, 2 s left"],
  [{ done: 0 }, "10001: 0 of 2,000 (0 %)"],
  [{ done: 2_000 }, "10001: 2,000 of 2,000 (100 %), 5,000/s"],
  [{ done: 0, total: 0 }, "10001: 0 of 0 (100 %)"],
  [{ done: 1, total: 126, elapsedMs: 1_000 }, "10001: 1 of 126 (0 %), 1/s, 2 min 05 s left"],
  [{ done: 1_999 }, "10001: 1,999 of 2,000 (99 %), 4,998/s, 1 s left"],
])("%j is told as %s", (more, text) => expect(lineOf(progress(more))).toBe(text));

test("a bar is as full as the work is done", () => {
  expect(barOf(progress(), 120)).toMatch(/^█{8}░{22} 10001: 500 of/);
  expect(barOf(progress({ done: 0 }), 120)).toMatch(/^░{30} /);
  expect(barOf(progress({ done: 2_000 }), 120)).toMatch(/^█{30} /);
});

test("a bar is never wider than its terminal", () => {
  const some = fc.record({
    label: fc.string({ maxLength: 30 }),
    done: fc.nat(10_000_000),
    total: fc.nat(10_000_000),
    elapsedMs: fc.nat(1_000_000),
  });
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 200 }), (each, columns) => {
      expect(barOf(each, columns).length).toBeLessThan(columns);
    }),
  );
});
