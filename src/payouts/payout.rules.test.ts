import { describe, expect, test } from "vitest";
import { paidFor, sentAgainAt } from "./payout.rules.ts";

test.each([
  ["order", "platform", null, "company:earnings"],
  ["daily", "platform", null, "company:earnings"],
  ["daily", "member", 501n, "member.501:payable"],
  ["direct", "member", 501n, "company:payable"],
  ["direct", "other", null, "company:payable"],
] as const)("a payout of kind %s to %s %s is paid for by %s", (kind, party, member, account) => {
  expect(paidFor({ kind, party, member })).toBe(account);
});

describe("a bank that cannot be reached", () => {
  const createdAt = new Date("2026-03-04T13:00:00Z");
  const at = (ms: number) => new Date(createdAt.getTime() + ms);
  const HOUR_MS = 3_600_000;

  test("is called again for what is paid by itself, every quarter of an hour for a day", () => {
    const daily = { kind: "daily", createdAt } as const;
    expect(sentAgainAt(daily, "not_sent", at(0))).toEqual(at(HOUR_MS / 4));
    expect(sentAgainAt(daily, "not_sent", at(24 * HOUR_MS - 1))).toBeDefined();
    expect(sentAgainAt(daily, "not_sent", at(24 * HOUR_MS))).toBeUndefined();
  });
  test("is not called again for what somebody asked for, nor after any other answer", () => {
    expect(sentAgainAt({ kind: "order", createdAt }, "not_sent", at(0))).toBeUndefined();
    expect(sentAgainAt({ kind: "direct", createdAt }, "not_sent", at(0))).toBeUndefined();
    expect(sentAgainAt({ kind: "daily", createdAt }, "balance_too_low", at(0))).toBeUndefined();
    expect(sentAgainAt({ kind: "daily", createdAt }, "never_arrived", at(0))).toBeUndefined();
  });
});
