import { Command } from "commander";
import { expect, test } from "vitest";
import { faultActions, faultOps } from "../../simulator/faults.rules.ts";
import { amount, isoDuration, kurusOfAmount, paramsOf, tableOf, words } from "./bank.rules.ts";
import { addBankCommands } from "./bank.ts";

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
  const read = ["2hours", "1 month", "27300seconds", "2min", "PT2H"].map(isoDuration);
  expect(read).toEqual(["PT2H", "P1M", "PT27300S", "PT2M", "PT2H"]);
  expect(["0days", "-PT2H", "soon", "2 fortnights"].map(isoDuration)).toEqual([
    ...[undefined, undefined, undefined, undefined],
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

test("the help of faults names every action and operation that the bank takes", () => {
  const program = new Command();
  addBankCommands(program, () => Promise.reject(new Error("no bank is asked")));
  const under = (command: Command, name: string) =>
    command.commands.find((each) => each.name() === name)!;
  const add = under(under(under(program, "bank"), "fault"), "add");
  const shown = new Set(add.helpInformation().split(/[\s,]+/));
  expect([...faultActions, ...faultOps].filter((word) => !shown.has(word))).toEqual([]);
});
