import { expect, test } from "vitest";
import { wireMembers } from "./attributes.ts";

test("attributes get the wire's names, and true and false become themselves", () => {
  const data = {
    agent: "10001",
    add_commission_amount: "true",
    tds_required: "False",
    name: " A ",
  };
  expect(wireMembers(data)).toEqual({
    agent_id: "10001",
    add_commission: true,
    tds_required: false,
    name: "A",
  });
});
test("empty attributes and those of other scripts are left out", () => {
  const data = {
    agent: "",
    cfasync: "false",
    key: "pbk_1",
    constructor: "x",
    ratio_code: undefined,
  };
  expect(wireMembers(data)).toEqual({});
});
