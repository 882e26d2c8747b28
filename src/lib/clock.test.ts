import fc from "fast-check";
import { expect, test } from "vitest";
import {
  after,
  DAY_MS,
  fakeClock,
  isoText,
  istanbulDay,
  istanbulTime,
  startOfIstanbulDay,
} from "./clock.ts";

/** From the year after Türkiye stopped changing its clocks. */
const moment = fc
  .integer({ min: Date.UTC(2017, 0, 1), max: Date.UTC(2100, 0, 1) })
  .map((ms) => new Date(ms));

test("the Istanbul day and time are those of the time zone itself", () => {
  fc.assert(
    fc.property(moment, (at) => {
      const zoned = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(
        "Europe/Istanbul",
      );
      expect(istanbulDay(at)).toBe(zoned.toPlainDate().toString());
      const time = zoned.toPlainDateTime().toString({ fractionalSecondDigits: 3 });
      expect(istanbulTime(at)).toBe(time);
    }),
  );
});

test("a moment is written as the language writes it, whatever was written before", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(moment, fc.date({ noInvalidDate: true }))), (moments) => {
      for (const at of moments) expect(isoText(at)).toBe(at.toISOString());
    }),
  );
  for (const ms of [0, -1, DAY_MS - 1, DAY_MS, -DAY_MS, 8.64e15, -8.64e15]) {
    expect(isoText(new Date(ms))).toBe(new Date(ms).toISOString());
  }
  expect(() => isoText(new Date(Number.NaN))).toThrow(RangeError);
});

test("every moment lies within its own day", () => {
  fc.assert(
    fc.property(moment, (at) => {
      const start = startOfIstanbulDay(istanbulDay(at))!;
      expect(start.getTime()).toBeLessThanOrEqual(at.getTime());
      expect(after(start, DAY_MS).getTime()).toBeGreaterThan(at.getTime());
    }),
  );
});

test("a day turns at midnight in Istanbul, three hours before it does in UTC", () => {
  expect(istanbulDay(new Date("2026-03-04T20:59:59.999Z"))).toBe("2026-03-04");
  expect(istanbulDay(new Date("2026-03-04T21:00:00.000Z"))).toBe("2026-03-05");
  expect(startOfIstanbulDay("2026-03-05")).toEqual(new Date("2026-03-04T21:00:00.000Z"));
});

test("a leap day is a day, in leap years only", () => {
  expect(startOfIstanbulDay("2028-02-29")).toEqual(new Date("2028-02-28T21:00:00Z"));
  expect(startOfIstanbulDay("2026-02-29")).toBeUndefined();
});

test.each(["", "2026-13-01", "2026-04-31", "2026-00-10", "2026-1-1", "20260101", "2026-01-01T00"])(
  '"%s" is no day',
  (day) => expect(startOfIstanbulDay(day)).toBeUndefined(),
);

test("a fake clock stands still until it is moved", () => {
  const clock = fakeClock("2026-03-04T12:00:00+03:00");
  expect([clock(), clock()]).toEqual(Array(2).fill(new Date("2026-03-04T09:00:00Z")));
  clock.advance(DAY_MS);
  expect(clock()).toEqual(new Date("2026-03-05T09:00:00Z"));
});
