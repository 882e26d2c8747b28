/**
 * Turkish public holidays that fall on the same days every year, `MM-dd`. The afternoon of 28
 * October is one too: like every half day it counts as a business day here, since what is due on
 * it is paid before banks close.
 */
const fixedHolidays: ReadonlySet<string> = new Set([
  "01-01",
  "04-23",
  "05-01",
  "05-19",
  "07-15",
  "08-30",
  "10-29",
]);

/**
 * The first full day of Ramazan Bayramı and of Kurban Bayramı by year. They follow the moon as the
 * official calendar of the Presidency of Religious Affairs has it; each year's line is compared
 * with that calendar when it is published, and the table is carried on before its last year.
 */
const feasts: readonly Readonly<{ ramazan: string; kurban: string }>[] = [
  { ramazan: "2024-04-10", kurban: "2024-06-16" },
  { ramazan: "2025-03-30", kurban: "2025-06-06" },
  { ramazan: "2026-03-20", kurban: "2026-05-27" },
  { ramazan: "2027-03-09", kurban: "2027-05-16" },
  { ramazan: "2028-02-26", kurban: "2028-05-05" },
  { ramazan: "2029-02-14", kurban: "2029-04-24" },
  { ramazan: "2030-02-04", kurban: "2030-04-13" },
];
const RAMAZAN_DAYS = 3;
const KURBAN_DAYS = 4;

/** Far more than any feast between two weekends takes. */
const CLOSED_DAYS_MAX = 30;

const daysFrom = (first: string, count: number): string[] =>
  Array.from({ length: count }, (_, days) => plusDays(first, days));

const movableHolidays: ReadonlySet<string> = new Set(
  feasts.flatMap(({ ramazan, kurban }) => [
    ...daysFrom(ramazan, RAMAZAN_DAYS),
    ...daysFrom(kurban, KURBAN_DAYS),
  ]),
);

/** `yyyy-MM-dd` so many days later. Throws `RangeError` for a day that does not exist. */
export function plusDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day, { overflow: "reject" }).add({ days }).toString();
}

/** 1 is Monday, 7 is Sunday. */
export const weekdayOf = (day: string): number => Temporal.PlainDate.from(day).dayOfWeek;

export const isWeekend = (day: string): boolean => weekdayOf(day) >= 6;

/**
 * Whether banks in Türkiye work on a day, `yyyy-MM-dd`; half days are business days. The feasts are
 * known from 2024 to 2030: in any other year only weekends and the fixed days are closed.
 */
export const isBusinessDay = (day: string): boolean =>
  !isWeekend(day) && !fixedHolidays.has(day.slice(5)) && !movableHolidays.has(day);

/** The day itself if banks work on it, the next on which they do otherwise. */
export function nextBusinessDay(day: string): string {
  for (let days = 0; days < CLOSED_DAYS_MAX; days += 1) {
    const each = plusDays(day, days);
    if (isBusinessDay(each)) return each;
  }
  throw new RangeError(`No business day follows ${day}`);
}
