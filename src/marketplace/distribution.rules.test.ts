import fc from "fast-check";
import { expect, test } from "vitest";
import { isBusinessDay, plusDays } from "../lib/business-day.ts";
import { dailyText, lastDayByHand, nextRunDay, paidThrough } from "./distribution.rules.ts";

const at = (day: string, time: string) => new Date(`${day}T${time}:00+03:00`);

test.each([
  ["2026-03-04", "15:59", "2026-03-03", "2026-03-04"],
  ["2026-03-04", "16:00", "2026-03-04", "2026-03-05"],
  ["2026-03-06", "16:00", "2026-03-06", "2026-03-09"],
  ["2026-03-07", "18:00", undefined, "2026-03-09"],
  ["2026-03-09", "00:00", "2026-03-08", "2026-03-09"],
  // Ramazan Bayramı from Friday to Sunday.
  ["2026-03-19", "16:00", "2026-03-19", "2026-03-23"],
  ["2026-03-20", "16:00", undefined, "2026-03-23"],
])("on %s at %s what is due through %s is paid, and next on %s", (day, time, through, next) => {
  expect(paidThrough(at(day, time))).toBe(through);
  expect(nextRunDay(at(day, time))).toBe(next);
});

test("what is put to the next transfers is paid by them, and not before", () => {
  const minute = fc.nat(24 * 60 - 1);
  fc.assert(
    fc.property(fc.nat(1_500), minute, (days, minutes) => {
      const midnight = at(plusDays("2025-01-01", days), "00:00");
      const now = new Date(midnight.getTime() + minutes * 60_000);
      const day = nextRunDay(now);
      expect(isBusinessDay(day)).toBe(true);
      expect((paidThrough(now) ?? "") < day).toBe(true);
      expect(paidThrough(at(day, "16:00"))).toBe(day);
    }),
  );
});

test("a transfer that leaves by itself says its day", () => {
  expect(dailyText("2026-03-04")).toBe("Hakediş 04.03.2026");
});

test.each([
  ["2026-03-04", "2026-03-05"],
  ["2026-03-06", "2026-03-09"],
  ["2026-03-07", "2026-03-09"],
])("on %s what is due up to %s may be put into a file", (today, last) => {
  expect(lastDayByHand(at(today, "00:00"))).toBe(last);
  expect(lastDayByHand(at(today, "23:59"))).toBe(last);
});
