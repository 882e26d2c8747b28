import { expect, test } from "vitest";
import { amount, isoDuration, kurusOfAmount, paramsOf, tableOf, words } from "./bank.rules.ts";

test("a table keeps its columns in line, numbers to the right", () => {
  const rows = [
    { order: "A1", sum: 15075 },
    { order: "LONGER", sum: 5 },
  ];
  expect(
    tableOf(
      [
        ["order", words("order")],
        ["sum", amount("sum")],
      ],
      rows,
    ),
  ).toBe(["order      sum", "A1      150.75", "LONGER    0.05"].join("\n"));
});

test("spans are taken as people and as machines write them", () => {
  expect(["2hours", "1 month", "90seconds", "PT2H"].map(isoDuration)).toEqual([
    "PT2H",
    "P1M",
    "PT90S",
    "PT2H",
  ]);
});

test("amounts become whole kuruş or nothing", () => {
  expect(["100", "8.9", "8001.10", "1,5", "1.234"].map(kurusOfAmount)).toEqual([
    10000,
    890,
    800110,
    undefined,
    undefined,
  ]);
});

test("parameters are numbers, yes or no, or text; a code is always text", () => {
  expect(paramsOf(["ms=500", "commit=false", "code=51", "end=rst"])).toEqual({
    ms: 500,
    commit: false,
    code: "51",
    end: "rst",
  });
  expect(paramsOf(["ms"])).toBeUndefined();
});
