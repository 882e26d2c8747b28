import fc from "fast-check";
import { expect, test } from "vitest";
import { isBusinessDay, isWeekend, nextBusinessDay, plusDays, weekdayOf } from "./business-day.ts";

test.each([
  ["2026-03-04", "a Wednesday", true],
  ["2026-03-07", "a Saturday", false],
  ["2026-04-23", "a fixed holiday", false],
  ["2026-10-28", "a half day", true],
  ["2026-10-29", "the Day of the Republic", false],
  ["2026-03-19", "the half day before a feast", true],
  ["2026-03-20", "the first day of Ramazan Bayramı", false],
  ["2026-03-22", "its third day", false],
  ["2026-03-23", "the Monday after it", true],
  ["2026-05-26", "the half day before Kurban Bayramı", true],
  ["2026-05-27", "its first day", false],
  ["2026-05-29", "its third day", false],
  ["2026-06-01", "the Monday after it", true],
  ["2027-03-11", "the third day of Ramazan Bayramı", false],
  ["2027-05-19", "a fixed day that is the fourth of Kurban Bayramı too", false],
  ["2031-01-24", "a day of a feast that the table does not know yet", true],
  ["2031-01-01", "a fixed day of a year beyond the table", false],
])("%s, %s, is a business day: %s", (day, _what, is) => {
  expect(isBusinessDay(day)).toBe(is);
});

test.each([
  ["2026-03-04", "2026-03-04"],
  ["2026-03-07", "2026-03-09"],
  ["2026-03-20", "2026-03-23"],
  ["2026-05-27", "2026-06-01"],
  ["2025-12-31", "2025-12-31"],
  ["2026-01-01", "2026-01-02"],
])("from %s on, banks work first on %s", (day, next) => {
  expect(nextBusinessDay(day)).toBe(next);
});

const day = fc.integer({ min: 0, max: 366 * 20 }).map((days) => plusDays("2020-01-01", days));

test("the next business day is one, is never earlier, and nothing between is one", () => {
  fc.assert(
    fc.property(day, (each) => {
      const next = nextBusinessDay(each);
      expect(isBusinessDay(next)).toBe(true);
      expect(isWeekend(next)).toBe(false);
      for (let at = each; at < next; at = plusDays(at, 1)) expect(isBusinessDay(at)).toBe(false);
      expect(next >= each).toBe(true);
      expect(nextBusinessDay(next)).toBe(next);
    }),
  );
});

test("weeks begin on Monday, and a day that does not exist has no later day", () => {
  expect(weekdayOf("2026-03-02")).toBe(1);
  expect(weekdayOf("2026-03-08")).toBe(7);
  expect(plusDays("2026-02-28", 1)).toBe("2026-03-01");
  expect(() => plusDays("2026-02-30", 1)).toThrow(RangeError);
});
