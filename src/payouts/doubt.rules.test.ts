import fc from "fast-check";
import { expect, test } from "vitest";
import { after } from "../lib/clock.ts";
import {
  afterFinding,
  askedAgainAt,
  FIRST_GAP_MS,
  FLAGGED_GAP_MS,
  INQUIRY_GAPS_MS,
  NOT_FOUND_SPREAD_MS,
  OPEN_LEASE_MS,
  REST_GAP_MS,
  REST_MS,
  restsUntil,
  VALID_MS,
} from "./doubt.rules.ts";
import type { Run } from "./payout.rules.ts";
import type { TransferOutcome } from "./provider.rules.ts";

const NOON = new Date("2026-03-04T09:00:00Z");
const HOUR_MS = 3_600_000;
const opened: Run = {
  merchantId: "mer_1",
  id: "out_1",
  payout: 1n,
  run: 1,
  state: "open",
  amountMinor: 100n,
  receiver: { title: "Ada", iban: "TR00" },
  bankReference: null,
  message: "",
  openedAt: NOON,
  settledAt: null,
  inquiries: 0,
  notFoundCount: 0,
  firstNotFoundAt: null,
  flaggedAt: null,
  isJudged: false,
};
const silent: TransferOutcome = { kind: "doubtful", why: "silence" };
const unknown: TransferOutcome = { kind: "not_found" };

/** Asks question by question, and says when each was asked and how it ended. */
function walk(findings: readonly TransferOutcome[], firstMs = FIRST_GAP_MS) {
  let run = opened;
  let at = after(NOON, firstMs);
  const asked: number[] = [];
  for (const finding of findings) {
    asked.push(at.getTime() - NOON.getTime());
    const step = afterFinding(run, finding, at);
    if (step.do === "settle") return { asked, outcome: step.outcome, run };
    run = step.run;
    at = step.dueAt;
  }
  return { asked, outcome: undefined, run };
}

test("a bank that says nothing is asked on, less and less often, and for ever", () => {
  const { asked, outcome, run } = walk(Array<TransferOutcome>(20).fill(silent));
  const seconds = asked.map((ms) => ms / 1_000);
  expect(seconds.slice(0, 8)).toEqual([10, 30, 60, 120, 300, 315, 900, 3_600]);
  expect(asked.slice(8, 12).map((ms) => ms / HOUR_MS)).toEqual([3, 6, 12, 24]);
  expect(asked.at(-1)! - asked.at(-2)!).toBe(FLAGGED_GAP_MS);
  expect(outcome).toBeUndefined();
  expect(run.flaggedAt).toEqual(after(NOON, 24 * HOUR_MS));
});

test("a yes and a no end the doubt at once", () => {
  const paid: TransferOutcome = { kind: "paid", bankReference: "FT1" };
  expect(walk([silent, unknown, paid]).outcome).toBe(paid);
  const refused: TransferOutcome = { kind: "refused", reason: "declined", message: "no" };
  expect(walk([refused]).outcome).toBe(refused);
});

test("not found is believed once it was said three times over five minutes", () => {
  const { asked, outcome } = walk(Array<TransferOutcome>(20).fill(unknown));
  expect(outcome).toEqual({ kind: "refused", reason: "never_arrived", message: "" });
  expect(asked).toHaveLength(6);
  expect(asked.at(-1)! - asked[0]!).toBeGreaterThanOrEqual(NOT_FOUND_SPREAD_MS);
  expect(walk([unknown, silent, unknown]).outcome).toBeUndefined();
});

test("it is never believed while the transfer could still be carried out", () => {
  const finding = fc.constantFrom(silent, unknown);
  // As late as the lease allows the bank tells its time, and as early as can be it is asked.
  const sendableMs = OPEN_LEASE_MS + VALID_MS;
  fc.assert(
    fc.property(
      fc.array(finding, { maxLength: INQUIRY_GAPS_MS.length }),
      fc.constantFrom(FIRST_GAP_MS, OPEN_LEASE_MS),
      (findings, firstMs) => {
        const { asked, outcome } = walk(findings, firstMs);
        if (outcome) expect(asked.at(-1)!).toBeGreaterThan(2 * sendableMs);
      },
    ),
  );
});

test("what a bank denied is asked about again for a week, ever more seldom", () => {
  const asked: number[] = [];
  for (let at: Date | null = NOON; at; at = askedAgainAt(NOON, at)) {
    asked.push((at.getTime() - NOON.getTime()) / HOUR_MS);
  }
  expect(asked).toEqual([0, 0.25, 1, 6, 24, 48, 72, 96, 120, 144, 168]);
  // One that was missed is not made up for.
  expect(askedAgainAt(NOON, after(NOON, 50 * HOUR_MS))).toEqual(after(NOON, 72 * HOUR_MS));
});

test("what a bank denied rests for an hour from its opening, the newest of all such runs", () => {
  const denied: Run = { ...opened, state: "refused", notFoundCount: 2, settledAt: NOON };
  const later: Run = { ...denied, run: 2, openedAt: after(NOON, 2 * HOUR_MS) };
  const clear: Run = { ...denied, run: 3, notFoundCount: 0, openedAt: after(NOON, 9 * HOUR_MS) };
  expect(REST_MS).toBe(HOUR_MS);
  expect(restsUntil([], NOON)).toBeNull();
  expect(restsUntil([clear], clear.openedAt)).toBeNull();
  expect(restsUntil([denied], NOON)).toEqual(after(NOON, REST_GAP_MS));
  expect(restsUntil([denied], after(NOON, REST_MS - 1))).toEqual(after(NOON, REST_MS));
  expect(restsUntil([denied], after(NOON, REST_MS))).toBeNull();
  const both = [denied, later, clear];
  expect(restsUntil(both, later.openedAt)).toEqual(after(later.openedAt, REST_GAP_MS));
  expect(restsUntil(both, after(later.openedAt, REST_MS))).toBeNull();
});
