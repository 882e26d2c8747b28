import { expect, test } from "vitest";
import { NOON, openCharge } from "../../test/support/sample.ts";
import type { Finding, Outcome } from "../acquirers/outcome.rules.ts";
import { after } from "../lib/clock.ts";
import {
  ASK_LEASE_MS,
  type AskedBy,
  afterFinding,
  afterSafetyVoid,
  type DoubtStep,
  FLAGGED_GAP_MS,
  INQUIRIES_MAX,
  INQUIRY_GAPS_MS,
  isAwayLong,
  NOT_FOUND_SPREAD_MS,
} from "./doubt.rules.ts";
import type { Attempt } from "./payment.rules.ts";
import { OPEN_LEASE_MS } from "./plan.rules.ts";
import { applyOutcome } from "./settle.rules.ts";

const MINUTE_MS = 60_000;
const charged = openCharge();
const { attempt: doubtful } = applyOutcome(
  charged.payment,
  charged.attempt,
  { kind: "doubtful", why: "lost" },
  NOON,
);
const refund: Attempt = { ...doubtful, kind: "refund" };
const unknown: Finding = { kind: "unknown", why: "no answer" };
const notFound: Finding = { kind: "not_found" };
const no = (reason: Extract<Outcome, { kind: "declined" }>["reason"]): Outcome => ({
  kind: "declined",
  reason,
  bankCode: "1",
  bankMessage: "no",
});

/** Asks whenever it falls due, always with the same answer, until something else is to be done. */
function askOn(from: Attempt, finding: Finding, by: AskedBy = "schedule") {
  let attempt = from;
  const askedAfterMs: number[] = [];
  for (;;) {
    const now = attempt.dueAt!;
    askedAfterMs.push(now.getTime() - NOON.getTime());
    const step: DoubtStep = afterFinding(attempt, finding, now, by);
    if (step.do !== "ask_again") return { step, askedAfterMs };
    attempt = step.attempt;
  }
}

test("a silent bank is asked by the schedule, then a person is told", () => {
  const { step, askedAfterMs } = askOn(doubtful, unknown);
  const schedule = [10, 30, 60, 120, 300, 315, 900, 3_600].map((s) => s * 1_000);
  expect(askedAfterMs).toEqual(schedule);
  expect(step).toMatchObject({
    do: "flag",
    attempt: { status: "doubtful", doubt: "no answer", flaggedAt: after(NOON, 3_600_000) },
  });
});

test("a flagged attempt is asked about for a week, is flagged once, and then rests", () => {
  const flagged = askOn(doubtful, unknown).step as Extract<DoubtStep, { do: "flag" }>;
  let { attempt } = flagged;
  let asked = 0;
  while (attempt.dueAt) {
    const step = afterFinding(attempt, unknown, attempt.dueAt, "schedule");
    asked += 1;
    expect(step.do).toBe("ask_again");
    if (step.do !== "ask_again") return;
    attempt = step.attempt;
  }
  expect(asked).toBe(INQUIRIES_MAX - INQUIRY_GAPS_MS.length);
  expect(asked * FLAGGED_GAP_MS).toBe(7 * 24 * 60 * MINUTE_MS);
  expect(attempt.flaggedAt).toEqual(flagged.attempt.flaggedAt);
});

test("a caller who asks a hundred times uses nothing of the schedule up", () => {
  let attempt = doubtful;
  for (let i = 0; i < 100; i += 1) {
    const step = afterFinding(attempt, unknown, after(NOON, i), "caller");
    expect(step.do).toBe("ask_again");
    if (step.do === "ask_again") attempt = step.attempt;
  }
  expect(attempt).toMatchObject({ inquiries: doubtful.inquiries, dueAt: doubtful.dueAt });
});

test.each(["schedule", "caller"] as const)(
  "a yes or a no ends the doubt, asked by the %s",
  (by) => {
    const yes = { kind: "approved", bankReference: "1", authorizationCode: "2" } as const;
    expect(afterFinding(doubtful, yes, NOON, by)).toMatchObject({ do: "settle", outcome: yes });
    const declined = no("insufficient_funds") as Extract<Finding, { kind: "declined" }>;
    const step = afterFinding(doubtful, declined, NOON, by);
    expect(step).toMatchObject({ do: "settle", outcome: declined });
    expect(afterFinding(doubtful, { kind: "undone" }, NOON, by)).toMatchObject({
      do: "settle",
      outcome: { kind: "declined", reason: "already_voided" },
    });
  },
);

const askedAt = (from: Attempt, ...afterMs: number[]) => {
  let step: DoubtStep = { do: "ask_again", attempt: from };
  for (const ms of afterMs) {
    if (step.do !== "ask_again") return step;
    step = afterFinding(step.attempt, notFound, after(NOON, ms), "schedule");
  }
  return step;
};

test("what callers hear before the first question is due counts for nothing, but a yes", () => {
  const dueAt = after(NOON, 30 * MINUTE_MS);
  const isOpen: Attempt = { ...doubtful, status: "open", inquiries: 0, dueAt };
  let attempt = isOpen;
  for (let minute = 2; minute < 30; minute += 1) {
    const step = afterFinding(attempt, notFound, after(NOON, minute * MINUTE_MS), "caller");
    expect(step).toMatchObject({ do: "ask_again", attempt: { dueAt, notFoundCount: 0 } });
    if (step.do === "ask_again") attempt = step.attempt;
  }
  const due = afterFinding(attempt, notFound, dueAt, "caller");
  expect(due).toMatchObject({ do: "ask_again", attempt: { notFoundCount: 1 } });
  const yes = { kind: "approved", bankReference: "1", authorizationCode: "2" } as const;
  expect(afterFinding(isOpen, yes, NOON, "caller")).toMatchObject({ do: "settle", outcome: yes });
});

test("what a caller hears makes no doubt of what its sender may still wait for", () => {
  const attempt: Attempt = { ...doubtful, status: "open" };
  const last = after(attempt.openedAt, OPEN_LEASE_MS - 1);
  for (const finding of [notFound, unknown]) {
    expect(afterFinding(attempt, finding, last, "caller")).toEqual({ do: "leave", attempt });
    const byNobody = afterFinding(attempt, finding, after(last, 1), "caller");
    expect(byNobody).toMatchObject({ do: "ask_again", attempt: { status: "doubtful" } });
    const step = afterFinding(attempt, finding, last, "schedule");
    expect(step).toMatchObject({ do: "ask_again", attempt: { status: "doubtful" } });
  }
  const yes = { kind: "approved", bankReference: "1", authorizationCode: "2" } as const;
  expect(afterFinding(attempt, yes, last, "caller")).toMatchObject({ do: "settle", outcome: yes });
});

test("a payer may be away until the charge is soon to be asked about, and not after", () => {
  const { openedAt } = charged.attempt;
  const away: Attempt = { ...charged.attempt, dueAt: after(openedAt, 30 * MINUTE_MS) };
  expect(isAwayLong(away, openedAt)).toBe(true);
  expect(isAwayLong(charged.attempt, openedAt)).toBe(false);
  const asked = after(openedAt, OPEN_LEASE_MS);
  const leased: Attempt = { ...charged.attempt, dueAt: after(asked, ASK_LEASE_MS) };
  expect(isAwayLong(leased, asked)).toBe(false);
  expect(isAwayLong({ ...away, status: "doubtful" }, openedAt)).toBe(false);
});

test("three times not found within five minutes proves nothing", () => {
  expect(askedAt(doubtful, 0, MINUTE_MS, NOT_FOUND_SPREAD_MS - 1).do).toBe("ask_again");
});

test("two times not found prove nothing, however far apart", () => {
  expect(askedAt(doubtful, 0, 60 * MINUTE_MS).do).toBe("ask_again");
});

test("a refund not found three times over five minutes never arrived", () => {
  expect(askedAt(refund, 0, MINUTE_MS, NOT_FOUND_SPREAD_MS)).toMatchObject({
    do: "settle",
    outcome: { kind: "declined", reason: "never_arrived" },
  });
});

test("a charge not found three times over five minutes is voided first, for safety", () => {
  const last = after(NOON, NOT_FOUND_SPREAD_MS);
  expect(askedAt(doubtful, 0, MINUTE_MS, NOT_FOUND_SPREAD_MS)).toMatchObject({
    do: "safety_void",
    attempt: { notFoundCount: 3, safetyVoidAt: last },
  });
});

test("on the schedule, a charge that is never found is voided at the sixth question", () => {
  const { step, askedAfterMs } = askOn(doubtful, notFound);
  expect(step.do).toBe("safety_void");
  expect(askedAfterMs.at(-1)).toBe(315_000);
});

test.each([
  ["approved", { kind: "approved", bankReference: "1", authorizationCode: "2" }, "already_voided"],
  ["found nothing", no("original_not_found"), "never_arrived"],
  ["found it voided", no("already_voided"), "never_arrived"],
] as const)("a safety void that was %s ends the doubt", (_how, outcome, reason) => {
  expect(afterSafetyVoid(doubtful, outcome, NOON, "schedule")).toMatchObject({
    do: "settle",
    outcome: { kind: "declined", reason },
  });
});

test.each([no("system_error"), no("batch_closed"), { kind: "doubtful", why: "lost" } as const])(
  "a safety void that says nothing about the charge leaves the doubt: %o",
  (outcome) => {
    const step = afterSafetyVoid(doubtful, outcome, NOON, "schedule");
    expect(step).toMatchObject({ do: "ask_again", attempt: { status: "doubtful" } });
  },
);

const yes = { kind: "approved", bankReference: "1", authorizationCode: "2" } as const;
const takenBack: Attempt = { ...doubtful, safetyVoidAt: NOON };

test.each(["schedule", "caller"] as const)(
  "a charge that turns up is voided again once the void before is through, asked by the %s",
  (by) => {
    const early = afterFinding(takenBack, yes, after(NOON, ASK_LEASE_MS - 1), by);
    expect(early).toMatchObject({ do: "ask_again", attempt: { safetyVoidAt: NOON } });
    const now = after(NOON, ASK_LEASE_MS);
    const step = afterFinding(takenBack, yes, now, by);
    expect(step).toMatchObject({ do: "safety_void", found: yes, attempt: { safetyVoidAt: now } });
  },
);

test("of a charge that turned up only what is surely back, or stays, ends the doubt", () => {
  const after = (outcome: Outcome) => afterSafetyVoid(takenBack, outcome, NOON, "schedule", yes);
  const gone = { do: "settle", outcome: { kind: "declined", reason: "already_voided" } };
  expect(after(yes)).toMatchObject(gone);
  expect(after(no("already_voided"))).toMatchObject(gone);
  expect(after(no("batch_closed"))).toMatchObject({
    ...{ do: "settle", outcome: yes },
    attempt: { safetyVoidAt: null },
  });
  for (const reason of ["original_not_found", "system_error"] as const) {
    expect(after(no(reason))).toMatchObject({ do: "ask_again", attempt: { safetyVoidAt: NOON } });
  }
  const told = { ...takenBack, flaggedAt: NOON };
  for (const reason of ["original_not_found", "not_permitted_terminal"] as const) {
    const step = afterSafetyVoid(told, no(reason), NOON, "schedule", yes);
    expect(step).toMatchObject({ do: "settle", outcome: yes });
  }
  expect(afterSafetyVoid(told, no("original_not_found"), NOON, "schedule")).toMatchObject({
    outcome: { kind: "declined", reason: "never_arrived" },
  });
});
