import { expect, test } from "vitest";
import { differences } from "./shape.ts";

const wanted = { id: "<xact_id>", amount: 10.5, is_succeed: true, Data: [{ at: "<time>" }] };
const actual = {
  id: "xk_EAAAAAAZy4E1KAeoi1OKy8g",
  amount: 10.5,
  is_succeed: true,
  Data: [{ at: "2026-03-04T12:00:00.000" }],
};

test("an answer that agrees with its example has no difference", () => {
  expect(differences(actual, wanted)).toEqual([]);
});

test.each([
  [{ ...actual, id: "xk_1" }, [`.id: "xk_1" in the place of "<xact_id>"`]],
  [{ ...actual, amount: "10.5" }, [`.amount: "10.5" in the place of 10.5`]],
  [{ ...actual, amount: undefined }, [".amount: undefined in the place of 10.5"]],
  [{ ...actual, more: 1 }, [".more: not in the example"]],
  [{ ...actual, Data: [] }, [".Data: 0 of 1"]],
  [{ ...actual, Data: {} }, [".Data: object in the place of an array"]],
  [{ ...actual, Data: [null] }, [".Data[0]: null in the place of an object"]],
])("a difference in members, types or values is told", (other, told) => {
  expect(differences(other, wanted)).toEqual(told);
});

test("a missing or misspelt member is told", () => {
  const { is_succeed, ...rest } = actual;
  expect(differences({ ...rest, is_suceed: is_succeed }, wanted)).toEqual([
    ".is_succeed: missing",
    ".is_suceed: not in the example",
  ]);
});
