import { plusDays, weekdayOf } from "../lib/business-day.ts";
import type { ValueDateTerms } from "../members/member.rules.ts";

const DAYS_OF_WEEK = 7;

/** The first such day of a month after `day`, never that day itself. */
function nextDayOfMonth(day: string, value: number): string {
  const at = Temporal.PlainDate.from(day);
  const here = at.with({ day: value });
  const isLater = Temporal.PlainDate.compare(here, at) > 0;
  return (isLater ? here : here.add({ months: 1 })).toString();
}

/**
 * The day on which a member's earning is due that was approved on `day`. A day of the week or the
 * month is the next one after the approval, never the approval's own. Weekends are not skipped:
 * what is due on one is paid on the next business day.
 */
export function memberDate(day: string, { kind, value }: Pick<ValueDateTerms, "kind" | "value">) {
  if (kind === "plus_day") return plusDays(day, value);
  if (kind === "day_of_month") return nextDayOfMonth(day, value);
  const ahead = (value - weekdayOf(day) + DAYS_OF_WEEK) % DAYS_OF_WEEK;
  return plusDays(day, ahead === 0 ? DAYS_OF_WEEK : ahead);
}

/**
 * The day on which the platform's own earning of a product is due: so many days after the approval,
 * or, where that was asked for and the whole payment is of one member, the member's day.
 */
export function platformDate(
  day: string,
  of: Readonly<{ platformDays: number; sameDate: boolean; members: number; memberDate: string }>,
): string {
  return of.sameDate && of.members === 1 ? of.memberDate : plusDays(day, of.platformDays);
}

/** From 16:00 on a day's transfers are closed. */
const LAST_HOUR_MS = 16 * 60 * 60 * 1000;

export type DateProblem = "date_on_weekend" | "date_passed" | "date_too_late_today";

/** What is wrong with a day that somebody sets by hand. `sinceMidnightMs` is of today. */
export function dateProblem(
  day: string,
  today: string,
  sinceMidnightMs: number,
): DateProblem | undefined {
  if (day < today) return "date_passed";
  if (weekdayOf(day) > 5) return "date_on_weekend";
  return day === today && sinceMidnightMs >= LAST_HOUR_MS ? "date_too_late_today" : undefined;
}
