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

/**
 * Refuses `invalid_input` for a plan whose last term lies beyond the year that any contract names.
 */
export function checkPlan(plan: Plan): void {
  const last = plan.period * plan.intervalCount;
  const bound = String(LAST_YEAR);
  const wrong = () =>
    refuse("invalid_input", { field: "interval_count", problem: "out_of_range", bound });
  if (zoned(plan.beginAt).year > LAST_YEAR) wrong();
  const perYear = { day: 366, week: 53, month: 12, year: 1 }[plan.interval];
  if (last / perYear > LAST_YEAR) wrong();
  if (zoned(termAt(plan, plan.intervalCount - 1)).year > LAST_YEAR) wrong();
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
