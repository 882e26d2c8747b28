import { expect, test } from "vitest";
import { paidFor } from "./payout.rules.ts";

test.each([
  ["order", "platform", null, "company:earnings"],
  ["daily", "platform", null, "company:earnings"],
  ["daily", "member", 501n, "member.501:payable"],
  ["direct", "member", 501n, "company:payable"],
  ["direct", "other", null, "company:payable"],
] as const)("a payout of kind %s to %s %s is paid for by %s", (kind, party, member, account) => {
  expect(paidFor({ kind, party, member })).toBe(account);
});
