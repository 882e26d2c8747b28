import fc from "fast-check";
import { expect, test } from "vitest";
import { PPM, portion } from "../lib/money.ts";
import { companyPart, feesInside, feesOnTop, startingRates } from "./commission.rules.ts";

const amount = fc.bigInt({ min: 1n, max: 10n ** 13n });
/** As far as the tables allow, and the tax of today among them. */
const rate = fc.oneof(
  fc.bigInt({ min: 0n, max: 500_000n }),
  fc.constantFrom(0n, 20_000n, 500_000n),
);
const tax = fc.oneof(fc.bigInt({ min: 0n, max: 1_000_000n }), fc.constantFrom(0n, 200_000n));
const far = (a: bigint, b: bigint) => (a > b ? a - b : b - a);

test("net, commission and tax add up to the amount, and none is below zero", () => {
  fc.assert(
    fc.property(amount, rate, tax, (amountMinor, ratePpm, taxPpm) => {
      const fees = feesInside(amountMinor, ratePpm, taxPpm);
      expect(fees.netMinor + fees.commissionMinor + fees.taxMinor).toBe(amountMinor);
      for (const part of [fees.netMinor, fees.commissionMinor, fees.taxMinor]) {
        expect(part).toBeGreaterThanOrEqual(0n);
      }
    }),
    { numRuns: 500, examples: [[1n, 500_000n, 1_000_000n]] },
  );
});

test("the tax is that of the rounded commission", () => {
  expect(feesInside(15_075n, 20_000n, 200_000n)).toEqual({
    amountMinor: 15_075n,
    commissionMinor: 302n,
    taxMinor: 60n,
    netMinor: 14_713n,
  });
});

test("with the commission on top the seller nets exactly what was asked for", () => {
  fc.assert(
    fc.property(amount, rate, tax, (netMinor, ratePpm, taxPpm) => {
      fc.pre(ratePpm * (PPM + taxPpm) < PPM * PPM);
      const fees = feesOnTop(netMinor, ratePpm, taxPpm);
      expect(fees.amountMinor - fees.commissionMinor - fees.taxMinor).toBe(netMinor);
      expect(fees.netMinor).toBe(netMinor);
      expect(fees.commissionMinor).toBeGreaterThanOrEqual(0n);
      expect(fees.taxMinor).toBeGreaterThanOrEqual(0n);
      const asked = portion(fees.amountMinor, ratePpm);
      expect(far(fees.commissionMinor, asked)).toBeLessThanOrEqual(1n);
      expect(far(fees.taxMinor, portion(asked, taxPpm))).toBeLessThanOrEqual(2n);
    }),
    { numRuns: 500 },
  );
});

test("a rate that would eat the whole amount is stopped", () => {
  expect(() => feesOnTop(100n, 500_000n, 1_000_000n)).toThrow("stay below the amount");
});

test("the company's part is a part", () => {
  fc.assert(
    fc.property(amount, fc.bigInt({ min: 0n, max: PPM }), (amountMinor, sharePpm) => {
      const part = companyPart(amountMinor, sharePpm);
      expect(part).toBeGreaterThanOrEqual(0n);
      expect(part).toBeLessThanOrEqual(amountMinor);
    }),
  );
  expect([0n, 333_333n, PPM].map((each) => companyPart(100n, each))).toEqual([0n, 33n, 100n]);
});

test("a new merchant has a rate for each bank, type and plan, but no plans of other banks", () => {
  const rates = startingRates(["AXSS", "ZDGR"]);
  const names = rates.map((each) => `${each.bankId}:${each.cardType}:${each.instalments}`);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((each) => each.startsWith("ZDGR"))).toEqual([
    "ZDGR:cc:0",
    "ZDGR:bc:0",
    "ZDGR:dc:0",
  ]);
  expect(names.filter((each) => each.startsWith("AXSS:cc"))).toHaveLength(12);
  expect(names).not.toContain("AXSS:dc:2");
});
