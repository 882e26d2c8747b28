import fc from "fast-check";
import { expect, test } from "vitest";
import { isIdentityNumber, isTaxNumber, numberMaskOf } from "./end-user-number.rules.ts";

const digits = (count: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count });
const all = (count: number) => Array.from({ length: 10 ** count }, (_, i) => i);
const ending = (start: string, count: number) =>
  all(count).map((end) => start + String(end).padStart(count, "0"));

const identity = digits(9).filter(([first]) => first !== 0);
const tax = digits(9);

test.each([["10000000146"], ["17291716060"], ["21862110720"], ["43650391326"]])(
  "%s is an identity number",
  (text) => expect(isIdentityNumber(text)).toBe(true),
);
test.each([["1234567890"], ["4540536920"], ["8790017566"], ["0150015264"]])(
  "%s is a tax number",
  (text) => expect(isTaxNumber(text)).toBe(true),
);
test.each([["17291716061"], ["17291716960"], ["4540536921"], ["0000000000"]])(
  "the digits of %s do not check",
  (text) => {
    expect(isIdentityNumber(text)).toBe(false);
    expect(isTaxNumber(text)).toBe(false);
  },
);

test.each([
  ["00000000000", "begins with zero"],
  ["1000000014", "is too short"],
  ["100000001460", "is too long"],
  ["1000000014A", "has a letter"],
  ["١٠٠٠٠٠٠٠١٤٦", "has digits of another script"],
  [" 10000000146", "has a space"],
  ["", "is empty"],
])("%j is no identity number: it %s", (text) => {
  expect(isIdentityNumber(text)).toBe(false);
  expect(isTaxNumber(text)).toBe(false);
});

test("every nine digits have one pair that makes them an identity number", () => {
  fc.assert(
    fc.property(identity, (start) => {
      expect(ending(start.join(""), 2).filter(isIdentityNumber)).toHaveLength(1);
    }),
    { numRuns: 50 },
  );
});

test("every nine digits have one that makes them a tax number", () => {
  fc.assert(
    fc.property(tax, (start) => {
      expect(ending(start.join(""), 1).filter(isTaxNumber)).toHaveLength(1);
    }),
  );
});

const slip = fc.record({ at: fc.nat({ max: 10 }), by: fc.integer({ min: 1, max: 9 }) });
const slipped = (text: string, at: number, by: number) =>
  text.slice(0, at) + ((Number(text[at]) + by) % 10) + text.slice(at + 1);

test("one wrong digit is always seen", () => {
  fc.assert(
    fc.property(identity, slip, (start, { at, by }) => {
      const number = ending(start.join(""), 2).find(isIdentityNumber)!;
      expect(isIdentityNumber(slipped(number, at, by))).toBe(false);
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(tax, slip, (start, { at, by }) => {
      const number = ending(start.join(""), 1).find(isTaxNumber)!;
      expect(isTaxNumber(slipped(number, at % 10, by))).toBe(false);
    }),
  );
});

test("a mask keeps the length and five digits", () => {
  expect(numberMaskOf("10000000146")).toBe("100******46");
  fc.assert(
    fc.property(fc.constantFrom(10, 11), fc.nat(), (length, seed) => {
      const number = String(seed).padStart(length, "7").slice(0, length);
      expect(numberMaskOf(number)).toHaveLength(length);
      expect(numberMaskOf(number).replaceAll("*", "")).toHaveLength(5);
    }),
  );
});
