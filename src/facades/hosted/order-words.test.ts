import fc from "fast-check";
import { expect, test } from "vitest";
import { everyText, phoneText, rhythmText, waitText } from "./order-words.ts";

const order = { interval: "month", period: 1, intervalCount: 12, renews: false } as const;

test.each([
  [{}, "her ay, 12 kez", "every month, 12 times"],
  [{ period: 2 }, "2 ayda bir, 12 kez", "every 2 months, 12 times"],
  [{ interval: "day" }, "her gün, 12 kez", "every day, 12 times"],
  [{ interval: "week", period: 3 }, "3 haftada bir, 12 kez", "every 3 weeks, 12 times"],
  [{ interval: "year", intervalCount: 2 }, "her yıl, 2 kez", "every year, 2 times"],
  [{ interval: "day", period: 15 }, "15 günde bir, 12 kez", "every 15 days, 12 times"],
  [{ interval: "year", period: 5 }, "5 yılda bir, 12 kez", "every 5 years, 12 times"],
  [{ intervalCount: 1 }, "1 kez", "once"],
  [{ renews: true }, "her ay", "every month"],
] as const)("%j is said as %j and %j", (more, turkish, english) => {
  expect(rhythmText({ ...order, ...more }, "tr")).toBe(turkish);
  expect(rhythmText({ ...order, ...more }, "en")).toBe(english);
});

test("a rhythm names its number of intervals unless it is one", () => {
  const interval = fc.constantFrom("day", "week", "month", "year");
  fc.assert(
    fc.property(interval, fc.integer({ min: 2, max: 1_200 }), (kind, period) => {
      for (const locale of ["tr", "en"] as const) {
        expect(everyText({ interval: kind, period }, locale)).toContain(String(period));
        expect(everyText({ interval: kind, period: 1 }, locale)).not.toMatch(/\d/);
      }
    }),
  );
});

test("of a phone two digits are shown", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^5[0-9]{9}$/), (phone) => {
      expect(phoneText(phone)).toBe(`5•• ••• •• ${phone.slice(8)}`);
    }),
  );
});

test.each([
  [180, "3 dk", "3 min"],
  [134, "2 dk 14 sn", "2 min 14 sec"],
  [59, "59 sn", "59 sec"],
  [1, "1 sn", "1 sec"],
])("%d seconds are %j and %j", (seconds, turkish, english) => {
  expect(waitText(seconds, "tr")).toBe(turkish);
  expect(waitText(seconds, "en")).toBe(english);
});
