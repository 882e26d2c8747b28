import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY_MS } from "../lib/clock.ts";
import { termsFrom } from "./plan.rules.ts";
import { firstAt, isPaidAtOnce, spanOf } from "./recurring.rules.ts";

const at = (text: string) => new Date(`${text}+03:00`);
const NOW = at("2026-07-02T14:30:00");
const monthly = { periodType: 4, trialDays: 0, paysAtCreation: false };

describe("the first charge", () => {
  test("is one period and the trial after the creation", () => {
    expect(firstAt({ ...monthly, trialDays: 10 }, NOW)).toEqual(at("2026-08-12T14:30:00"));
    expect(firstAt(monthly, NOW)).toEqual(at("2026-08-02T14:30:00"));
  });

  test("is now where it is paid at the creation, and put off by a trial even then", () => {
    const paid = { ...monthly, paysAtCreation: true };
    expect(firstAt(paid, NOW)).toEqual(NOW);
    expect(isPaidAtOnce(paid)).toBe(true);
    const tried = { ...paid, trialDays: 10 };
    expect(isPaidAtOnce(tried)).toBe(false);
    expect(firstAt(tried, NOW)).toEqual(at("2026-07-12T14:30:00"));
  });

  test("is on the day that was named, and the trial after it", () => {
    const named = { ...monthly, firstDay: "2026-07-20" };
    expect(firstAt(named, NOW)).toEqual(at("2026-07-20T14:30:00"));
    const tried = { ...named, trialDays: 5, paysAtCreation: true };
    expect(firstAt(tried, NOW)).toEqual(at("2026-07-25T14:30:00"));
  });

  test("is not on a day that has passed, nor later where it is paid at once", () => {
    expect(() => firstAt({ ...monthly, firstDay: "2026-07-01" }, NOW)).toThrow("invalid_input");
    const paid = { ...monthly, paysAtCreation: true };
    expect(() => firstAt({ ...paid, firstDay: "2026-07-03" }, NOW)).toThrow("invalid_input");
    expect(firstAt({ ...paid, firstDay: "2026-07-02" }, NOW)).toEqual(NOW);
  });

  test("is never before the creation, and later by exactly the days of a trial", () => {
    const asked = fc.record({
      periodType: fc.integer({ min: 1, max: 8 }),
      paysAtCreation: fc.boolean(),
      minutes: fc.integer({ min: 0, max: 2_000_000 }),
      trialDays: fc.integer({ min: 0, max: 366 }),
    });
    fc.assert(
      fc.property(asked, ({ minutes, trialDays, ...rest }) => {
        const now = new Date(NOW.getTime() + minutes * 60_000);
        const plain = firstAt({ ...rest, trialDays: 0 }, now);
        const tried = firstAt({ ...rest, trialDays }, now);
        expect(plain >= now).toBe(true);
        expect(tried.getTime() - plain.getTime()).toBe(trialDays * DAY_MS);
      }),
    );
  });
});

describe("a period of the wire", () => {
  test.each([
    [1, "2026-08-02"],
    [2, "2026-08-08"],
    [3, "2026-08-15"],
    [4, "2026-09-01"],
    [5, "2026-11-01"],
    [6, "2027-02-01"],
    [7, "2027-05-01"],
    [8, "2027-08-01"],
  ])("%i has its second term on %s", (type, day) => {
    const plan = { beginAt: at("2026-08-01T09:00:00"), intervalCount: 2, ...spanOf(type) };
    expect(termsFrom(plan, 1, 1)).toEqual([at(`${day}T09:00:00`)]);
  });

  test("is one of eight", () => {
    expect(() => spanOf(0)).toThrow("market_refused");
    expect(() => spanOf(9)).toThrow("market_refused");
  });
});
