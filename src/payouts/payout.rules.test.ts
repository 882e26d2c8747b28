import { describe, expect, test } from "vitest";
import { isRepeat, paidFor, REPEAT_MS, sentAgainAt } from "./payout.rules.ts";

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

test("one code means the same payout where money, place and hour are the same", () => {
  const createdAt = new Date("2026-03-31T20:59:00Z");
  const receiver = { title: "Ada", iban: "TR33" };
  const one = {
    ...({ party: "other", member: null, currency: "TRY", amountMinor: 100n } as const),
    ...{ receiver, createdAt },
  } satisfies Parameters<typeof isRepeat>[0];
  expect(isRepeat(one, { ...one, receiver: { ...receiver, title: "ADA" } })).toBe(true);
  for (const ms of [REPEAT_MS, -REPEAT_MS]) {
    const at = (more: number) => new Date(createdAt.getTime() + ms + more);
    expect(isRepeat(one, { ...one, createdAt: at(0) })).toBe(true);
    expect(isRepeat(one, { ...one, createdAt: at(Math.sign(ms)) })).toBe(false);
  }
  const others = [
    { amountMinor: 101n },
    { currency: "USD" },
    { receiver: { title: "Ada", iban: "TR34" } },
    { receiver: { title: "Ada", accountNo: "770000146" } },
    { party: "member", member: 1n, receiver: null },
  ] as const;
  for (const more of others)
    expect([more, isRepeat(one, { ...one, ...more })]).toEqual([more, false]);
});
