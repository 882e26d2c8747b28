import { expect, test } from "vitest";
import { brandOf, knownBrand } from "./brand.ts";

test.each([
  ["", undefined],
  ["4", "visa"],
  ["5", undefined],
  ["51", "mastercard"],
  ["56", undefined],
  ["2221", "mastercard"],
  ["2220", undefined],
  ["2720", "mastercard"],
  ["2721", undefined],
  ["34", "amex"],
  ["36", undefined],
  ["9792", "troy"],
  ["979", undefined],
  ["65", "troy"],
  ["60", undefined],
] as const)("%j is %s", (digits, brand) => expect(brandOf(digits)).toBe(brand));

test("the platform's names of schemes are known in any letters", () => {
  expect(["VISA", "MasterCard", "AMEX", "troy"].map(knownBrand)).toEqual([
    "visa",
    "mastercard",
    "amex",
    "troy",
  ]);
  expect([undefined, "", "constructor", "JCB"].map(knownBrand)).toEqual(Array(4).fill(undefined));
});
