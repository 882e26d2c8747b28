import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalText, divideHalfUp, minorOfDecimal, PPM, portion, share, step } from "./money.ts";

const minor = fc.bigInt({ min: 0n, max: 10n ** 15n });
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 12 })
  .filter((all) => all.some((weight) => weight > 0n));
const sum = (all: readonly bigint[]) => all.reduce((total, each) => total + each, 0n);

test("a share sums to its whole, and no part is a kuruş away from its due", () => {
  fc.assert(
    fc.property(minor, weights, (total, by) => {
      const parts = share({ minor: total, currency: "TRY" }, by).map((part) => part.minor);
      expect(sum(parts)).toBe(total);
      for (const [i, part] of parts.entries()) {
        const off = part * sum(by) - total * by[i]!;
        expect(off < sum(by) && off > -sum(by)).toBe(true);
      }
    }),
  );
});

test("a share by no weight at all is a bug, not a division by zero", () => {
  expect(() => share({ minor: 5n, currency: "TRY" }, [0n, 0n])).toThrow("some weight is positive");
});

test("steps that walk the whole way take the whole total, whatever they are", () => {
  const walk = fc.record({
    total: minor,
    strides: fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 }),
  });
  fc.assert(
    fc.property(walk, ({ total, strides }) => {
      const whole = sum(strides);
      fc.pre(whole > 0n);
      let at = 0n;
      const taken = strides.map((stride) => {
        const part = step(total, at, at + stride, whole);
        at += stride;
        return part;
      });
      expect(sum(taken)).toBe(total);
      expect(taken.every((part) => part >= 0n)).toBe(true);
    }),
  );
});

test.each([
  [-1n, 2n, 5n],
  [3n, 2n, 5n],
  [3n, 6n, 5n],
  [0n, 0n, 0n],
])("a step from %s to %s of %s leads off the way", (before, after, whole) => {
  expect(() => step(100n, before, after, whole)).toThrow("a step lies on the way");
});

test("a division is off by half at most, and a half goes away from zero", () => {
  const value = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  fc.assert(
    fc.property(value, fc.bigInt({ min: 1n, max: 10n ** 9n }), (all, by) => {
      const quotient = divideHalfUp(all, by);
      const off = 2n * (quotient * by - all);
      const isAway = all < 0n ? off < by && off >= -by : off > -by && off <= by;
      expect(isAway).toBe(true);
      expect(divideHalfUp(-all, by)).toBe(-quotient);
    }),
  );
  expect([5n, 15n, -5n, -15n, 4n].map((each) => divideHalfUp(each, 10n))).toEqual([
    1n,
    2n,
    -1n,
    -2n,
    0n,
  ]);
  expect(() => divideHalfUp(1n, 0n)).toThrow("the divisor is positive");
});

test("a portion by the whole rate is the whole, by none is none", () => {
  fc.assert(
    fc.property(minor, (all) => {
      expect(portion(all, PPM)).toBe(all);
      expect(portion(all, 0n)).toBe(0n);
    }),
  );
  expect(portion(10_050n, 20_000n)).toBe(201n);
});

test("an amount written as a decimal is read back as it was", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n - 1n }), (all) => {
      expect(minorOfDecimal(decimalText(all))).toBe(all);
      expect(decimalText(-all, ",")).toBe(`${all > 0n ? "-" : ""}${decimalText(all, ",")}`);
    }),
  );
  expect([0n, 5n, 99n, 100n, 123_450n].map((each) => decimalText(each, ","))).toEqual([
    "0,00",
    "0,05",
    "0,99",
    "1,00",
    "1234,50",
  ]);
});

test("decimals beyond the second round half up, however many they are", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 9n }),
      fc.bigInt({ min: 0n, max: 10n ** 10n - 1n }),
      (lira, fraction) => {
        const text = `${lira}.${fraction.toString().padStart(10, "0")}`;
        expect(minorOfDecimal(text)).toBe(divideHalfUp(lira * 10n ** 10n + fraction, 10n ** 8n));
      },
    ),
  );
  expect(["8.905", "8.9049", "20", "20.5", "0.001"].map(minorOfDecimal)).toEqual([
    891n,
    890n,
    2000n,
    2050n,
    0n,
  ]);
});

test.each(["", "-1", "+1", "1e3", "1,50", "1.234,50", ".5", "5.", " 5", "0x10", "1_000", "NaN"])(
  '"%s" is no plain decimal',
  (text) => expect(minorOfDecimal(text)).toBeUndefined(),
);
