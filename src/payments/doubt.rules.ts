import type { Approved, Finding, Outcome } from "../acquirers/outcome.rules.ts";
import { after } from "../lib/clock.ts";
import { type Attempt, isCharge } from "./payment.rules.ts";
import { OPEN_LEASE_MS } from "./plan.rules.ts";

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

/** Longer than an inquiry and a void take together: after that nobody is about either any more. */
export const ASK_LEASE_MS = 90_000;

/** What to do with an attempt in doubt, after the bank was asked about it. */
export type DoubtStep =
  | { do: "settle"; attempt: Attempt; outcome: Extract<Outcome, { kind: "approved" | "declined" }> }
  | { do: "ask_again"; attempt: Attempt }
  /** Whoever sent it may still wait for the bank: nothing that a caller heard is written. */
  | { do: "leave"; attempt: Attempt }
  /**
   * A void: if it succeeds the charge had happened after all and is now taken back. `found` is what
   * the bank said of the charge where it has come to know it since the first void was decided.
   */
  | { do: "safety_void"; attempt: Attempt; found?: Approved }
  | { do: "flag"; attempt: Attempt };

/** Only the schedule's own questions move it: a caller who asks often must not use it up. */
export type AskedBy = "schedule" | "caller";

/** Whether the void that was decided last may still be sent, or be at the bank. */
export const isVoidUnderWay = ({ safetyVoidAt }: Attempt, now: Date): boolean =>
  safetyVoidAt !== null && now.getTime() - safetyVoidAt.getTime() < ASK_LEASE_MS;

const declined = (attempt: Attempt, reason: "never_arrived" | "already_voided"): DoubtStep => ({
  do: "settle",
  attempt,
  outcome: { kind: "declined", reason, bankCode: "", bankMessage: "" },
});

/**
 * Whether it was decided to take a charge in doubt back. From then on nobody's yes to it is written
 * but what `afterSafetyVoid` says: the void may be on its way, and whoever settles before it lands
 * would sell for nothing.
 */
export const isTakenBack = ({ safetyVoidAt }: Attempt): boolean => safetyVoidAt !== null;

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
  if (!isCharge(asked.kind)) return declined(asked, "never_arrived");
  return { do: "safety_void", attempt: { ...counted, safetyVoidAt: now } };
}

/**
 * Whether it is the charge of a bank's own page, at which its payer may be for long: what is asked
 * about by the schedule, or about to be, falls due sooner.
 */
export const isAwayLong = ({ dueAt, status }: Attempt, now: Date): boolean =>
  status === "open" && dueAt !== null && dueAt > after(now, ASK_LEASE_MS);

/** Whether whoever sent it may still wait for the bank's answer. */
const isAtBank = ({ status, openedAt }: Attempt, now: Date): boolean =>
  status === "open" && now < after(openedAt, OPEN_LEASE_MS);

/**
 * The next step after `finding`. A yes or a no ends the doubt. "Not found" ends it only after it
 * was said three times over five minutes, and for a charge only after a void found nothing either.
 * What callers hear before the first question is due does not count, and no bank's "not found" or
 * silence makes a doubt of what its sender still waits for. A charge that turns up after
 * that void was decided goes back all the same, by another one once that is surely through.
 */
export function afterFinding(
  attempt: Attempt,
  finding: Finding,
  now: Date,
  by: AskedBy,
): DoubtStep {
  const isSaid = finding.kind !== "not_found" && finding.kind !== "unknown";
  if (by === "caller" && !isSaid && isAtBank(attempt, now)) return { do: "leave", attempt };
  const asked: Attempt = { ...attempt, status: "doubtful" };
  switch (finding.kind) {
    case "approved":
      if (!isTakenBack(asked)) return { do: "settle", attempt: asked, outcome: finding };
      if (isVoidUnderWay(asked, now)) return later(asked, now, by);
      return { do: "safety_void", attempt: { ...asked, safetyVoidAt: now }, found: finding };
    case "declined":
      return { do: "settle", attempt: asked, outcome: finding };
    case "undone":
      return declined(asked, "already_voided");
    case "not_found":
      return notFound(asked, now, by);
    case "unknown":
      return later({ ...asked, doubt: finding.why }, now, by);
  }
}

/**
 * After the safety void. Done means that the charge had happened; refused, that it never had, but
 * for a charge that the bank has `found`. That one stays taken where its bank's day is closed, so
 * that no void can reach it any more, or where the bank has refused to void it until a person was
 * told: then its yes is believed again.
 */
export function afterSafetyVoid(
  attempt: Attempt,
  outcome: Outcome,
  now: Date,
  by: AskedBy,
  found?: Approved,
): DoubtStep {
  if (outcome.kind === "approved") return declined(attempt, "already_voided");
  if (outcome.kind !== "declined") return later(attempt, now, by);
  const { reason } = outcome;
  if (reason === "already_voided") {
    return declined(attempt, found ? "already_voided" : "never_arrived");
  }
  if (!found) {
    const isGone = reason === "original_not_found";
    return isGone ? declined(attempt, "never_arrived") : later(attempt, now, by);
  }
  const stays = reason === "batch_closed" || attempt.flaggedAt !== null;
  if (!stays) return later(attempt, now, by);
  return { do: "settle", attempt: { ...attempt, safetyVoidAt: null }, outcome: found };
}
