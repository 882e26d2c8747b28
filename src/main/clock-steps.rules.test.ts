import fc from "fast-check";
import { expect, test } from "vitest";
import {
  beginWalk,
  COARSE_STEPS_MAX,
  EXACT_STEPS_MAX,
  leftOf,
  nextStepMs,
  stepped,
} from "./clock-steps.rules.ts";

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

type Step = Readonly<{ fromMs: number; toMs: number; isExact: boolean }>;

/** Walks over a span in which something falls due at each of `moments`, as the platform does. */
function walked(totalMs: number, moments: readonly number[]): Step[] {
  const ahead = [...moments].sort((a, b) => a - b);
  const steps: Step[] = [];
  let walk = beginWalk(totalMs);
  for (let next = 0; leftOf(walk) > 0; ) {
    while (next < ahead.length && ahead[next]! <= walk.doneMs) next += 1;
    const due = ahead[next];
    const stepMs = nextStepMs(walk, due === undefined ? undefined : due - walk.doneMs);
    const after = stepped(walk, stepMs);
    const isExact = walk.strideMs === undefined;
    steps.push({ fromMs: walk.doneMs, toMs: after.doneMs, isExact });
    if (steps.length > EXACT_STEPS_MAX + COARSE_STEPS_MAX) break;
    walk = after;
  }
  return steps;
}

const span = fc.integer({ min: 1, max: 10 * YEAR_MS });
const someMoments = fc.array(fc.integer({ min: 1, max: 11 * YEAR_MS }), { maxLength: 300 });

/** Something every `everyMs`, from the first one on, up to the end. */
const every = (everyMs: number, totalMs: number) =>
  Array.from({ length: Math.floor(totalMs / everyMs) }, (_, i) => (i + 1) * everyMs);

test("each step goes forward from where the last one ended, up to the end of the span", () => {
  fc.assert(
    fc.property(span, someMoments, (totalMs, moments) => {
      const steps = walked(totalMs, moments);
      expect(steps[0]?.fromMs).toBe(0);
      expect(steps.at(-1)?.toMs).toBe(totalMs);
      for (const [i, { fromMs, toMs }] of steps.entries()) {
        expect(toMs).toBeGreaterThan(fromMs);
        if (i > 0) expect(fromMs).toBe(steps[i - 1]?.toMs);
      }
    }),
  );
});

test("each moment of the span is stopped at within a second, and never before it", () => {
  fc.assert(
    fc.property(span, someMoments, (totalMs, moments) => {
      const steps = walked(totalMs, moments);
      for (const due of moments.filter((each) => each <= totalMs)) {
        const stop = steps.find(({ toMs }) => toMs >= due);
        expect(stop!.toMs - due).toBeLessThan(1_000);
      }
    }),
  );
});

test("all steps but the last are whole seconds", () => {
  fc.assert(
    fc.property(span, someMoments, (totalMs, moments) => {
      for (const { fromMs, toMs } of walked(totalMs, moments).slice(0, -1)) {
        expect((toMs - fromMs) % 1_000).toBe(0);
      }
    }),
  );
});

test("what is due already, or within the second, is a second ahead at least", () => {
  for (const aheadMs of [-5_000, 0, 0.25, 999]) {
    expect(nextStepMs(beginWalk(HOUR_MS), aheadMs)).toBe(1_000);
  }
  expect(nextStepMs(beginWalk(400), 0)).toBe(400);
});

test("nothing to stop at is one step", () => {
  expect(walked(YEAR_MS, [])).toEqual([{ fromMs: 0, toMs: YEAR_MS, isExact: true }]);
});

test("a dense span takes a bounded number of steps, however dense it is", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1_000, max: 120_000 }),
      fc.integer({ min: 3, max: 4 * COARSE_STEPS_MAX }),
      (everyMs, times) => {
        const totalMs = (EXACT_STEPS_MAX + times) * everyMs + 1;
        const steps = walked(totalMs, every(everyMs, totalMs));
        expect(steps.length).toBeLessThanOrEqual(EXACT_STEPS_MAX + COARSE_STEPS_MAX);
        expect(steps.at(-1)?.toMs).toBe(totalMs);
        for (const { fromMs, toMs, isExact } of steps) {
          if (isExact) expect(toMs - fromMs).toBeLessThan(everyMs + 1_000);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test("a year in which each second is due is exact at first, then walked in equal steps", () => {
  let walk = beginWalk(YEAR_MS);
  const coarse: number[] = [];
  while (leftOf(walk) > 0) {
    const stepMs = nextStepMs(walk, 1);
    if (walk.strideMs === undefined) expect(stepMs).toBe(1_000);
    else coarse.push(stepMs);
    walk = stepped(walk, stepMs);
  }
  expect(walk.steps).toBeGreaterThan(EXACT_STEPS_MAX);
  expect(coarse.length).toBeLessThanOrEqual(COARSE_STEPS_MAX);
  expect(new Set(coarse.slice(0, -1)).size).toBe(1);
});

test("a coarse step goes on to the next moment where nothing falls due within it", () => {
  const dense = { totalMs: YEAR_MS, doneMs: 0, steps: EXACT_STEPS_MAX, strideMs: HOUR_MS };
  expect(nextStepMs(dense, 5 * HOUR_MS)).toBe(5 * HOUR_MS);
  expect(nextStepMs(dense, 5)).toBe(HOUR_MS);
});
