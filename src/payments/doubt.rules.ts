import type { Finding, Outcome } from "../acquirers/outcome.rules.ts";
import { after } from "../lib/clock.ts";
import { type Attempt, isCharge } from "./payment.rules.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/**
 * Waits between one question and the next: asked 10 s, 30 s, 1 min, 2 min, 5 min, 5 min 15 s,
 * 15 min and 60 min after the doubt began. After the last one a person is told to look.
 */
export const INQUIRY_GAPS_MS = [10, 20, 30, 60, 180, 15, 585, 2700].map((s) => s * SECOND_MS);
export const firstInquiryAt = INQUIRY_GAPS_MS[0]!;
/** A bank that was down for hours can still say: it is asked on for a week. */
export const FLAGGED_GAP_MS = 6 * 60 * MINUTE_MS;
export const INQUIRIES_MAX = INQUIRY_GAPS_MS.length + 28;
/** Banks may work on a request for a minute after the caller gave up, and show it late. */
const NOT_FOUND_TIMES = 3;
export const NOT_FOUND_SPREAD_MS = 5 * MINUTE_MS;

/** What to do with an attempt in doubt, after the bank was asked about it. */
export type DoubtStep =
  | { do: "settle"; outcome: Extract<Outcome, { kind: "approved" | "declined" }> }
  | { do: "ask_again"; attempt: Attempt }
  /** One void: if it succeeds the charge had happened after all and is now taken back. */
  | { do: "safety_void"; attempt: Attempt }
  | { do: "flag"; attempt: Attempt };

/** Only the schedule's own questions move it: a caller who asks often must not use it up. */
export type AskedBy = "schedule" | "caller";

const declined = (reason: "never_arrived" | "already_voided", bankMessage: string): DoubtStep => ({
  do: "settle",
  outcome: { kind: "declined", reason, bankCode: "", bankMessage },
});

function later(attempt: Attempt, now: Date, by: AskedBy): DoubtStep {
  if (by === "caller") return { do: "ask_again", attempt };
  const asked = { ...attempt, inquiries: attempt.inquiries + 1 };
  const gap = INQUIRY_GAPS_MS[asked.inquiries];
  if (gap !== undefined) return { do: "ask_again", attempt: { ...asked, dueAt: after(now, gap) } };
  const isLast = asked.inquiries >= INQUIRIES_MAX;
  const next = { ...asked, dueAt: isLast ? null : after(now, FLAGGED_GAP_MS) };
  if (attempt.flaggedAt) return { do: "ask_again", attempt: next };
  return { do: "flag", attempt: { ...next, flaggedAt: now } };
}

/** Before its first question is due a charge may still be on its way, or its payer at the bank. */
const isUnderWay = ({ inquiries, dueAt }: Attempt, now: Date): boolean =>
  inquiries === 0 && dueAt !== null && now < dueAt;

function notFound(asked: Attempt, now: Date, by: AskedBy): DoubtStep {
  if (by === "caller" && isUnderWay(asked, now)) return later(asked, now, by);
  const first = asked.firstNotFoundAt ?? now;
  const counted = { ...asked, notFoundCount: asked.notFoundCount + 1, firstNotFoundAt: first };
  const isSpread = now.getTime() - first.getTime() >= NOT_FOUND_SPREAD_MS;
  if (counted.notFoundCount < NOT_FOUND_TIMES || !isSpread) return later(counted, now, by);
  if (!isCharge(asked.kind)) return declined("never_arrived", "");
  return { do: "safety_void", attempt: { ...counted, safetyVoidAt: now } };
}

/**
 * The next step after `finding`. A yes or a no ends the doubt. "Not found" ends it only after it
 * was said three times over five minutes, and for a charge only after a void found nothing either.
 * What callers hear before the first question is due does not count.
 */
export function afterFinding(
  attempt: Attempt,
  finding: Finding,
  now: Date,
  by: AskedBy,
): DoubtStep {
  const asked: Attempt = { ...attempt, status: "doubtful" };
  switch (finding.kind) {
    case "approved":
    case "declined":
      return { do: "settle", outcome: finding };
    case "undone":
      return declined("already_voided", "");
    case "not_found":
      return notFound(asked, now, by);
    case "unknown":
      return later({ ...asked, doubt: finding.why }, now, by);
  }
}

/** After the safety void: done means that the charge had happened; refused, that it never had. */
export function afterSafetyVoid(
  attempt: Attempt,
  outcome: Outcome,
  now: Date,
  by: AskedBy,
): DoubtStep {
  if (outcome.kind === "approved") return declined("already_voided", "");
  if (outcome.kind !== "declined") return later(attempt, now, by);
  const isGone = outcome.reason === "original_not_found" || outcome.reason === "already_voided";
  return isGone ? declined("never_arrived", "") : later(attempt, now, by);
}
