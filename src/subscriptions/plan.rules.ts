import { istanbulDay } from "../lib/clock.ts";
import { refuse } from "../lib/refusal.ts";

export type Interval = "day" | "week" | "month" | "year";

/** When an order draws: term `k` lies `k` times `period` intervals after the begin. */
export type Plan = Readonly<{
  beginAt: Date;
  interval: Interval;
  /** Terms of the plan, or of each of its rounds where it renews itself. */
  intervalCount: number;
  period: number;
}>;

/** Ten thousand terms are a mistake; these are a hundred years of months. */
export const TERMS_MAX = 1_200;
/** No plan reaches further: who writes a longer one has mistaken the unit. */
const LAST_YEAR = 2199;

const ZONE = "Europe/Istanbul";
const zoned = (at: Date) =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(ZONE);
const dateOf = (at: Temporal.ZonedDateTime) => new Date(at.epochMilliseconds);

const units = { day: "days", week: "weeks", month: "months", year: "years" } as const;

/**
 * The moment of term `term`, counted from 0, at the begin's own time of day in Istanbul. Each is
 * reckoned from the begin and not from the one before, so a month that is too short moves its own
 * term alone: 31 January, 28 February, 31 March.
 */
export function termAt(plan: Pick<Plan, "beginAt" | "interval" | "period">, term: number): Date {
  const span = { [units[plan.interval]]: term * plan.period };
  return dateOf(zoned(plan.beginAt).add(span, { overflow: "constrain" }));
}

/** The moments of `count` terms from `first` on. */
export const termsFrom = (plan: Plan, first: number, count: number): Date[] =>
  Array.from({ length: count }, (_, i) => termAt(plan, first + i));

/** Whether the last of `count` terms lies before the end of the last year. */
function reaches(plan: Plan, count: number): boolean {
  const perYear = { day: 366, week: 53, month: 12, year: 1 }[plan.interval];
  // Told apart first: the calendar itself ends somewhere.
  const isNear = (plan.period * count) / perYear <= LAST_YEAR;
  return isNear && zoned(termAt(plan, count - 1)).year <= LAST_YEAR;
}

/** The most terms that lie before the end of the last year; the first of them does. */
function mostTerms(plan: Plan): number {
  let [some, tooMany] = [1, plan.intervalCount];
  while (tooMany - some > 1) {
    const middle = Math.floor((some + tooMany) / 2);
    if (reaches(plan, middle)) some = middle;
    else tooMany = middle;
  }
  return some;
}

/**
 * Refuses `invalid_input` for a plan that begins, or whose last term lies, beyond the year that any
 * contract names.
 */
export function checkPlan(plan: Plan): void {
  const wrong = (field: string, bound: string) =>
    refuse("invalid_input", { field, problem: "out_of_range", bound });
  if (!reaches(plan, 1)) wrong("begin_date", `… - ${LAST_YEAR}-12-31`);
  if (!reaches(plan, plan.intervalCount)) wrong("interval_count", `1 - ${mostTerms(plan)}`);
}

/** Refuses `invalid_input` for a begin before today, by the calendar of Istanbul. */
export function checkBegin(beginAt: Date, now: Date): void {
  const today = istanbulDay(now);
  if (istanbulDay(beginAt) >= today) return;
  const bound = `${today} - ${LAST_YEAR}-12-31`;
  refuse("invalid_input", { field: "begin_date", problem: "out_of_range", bound });
}

/**
 * Of the terms that have no invoice the one nearest to `at`; of two that are as near the earlier.
 * `undefined` where each has one.
 */
export function nearestFree(
  plan: Plan,
  terms: number,
  taken: ReadonlySet<number>,
  at: Date,
): number | undefined {
  let best: { term: number; gap: number } | undefined;
  for (let term = 0; term < terms; term += 1) {
    if (taken.has(term)) continue;
    const gap = Math.abs(termAt(plan, term).getTime() - at.getTime());
    if (!best || gap < best.gap) best = { term, gap };
  }
  return best?.term;
}

/** The same day of the calendar `days` later, in Istanbul and at the same time of day. */
export const daysLater = (at: Date, days: number): Date => dateOf(zoned(at).add({ days }));

/** Midnight in Istanbul at the end of the day of `at`. */
export const nextMidnight = (at: Date): Date => dateOf(zoned(at).startOfDay().add({ days: 1 }));

/** The first moment at or after `from` with the time of day of `like`, in Istanbul. */
export function nextLike(like: Date, from: Date): Date {
  const start = zoned(from);
  const same = start.withPlainTime(zoned(like).toPlainTime());
  const isPast = same.epochMilliseconds < start.epochMilliseconds;
  return dateOf(isPast ? same.add({ days: 1 }) : same);
}
