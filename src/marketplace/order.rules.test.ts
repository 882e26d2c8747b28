import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "../lib/refusal.ts";
import type { PayoutState } from "./earning.rules.ts";
import {
  checkEnd,
  checkNeighbours,
  checkRestart,
  checkSpan,
  daysIn,
  descriptionOf,
  meets,
  type Neighbour,
  PENDING_DAYS_MAX,
  type Span,
  slicesOf,
} from "./order.rules.ts";

const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2024, 0, 1);
const dayOf = (n: number) => new Date(FIRST + n * DAY_MS).toISOString().slice(0, 10);
const spanOf = (from: number, to: number): Span => ({ from: dayOf(from), to: dayOf(to) });
/** The days of a span, one by one: what the rules are held against. */
const listed = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

/** What a call refuses, if it does. */
function refusalOf(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { problem } = error.details as { problem?: string };
    return error.code === "market_refused" ? problem : error.code;
  }
}

const dayNumber = fc.nat(800);
const near = fc.nat(30);

describe("a span of days", () => {
  test("has as many days as can be counted, both ends included", () => {
    fc.assert(
      fc.property(dayNumber, dayNumber, (from, to) => {
        const days = daysIn(spanOf(from, to));
        expect(Math.max(0, days)).toBe(listed(from, to).length);
      }),
    );
  });
  test("is refused when it ends before it begins, and above its limit", () => {
    fc.assert(
      fc.property(dayNumber, near, fc.option(near), (from, more, most) => {
        const refused = refusalOf(() => checkSpan(spanOf(from, from + more), most));
        const isLong = most !== null && listed(from, from + more).length > most;
        expect(refused).toBe(isLong ? "span_too_long" : undefined);
        const turned = spanOf(from + more + 1, from);
        expect(refusalOf(() => checkSpan(turned, most))).toBe("invalid_input");
      }),
    );
    expect(refusalOf(() => checkSpan(spanOf(1, 40), PENDING_DAYS_MAX))).toBe(undefined);
    expect(refusalOf(() => checkSpan(spanOf(1, 41), PENDING_DAYS_MAX))).toBe("span_too_long");
  });
});

describe("the last day of an order", () => {
  test("is yesterday in Istanbul at the latest, at every moment of the day", () => {
    fc.assert(
      fc.property(dayNumber, fc.nat(DAY_MS - 1), near, (today, ms, ago) => {
        const midnight = new Date(`${dayOf(today)}T00:00:00+03:00`).getTime();
        const now = new Date(midnight + ms);
        const last = (n: number) => refusalOf(() => checkEnd(spanOf(0, n), false, now));
        expect(last(today - 1 - ago)).toBe(undefined);
        expect(last(today + ago)).toBe("order_ends_too_late");
        expect(refusalOf(() => checkEnd(spanOf(0, today + ago), true, now))).toBe(undefined);
      }),
    );
  });
});

const state = fc.constantFrom<PayoutState>("queued", "sending", "paid", "failed");

describe("orders beside one another", () => {
  test("two spans meet exactly when they have a day in common", () => {
    fc.assert(
      fc.property(near, near, near, near, (a, length, b, other) => {
        const common = listed(a, a + length).some((day) => listed(b, b + other).includes(day));
        expect(meets(spanOf(a, a + length), spanOf(b, b + other))).toBe(common);
      }),
    );
  });
  test("paid ones refuse unless that is skipped, running ones always, failed ones never", () => {
    const order = fc.record({ from: near, length: fc.nat(6), state });
    fc.assert(
      fc.property(
        fc.array(order, { maxLength: 6 }),
        near,
        near,
        fc.boolean(),
        (all, a, n, skips) => {
          const asked = listed(a, a + n);
          const hit = (...states: PayoutState[]) =>
            all.some(
              (each) =>
                states.includes(each.state) &&
                listed(each.from, each.from + each.length).some((day) => asked.includes(day)),
            );
          const neighbours: Neighbour[] = all.map((each) => ({
            ...spanOf(each.from, each.from + each.length),
            state: each.state,
          }));
          const refused = refusalOf(() => checkNeighbours(neighbours, spanOf(a, a + n), skips));
          const isQueued = hit("queued", "sending") ? "earning_queued" : undefined;
          expect(refused).toBe(!skips && hit("paid") ? "order_overlaps" : isQueued);
        },
      ),
    );
  });
  test.each<[PayoutState, string | undefined]>([
    ["failed", undefined],
    ["paid", "earning_already_sent"],
    ["queued", "earning_queued"],
    ["sending", "earning_queued"],
  ])("an order that is %s is restarted: %s", (is, refused) => {
    expect(refusalOf(() => checkRestart(is))).toBe(refused);
  });
});

describe("slices of an order", () => {
  const counts = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 5 })), {
      maxLength: 30,
    })
    .map((pairs) => {
      let at = 0;
      return pairs.map(([count, step]) => {
        at += step;
        return { day: dayOf(at), count };
      });
    });
  test("hold each day once and in order, and no more than fits unless one day does not", () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 120 }), (days, most) => {
        const slices = slicesOf(days, most);
        const held = slices.map((slice) =>
          days.filter(({ day }) => day >= slice.from && day <= slice.to),
        );
        expect(held.flat()).toEqual(days);
        for (const part of held) {
          const sum = part.reduce((all, { count }) => all + count, 0);
          expect(part.length === 1 || sum <= most).toBe(true);
        }
      }),
    );
  });
});

test("a transfer says which days it is for", () => {
  expect(descriptionOf({ from: "2026-02-01", to: "2026-02-28" })).toBe(
    "Hakediş 01.02.2026 - 28.02.2026",
  );
  expect(descriptionOf({ from: "2026-02-01", to: "2026-02-01" })).toBe("Hakediş 01.02.2026");
});
