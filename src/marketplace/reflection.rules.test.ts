import fc from "fast-check";
import { expect, test } from "vitest";
import { plusDays, weekdayOf } from "../lib/business-day.ts";
import { dateProblem, memberDate, platformDate } from "./reflection.rules.ts";

test.each([
  ["plus_day", 7, "2026-03-02", "2026-03-09"],
  ["plus_day", 100, "2026-03-02", "2026-06-10"],
  ["day_of_week", 4, "2026-03-02", "2026-03-05"],
  ["day_of_week", 1, "2026-03-02", "2026-03-09"],
  ["day_of_week", 7, "2026-03-08", "2026-03-15"],
  ["day_of_month", 15, "2026-03-02", "2026-03-15"],
  ["day_of_month", 2, "2026-03-02", "2026-04-02"],
  ["day_of_month", 1, "2026-12-31", "2027-01-01"],
  ["day_of_month", 28, "2026-01-31", "2026-02-28"],
] as const)("%s %i, approved on %s, is due on %s", (kind, value, day, due) => {
  expect(memberDate(day, { kind, value })).toBe(due);
});

const day = fc.integer({ min: 0, max: 3_000 }).map((days) => plusDays("2024-01-01", days));

test("a day of the week or the month is the first such one strictly after the approval", () => {
  fc.assert(
    fc.property(
      day,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 28 }),
      (at, w, m) => {
        const week = memberDate(at, { kind: "day_of_week", value: w });
        expect(weekdayOf(week)).toBe(w);
        expect(week > at && week <= plusDays(at, 7)).toBe(true);
        const month = memberDate(at, { kind: "day_of_month", value: m });
        expect(Number(month.slice(8))).toBe(m);
        expect(month > at && month <= plusDays(at, 31)).toBe(true);
      },
    ),
  );
});

test("the platform takes the member's date only where the whole payment has one member", () => {
  const of = { platformDays: 1, memberDate: "2026-03-09" };
  const date = (sameDate: boolean, members: number) =>
    platformDate("2026-03-02", { ...of, sameDate, members });
  expect(date(false, 1)).toBe("2026-03-03");
  expect(date(true, 1)).toBe("2026-03-09");
  expect(date(true, 2)).toBe("2026-03-03");
  const far = { ...of, platformDays: 30, sameDate: true, members: 1 };
  expect(platformDate("2026-03-02", far)).toBe("2026-03-09");
});

test.each([
  ["2026-03-03", 0, "date_passed"],
  ["2026-03-01", 0, "date_passed"],
  ["2026-03-07", 0, "date_on_weekend"],
  ["2026-03-08", 0, "date_on_weekend"],
  ["2026-03-04", 57_599_999, undefined],
  ["2026-03-04", 57_600_000, "date_too_late_today"],
  ["2026-03-05", 80_000_000, undefined],
])("on 2026-03-04, the day %s set %i ms after midnight: %s", (to, ms, problem) => {
  expect(dateProblem(to, "2026-03-04", ms)).toBe(problem);
});
