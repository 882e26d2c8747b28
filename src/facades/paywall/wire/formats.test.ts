import { expect, test } from "vitest";
import { day, percentOf } from "./formats.ts";

test.each([
  [0n, "0.00"],
  [35_000n, "3.50"],
  [20_000n, "2.00"],
  [1_250n, "0.1250"],
  [125_600n, "12.56"],
  [35_001n, "3.5001"],
  [1_000_000n, "100.00"],
])("%i parts per million are %s percent", (ppm, text) => {
  expect(JSON.stringify({ rate: percentOf(ppm) })).toBe(`{"rate":${text}}`);
});

test.each([
  ["2000-01-01", true],
  ["2100-12-31T23:59:59", true],
  ["2024-02-29", true],
  ["2026-02-29", false],
  ["1999-12-31", false],
  ["0000-01-01", false],
  ["2101-01-01", false],
  ["9999-12-31", false],
])("%s is a day of business: %s", (text, is) => {
  const read = day("date_passed").safeParse(text);
  expect(read.success).toBe(is);
  expect(read.success ? read.data : read.error.issues[0]?.message).toBe(
    is ? text.slice(0, 10) : "date_passed",
  );
});
