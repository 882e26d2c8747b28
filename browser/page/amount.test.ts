import { describe, expect, test } from "vitest";
import { hundredthsOf, roundedHundredths } from "./amount.ts";

describe("an amount of a page, in hundredths", () => {
  test.each([
    ["100,55", 10055],
    ["1.234,56", 123456],
    ["1.234.567,8", 123456780],
    ["1,234.56", 123456],
    ["1.234.567", 123456700],
    ["150.00", 15000],
    ["12.5", 1250],
    ["200", 20000],
    ["1.234", 123400],
    ["0.123", 12],
    [",5", 50],
    ["0,005", 1],
    ["8,904", 890],
    [" 249,90 TL ", 24990],
    ["₺249,90", 24990],
    ["1 234,56", 123456],
    ["19,99 try", 1999],
  ])("%j is %d", (text, hundredths) => expect(hundredthsOf(text)).toBe(hundredths));

  test.each(["", "TL", "abc", "-5", "1e3", "12,3,4x", "12345678901234"])("%j is none", (text) =>
    expect(hundredthsOf(text)).toBeUndefined(),
  );
});

describe("an amount in hundredths already", () => {
  test.each([
    ["2000", 2000],
    ["1998.9999999999998", 1999],
    ["1000,0", 1000],
    [" 7 ", 7],
  ])("%j is %d", (text, hundredths) => expect(roundedHundredths(text)).toBe(hundredths));
  test.each(["", "20,00 TL", "-1", "1.000,5"])("%j is none", (text) =>
    expect(roundedHundredths(text)).toBeUndefined(),
  );
});
