import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { after, DAY_MS, istanbulDay, istanbulTime } from "../lib/clock.ts";
import { Refusal } from "../lib/refusal.ts";
import {
  checkBegin,
  checkPlan,
  daysLater,
  type Interval,
  nearestFree,
  nextLike,
  nextMidnight,
  type Plan,
  TERMS_MAX,
  termAt,
  termsFrom,
} from "./plan.rules.ts";

const plan = (begin: string, interval: Interval, more: Partial<Plan> = {}): Plan => ({
  beginAt: new Date(begin),
  interval,
  intervalCount: 12,
  period: 1,
  ...more,
});
const days = (of: Plan, count: number) => termsFrom(of, 0, count).map(istanbulDay);

describe("terms", () => {
  test("of months: a short month moves its own term alone", () => {
    expect(days(plan("2027-01-31T10:00:00+03:00", "month"), 5)).toEqual([
      "2027-01-31",
      "2027-02-28",
      "2027-03-31",
      "2027-04-30",
      "2027-05-31",
    ]);
  });
  test("of a leap day fall on the last of February in other years", () => {
    expect(days(plan("2028-02-29T10:00:00+03:00", "year"), 5)).toEqual([
      "2028-02-29",
      "2029-02-28",
      "2030-02-28",
      "2031-02-28",
      "2032-02-29",
    ]);
  });
  test("of every other month, and of weeks, leave out what lies between", () => {
    expect(days(plan("2026-12-30T23:30:00+03:00", "month", { period: 2 }), 3)).toEqual([
      "2026-12-30",
      "2027-02-28",
      "2027-04-30",
    ]);
    expect(days(plan("2026-12-30T00:00:00+03:00", "week"), 3)).toEqual([
      "2026-12-30",
      "2027-01-06",
      "2027-01-13",
    ]);
  });
  test("belong to Istanbul's calendar, whatever the day is elsewhere", () => {
    const late = plan("2027-01-30T22:30:00Z", "month");
    expect(istanbulTime(late.beginAt)).toBe("2027-01-31T01:30:00.000");
    expect(istanbulTime(termAt(late, 1))).toBe("2027-02-28T01:30:00.000");
  });
});

const begins = fc
  .date({ min: new Date("2026-01-01"), max: new Date("2090-12-31"), noInvalidDate: true })
  .map((at) => new Date(Math.floor(at.getTime() / 1_000) * 1_000));
const intervals = fc.constantFrom<Interval>("day", "week", "month", "year");
const plans = fc.record({
  beginAt: begins,
  interval: intervals,
  intervalCount: fc.integer({ min: 1, max: 60 }),
  period: fc.integer({ min: 1, max: 18 }),
});

/** Months since year 0, and the day among them, in Istanbul. */
function monthAndDay(at: Date) {
  const [year, month, day] = istanbulDay(at).split("-").map(Number);
  return { month: year! * 12 + month! - 1, day: day! };
}
const lengthOf = (month: number) =>
  new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();

describe("whatever the plan", () => {
  test("no period is skipped or doubled", () => {
    fc.assert(
      fc.property(plans, (of) => {
        for (const [term, at] of termsFrom(of, 0, of.intervalCount).entries()) {
          const span = term * of.period;
          const begin = monthAndDay(of.beginAt);
          if (of.interval === "day" || of.interval === "week") {
            const step = of.interval === "day" ? DAY_MS : 7 * DAY_MS;
            expect(at).toEqual(after(of.beginAt, span * step));
            continue;
          }
          const { month, day } = monthAndDay(at);
          expect(month).toBe(begin.month + span * (of.interval === "month" ? 1 : 12));
          expect(day).toBe(Math.min(begin.day, lengthOf(month)));
        }
      }),
    );
  });
  test("each term keeps the begin's time of day", () => {
    fc.assert(
      fc.property(plans, fc.nat(200), (of, term) => {
        expect(istanbulTime(termAt(of, term)).slice(11)).toBe(istanbulTime(of.beginAt).slice(11));
      }),
    );
  });
});

const refusalOf = (run: () => void) => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error as Refusal<"invalid_input">;
  }
};

describe("a begin", () => {
  const now = new Date("2026-03-04T23:30:00+03:00");
  test.each(["2026-03-04T00:00:00+03:00", "2026-03-04T12:00:00+03:00", "2199-12-31T23:59:00Z"])(
    "at %s is taken",
    (begin) => checkBegin(new Date(begin), now),
  );
  test.each(["2026-03-03T23:59:59+03:00", "2017-10-03T10:32:24+03:00", "0001-01-01T00:00:00Z"])(
    "at %s is past",
    (begin) => {
      expect(refusalOf(() => checkBegin(new Date(begin), now))?.details).toEqual({
        field: "begin_date",
        problem: "out_of_range",
        bound: "2026-03-04 - 2199-12-31",
      });
    },
  );
});

describe("a plan that reaches too far", () => {
  test.each([
    ["a year of years", plan("2027-01-01T00:00:00Z", "year", { intervalCount: TERMS_MAX })],
    ["a late begin", plan("9999-01-01T00:00:00Z", "day")],
    ["a long period", plan("2027-01-01T00:00:00Z", "year", { period: 1_200 })],
  ])("%s is refused", (_what, of) => {
    expect(() => checkPlan(of)).toThrow(Refusal);
  });
  test("the sentence names the most terms, which are taken", () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 1_200 }), (some, period) => {
        const of = { ...some, period, intervalCount: TERMS_MAX };
        const told = refusalOf(() => checkPlan(of))?.details;
        if (!told) return;
        expect(told).toMatchObject({ field: "interval_count", problem: "out_of_range" });
        const most = Number(/^1 - (\d+)$/.exec(told.bound ?? "")?.[1]);
        checkPlan({ ...of, intervalCount: most });
        expect(() => checkPlan({ ...of, intervalCount: most + 1 })).toThrow(Refusal);
      }),
    );
  });
  test("a hundred years of months are not", () => {
    checkPlan(plan("2027-01-31T00:00:00Z", "month", { intervalCount: TERMS_MAX }));
  });
});

test("the nearest free term is taken, the earlier of two that are as near", () => {
  const of = plan("2027-06-01T09:00:00+03:00", "day");
  const at = new Date("2027-06-03T21:00:00+03:00");
  const near = (...taken: number[]) => nearestFree(of, 5, new Set(taken), at);
  expect([near(), near(2), near(2, 3), near(0, 1, 2, 3), near(0, 1, 2, 3, 4)]).toEqual([
    2,
    3,
    1,
    4,
    undefined,
  ]);
});

test("days are Istanbul's", () => {
  const evening = new Date("2027-06-01T20:59:00Z");
  expect(nextMidnight(evening)).toEqual(new Date("2027-06-01T21:00:00Z"));
  expect(nextMidnight(new Date("2027-06-01T21:00:00Z"))).toEqual(new Date("2027-06-02T21:00:00Z"));
  expect(daysLater(evening, 3)).toEqual(new Date("2027-06-04T20:59:00Z"));
  const nine = new Date("2026-01-01T06:00:00Z");
  expect(nextLike(nine, evening)).toEqual(new Date("2027-06-02T06:00:00Z"));
  expect(nextLike(nine, new Date("2027-06-02T06:00:00Z"))).toEqual(
    new Date("2027-06-02T06:00:00Z"),
  );
});
