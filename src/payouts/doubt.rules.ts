import { after } from "../lib/clock.ts";
import type { Run } from "./payout.rules.ts";
import type { Paid, Refused, TransferOutcome } from "./provider.rules.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/**
 * A run that was opened is surely under way for so long, longer than a bank's time-out: who opened
 * it does not send it any more from then on, and nobody asks about it before.
 */
export const OPEN_LEASE_MS = 75 * SECOND_MS;
/**
 * How long the bank may carry a transfer out after it told its time. With the lease before it this
 * ends long before the bank's "not found" is believed.
 */
export const VALID_MS = MINUTE_MS;
/**
 * Waits between one question and the next: asked 10 s, 30 s, 1 min, 2 min, 5 min, 5 min 15 s,
 * 15 min, 1 h, 3 h, 6 h, 12 h and 24 h after the doubt began. Then a person is told to look.
 */
export const INQUIRY_GAPS_MS = [
  ...[10, 20, 30, 60, 180, 15, 585, 2_700].map((seconds) => seconds * SECOND_MS),
  ...[2, 3, 6, 12].map((hours) => hours * HOUR_MS),
];
export const FIRST_GAP_MS = INQUIRY_GAPS_MS[0]!;
/** Asked on for ever: an amount that may be gone is never forgotten. */
export const FLAGGED_GAP_MS = 6 * HOUR_MS;
/** A bank that knows of none is believed once it has said so as often. */
export const DENIALS_MIN = 3;
export const NOT_FOUND_SPREAD_MS = 5 * MINUTE_MS;

/**
 * What a bank denied is not sent anew before so long after its run was opened: a bank that does not
 * find at once what it has carried out has had the time to.
 */
export const REST_MS = HOUR_MS;
/** Meanwhile it is asked this often. */
export const REST_GAP_MS = 15 * MINUTE_MS;

/** When the bank is asked again about what it denied, after the payout failed: for a week. */
const DENIED_AT_MS = [
  ...[MINUTE_MS * 15, HOUR_MS, 6 * HOUR_MS],
  ...[1, 2, 3, 4, 5, 6, 7].map((days) => days * 24 * HOUR_MS),
];

/** When the bank is next asked about what it denied of a failed payout; null once that is over. */
export function askedAgainAt(failedAt: Date, now: Date): Date | null {
  const sinceMs = now.getTime() - failedAt.getTime();
  const next = DENIED_AT_MS.find((ms) => ms > sinceMs);
  return next === undefined ? null : after(failedAt, next);
}

/**
 * Whether a run ended because its bank knew of none, or a person said so: a bank or a person that
 * was wrong may know better now.
 */
export const wasDenied = ({
  state,
  notFoundCount,
  isJudged,
}: Pick<Run, "state" | "notFoundCount" | "isJudged">): boolean =>
  state === "refused" && (isJudged || notFoundCount + 1 >= DENIALS_MIN);

/**
 * How an ended payout of these runs is kept: bound where a bank denied one of them and may know
 * better, and when it is asked about that.
 */
export function bindingOf(runs: readonly Run[], endedAt: Date) {
  const isBound = runs.some(wasDenied);
  return { isBound, dueAt: isBound ? askedAgainAt(endedAt, endedAt) : null };
}

const CLAIM = "paid after all: ";
/** What is written of a run that was given up, and that its bank calls paid since then. */
export const claimOf = (bankReference: string): string => `${CLAIM}${bankReference}`;

/** Whether a person has looked at such a claim, and nothing of it is gone any more. */
export const isCleared = ({
  state,
  isJudged,
  flaggedAt,
  message,
}: Pick<Run, "state" | "isJudged" | "flaggedAt" | "message">): boolean =>
  state === "refused" && isJudged && flaggedAt === null && message.startsWith(CLAIM);

/** Whether a person must look at a run: its bank says too little, or other than it said before. */
export const needsPerson = ({ state, flaggedAt }: Run): boolean =>
  flaggedAt !== null && state !== "paid";

/**
 * When a payout of these runs that waits to be sent is looked at next, if it may not be sent yet:
 * `null` once the run that its bank denied last lies long enough back, or where there is none.
 */
export function restsUntil(runs: readonly Run[], now: Date): Date | null {
  const ends = runs.filter(wasDenied).map(({ openedAt }) => openedAt.getTime() + REST_MS);
  const restMs = Math.max(...ends) - now.getTime();
  return restMs > 0 && ends.length > 0 ? after(now, Math.min(restMs, REST_GAP_MS)) : null;
}

/** What to do with a run in doubt, after the bank was asked about it. */
export type DoubtStep =
  | Readonly<{ do: "settle"; outcome: Paid | Refused }>
  | Readonly<{ do: "ask_again"; run: Run; dueAt: Date }>;

function later(run: Run, now: Date): DoubtStep {
  const inquiries = run.inquiries + 1;
  const gap = INQUIRY_GAPS_MS[inquiries];
  const flaggedAt = run.flaggedAt ?? (gap === undefined ? now : null);
  const asked: Run = { ...run, state: "doubtful", inquiries, flaggedAt };
  return { do: "ask_again", run: asked, dueAt: after(now, gap ?? FLAGGED_GAP_MS) };
}

/**
 * The next step after `finding`. A yes or a no ends the doubt. "Not found" ends it only after it
 * was said three times over five minutes: by then nothing on its way can be carried out any more.
 */
export function afterFinding(run: Run, finding: TransferOutcome, now: Date): DoubtStep {
  if (finding.kind === "paid" || finding.kind === "refused")
    return { do: "settle", outcome: finding };
  if (finding.kind === "doubtful") return later(run, now);
  const first = run.firstNotFoundAt ?? now;
  const counted = { ...run, notFoundCount: run.notFoundCount + 1, firstNotFoundAt: first };
  const spread = now.getTime() - first.getTime();
  const isGone = counted.notFoundCount >= DENIALS_MIN && spread >= NOT_FOUND_SPREAD_MS;
  if (!isGone) return later(counted, now);
  return { do: "settle", outcome: { kind: "refused", reason: "never_arrived", message: "" } };
}
