import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isIdentityNumber, isTaxNumber } from "./identity-number.ts";

const digits = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((all) => all.join(""));
const endings = (count: number): string[] =>
  Array.from({ length: 10 ** count }, (_, ending) => String(ending).padStart(count, "0"));
const place = (length: number) => fc.integer({ min: 0, max: length - 1 });
const more = fc.integer({ min: 1, max: 9 });
const changed = (text: string, at: number, by: number): string =>
  text.slice(0, at) + ((Number(text[at]) + by) % 10) + text.slice(at + 1);

describe("an identity number", () => {
  test.each(["10000000146", "11111111110", "17291716060"])("%s is one", (text) => {
    expect(isIdentityNumber(text)).toBe(true);
  });

  test.each([
    "",
    "1000000014",
    "100000001460",
    "00000000000",
    "10000000147",
    "10000000136",
    "1000000014a",
    "10000000146\n",
    " 10000000146",
    "1000000014\u0666",
  ])("%j is none", (text) => expect(isIdentityNumber(text)).toBe(false));

  const starts = fc
    .tuple(fc.integer({ min: 1, max: 9 }), digits(8))
    .map(([first, rest]) => `${first}${rest}`);
  const completed = (start: string) =>
    endings(2)
      .map((ending) => start + ending)
      .filter(isIdentityNumber);

  test("has one pair of check digits for every nine others", () => {
    fc.assert(
      fc.property(starts, (start) => {
        expect(completed(start)).toHaveLength(1);
      }),
    );
  });

  test("is none with any one digit changed", () => {
    fc.assert(
      fc.property(starts, place(11), more, (start, at, by) => {
        expect(isIdentityNumber(changed(completed(start)[0]!, at, by))).toBe(false);
      }),
    );
  });
});

describe("a tax number", () => {
  // The first one's nine digits all move to zero.
  test.each(["1234567890", "4540536920"])("%s is one", (text) => {
    expect(isTaxNumber(text)).toBe(true);
  });

  test.each(["", "123456789", "12345678900", "1234567891", "123456789a", "1234567890\n"])(
    "%j is none",
    (text) => expect(isTaxNumber(text)).toBe(false),
  );

  const completed = (start: string) =>
    endings(1)
      .map((ending) => start + ending)
      .filter(isTaxNumber);

  test("has one check digit for every nine others", () => {
    fc.assert(
      fc.property(digits(9), (start) => {
        expect(completed(start)).toHaveLength(1);
      }),
    );
  });

  test("is none with any one digit changed", () => {
    fc.assert(
      fc.property(digits(9), place(10), more, (start, at, by) => {
        expect(isTaxNumber(changed(completed(start)[0]!, at, by))).toBe(false);
      }),
    );
  });
});
