import { expect, test } from "vitest";
import { modelOf, namesOfNumber } from "./marks.ts";

const input = (mark: string, value: string, type = "text", isChecked = false) => ({
  mark,
  value,
  type,
  isChecked,
});

test("marked inputs become members of the wire, digits without their groups", () => {
  const model = modelOf([
    input("number", "4355 0843-5508 4358"),
    input("exp-month", " 01", "select-one"),
    input("exp-year", "2030", "select-one"),
    input("cvv", "000", "password"),
    input("holderName", " Deniz Ak "),
    input("email", "deniz@shop.example"),
    input("amount", "123,45"),
  ]);
  expect(model).toEqual({
    pan: "4355084355084358",
    month: "01",
    year: "2030",
    cvc: "000",
    card_holder: "Deniz Ak",
    card_holder_mail: "deniz@shop.example",
  });
});
test("of radio buttons the chosen one counts, wherever it stands", () => {
  const radios = (chosen: string) =>
    modelOf(["ji_1", "ji_2"].map((key) => input("installmentKey", key, "radio", key === chosen)));
  expect(radios("ji_1")).toEqual({ instalment_key: "ji_1" });
  expect(radios("ji_2")).toEqual({ instalment_key: "ji_2" });
  expect(radios("none")).toEqual({ instalment_key: "" });
});
test.each([
  ["checkbox", "on", true, true],
  ["checkbox", "on", false, false],
  ["hidden", "true", false, true],
  ["hidden", "false", false, false],
  ["select-one", "1", false, true],
  ["radio", "false", true, false],
  ["radio", "true", false, false],
])("a %s with %j, checked %s, is %s", (type, value, isChecked, expected) => {
  expect(modelOf([input("do3D", value, type, isChecked)])).toEqual({ do_3ds: expected });
});

test.each([
  [[["copy", "4355 0843 5508 4358"]], ["copy"]],
  [
    [
      ["note", "hi"],
      ["a", "4355"],
      ["b", "0843"],
      ["c", "5508"],
      ["d", "4358"],
      ["order", "4358"],
    ],
    ["a", "b", "c", "d"],
  ],
  [[["order", "43550843"]], []],
  [
    [
      ["a", "4355"],
      ["b", "x"],
      ["c", "084355084358"],
    ],
    [],
  ],
  [[["empty", ""]], []],
] as const)("of %j the names %j hold the number", (entries, names) => {
  expect(namesOfNumber(entries, "4355084355084358")).toEqual(names);
});
test("before a number is typed nothing holds it", () => {
  expect(namesOfNumber([["a", ""]], "")).toEqual([]);
});
