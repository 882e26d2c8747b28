import { expect, test } from "vitest";
import type { MerchantId } from "../../lib/id.ts";
import type { HandPayout } from "../../payouts/hand.rules.ts";
import {
  batchTable,
  dueTable,
  hindrances,
  homelessTable,
  numbersOf,
  totalText,
} from "./hand-payouts.rules.ts";

const at = new Date("2026-03-09T12:00:00Z");
const payout: HandPayout = {
  ...{ merchantId: "mer_1" as MerchantId, number: 100_501n, kind: "hand", guid: "g" },
  ...{ party: "member", member: 501n, connection: null, currency: "TRY", amountMinor: 8_800n },
  ...{ count: 1, days: null, code: null, description: "Hakediş", details: {}, runs: 1 },
  receiver: { title: "Ada", iban: "TR330006100519786457841326" },
  ...{ state: "paid", failure: "", dueAt: null, createdAt: at, settledAt: at, batch: 1n },
  ...{ word: "EFT 7", markedBy: "ayşe" },
};
const due = { ...payout, party: "member", title: "Ada", iban: "TR33" } as const;

test("amounts are told by currency", () => {
  const dollars = { ...due, currency: "USD", amountMinor: 5n } as const;
  expect(totalText([due, dollars, due])).toBe("2 transfers of 176.00 TRY, 1 transfer of 0.05 USD");
});

test("a table shows who is paid and what was said of it", () => {
  const [head, line] = batchTable([payout], "all").split("\n");
  expect(head).toMatch(/^ +no {2}member {2}receiver .*reference or reason$/);
  expect(line).toMatch(
    /^100501 +501 {2}Ada .* 88\.00 {2}TRY .* paid {3}2026-03-09 {2}ayşe {2}EFT 7$/,
  );
  const platform = { ...due, party: "platform", member: null } as const;
  expect(dueTable([platform])).toContain("platform");
  expect(homelessTable([due])).toContain("no TRY account");
});

test("many rows are cut where all are not asked for", () => {
  const many = Array.from({ length: 60 }, () => payout);
  expect(batchTable(many, "all").split("\n")).toHaveLength(61);
  expect(batchTable(many, "first").split("\n").at(-1)).toBe("and 10 more");
});

test("a word that does not fit is answered by the one that does", () => {
  const back = { ...payout, state: "failed", failure: "came_back" } as const;
  const open = { ...payout, state: "queued" } as const;
  expect(hindrances("unpaid", [payout, payout, back])).toEqual([
    '100501, 100501 are marked "paid". If the money came back, say `returned`.',
    '100501 is marked "came back". That is due again already.',
  ]);
  expect(hindrances("returned", [open])[0]).toContain("say `unpaid`");
  expect(hindrances("paid", [back])[0]).toContain("take the next file");
});

test.each([
  [
    ["1", "2"],
    [1n, 2n],
  ],
  [
    ["1,2", "2"],
    [1n, 2n],
  ],
  [["x"], undefined],
  [["-1"], undefined],
  [[","], []],
])("%j names transfers", (typed, numbers) => {
  expect(numbersOf(typed)).toEqual(numbers);
});
