import fc from "fast-check";
import { expect, test } from "vitest";
import { Refusal } from "../lib/refusal.ts";
import type { Earning } from "./earning.rules.ts";
import { changed, checkChange, checkOpen, type EarningChange } from "./earning-change.rules.ts";

const earning: Earning = {
  merchantId: "mer_1",
  number: 1n,
  approvalId: "apr_1",
  sale: 1n,
  product: 1n,
  party: "member",
  member: 501n,
  currency: "TRY",
  amountMinor: 8_800n,
  commissionPpm: 120_000n,
  reflectionDate: "2026-03-11",
  payDate: "2026-03-11",
  state: "open",
  isRetried: false,
  isHeld: false,
  payout: null,
  calculatedAt: new Date("2026-03-04T09:00:00Z"),
};
const now = new Date("2026-03-04T12:00:00+03:00");
const problemOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof Refusal ? (error.details as { problem?: string }).problem : "thrown";
  }
  return undefined;
};

test.each([
  [{ what: "raise", minor: 0n }, "earning_amount_wrong"],
  [{ what: "lower", minor: 1n }, undefined],
  [{ what: "postpone", days: 0 }, "out_of_range"],
  [{ what: "postpone", days: 3_651 }, "out_of_range"],
  [{ what: "postpone", days: 3_650 }, undefined],
  [{ what: "redate", day: "2026-03-08" }, "date_on_weekend"],
  [{ what: "redate", day: "2026-03-03" }, "date_passed"],
  [{ what: "redate", day: "2026-03-04" }, undefined],
] satisfies [EarningChange, string | undefined][])("%o by itself: %s", (change, problem) => {
  expect(problemOf(() => checkChange(change, now))).toBe(problem);
});

test.each([
  [{ payoutState: null }, undefined],
  [{ payoutState: "failed" }, undefined],
  [{ payoutState: "queued" }, "earning_queued"],
  [{ payoutState: "sending" }, "earning_queued"],
  [{ payoutState: "paid" }, "earning_paid"],
  [{ payoutState: null, isHeld: true }, "earning_held"],
] as const)(
  "an earning that is %o may be changed unless it is said why not: %s",
  (more, problem) => {
    expect(problemOf(() => checkOpen({ ...earning, ...more }))).toBe(problem);
  },
);

test("a new day takes a failed earning out of its payout; a new amount leaves it in", () => {
  const failed = { ...earning, payout: 7n };
  expect(changed(failed, { what: "raise", minor: 1n })).toMatchObject({
    payout: 7n,
    amountMinor: 8_801n,
  });
  const postponed = changed(failed, { what: "postpone", days: 9 });
  expect(postponed).toMatchObject({
    payout: null,
    isRetried: true,
    reflectionDate: "2026-03-20",
    payDate: "2026-03-23",
  });
  expect(changed(failed, { what: "lower", minor: 8_800n })).toMatchObject({
    payout: null,
    state: "closed",
  });
});

test("an earning is postponed to the last day of business at most", () => {
  const far = { ...earning, reflectionDate: "2100-12-30" };
  expect(changed(far, { what: "postpone", days: 1 }).reflectionDate).toBe("2100-12-31");
  for (const reflectionDate of ["2100-12-31", "9999-12-31"]) {
    const late = { ...earning, reflectionDate };
    expect(problemOf(() => changed(late, { what: "postpone", days: 1 }))).toBe("out_of_range");
  }
});

test("whatever is raised and lowered, an earning is never below zero, and open while above", () => {
  const steps = fc.array(
    fc.record({
      what: fc.constantFrom("raise", "lower"),
      minor: fc.bigInt({ min: 1n, max: 20_000n }),
    }),
  );
  fc.assert(
    fc.property(steps, (all) => {
      let at: Earning = earning;
      for (const each of all) {
        const isTooLow = each.what === "lower" && each.minor > at.amountMinor;
        const problem = problemOf(() => {
          at = changed(at, each);
        });
        expect(problem).toBe(isTooLow ? "earning_amount_wrong" : undefined);
        expect(at.amountMinor >= 0n).toBe(true);
        expect(at.state).toBe(at.amountMinor === 0n ? "closed" : "open");
      }
    }),
  );
});
