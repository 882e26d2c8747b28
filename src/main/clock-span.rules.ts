import { istanbulTime } from "../lib/clock.ts";

/** One move goes at most so far: what is beyond may be mistyped, and takes another command. */
const YEARS_MAX = 10;

/** A span in milliseconds, or the sentence that says why it is none. */
export type Span = Readonly<{ ms: number } | { problem: string }>;

/** What a span is counted in, as it is typed, with or without an s at its end. */
const units = {
  ...{ sec: "seconds", second: "seconds", min: "minutes", minute: "minutes", hour: "hours" },
  ...{ day: "days", week: "weeks", month: "months", year: "years" },
} as const;
const spoken = new RegExp(`^(\\d{1,9}) ?(${Object.keys(units).join("|")})s?$`, "i");

/** `90seconds`, `1 month` or `PT2H` as a duration; `undefined` when it is none. */
export function durationOf(by: string): Temporal.Duration | undefined {
  const [, count, word = ""] = spoken.exec(by.trim()) ?? [];
  const unit = units[word.toLowerCase() as keyof typeof units];
  try {
    return Temporal.Duration.from(unit ? { [unit]: Number(count) } : by.trim());
  } catch {
    return undefined;
  }
}

/** What to say to who typed a span that is none. */
export const notASpan = (by: string): string =>
  `"${by}" is no span forward; say a whole number and what it counts, such as 90seconds, 5min, ` +
  "2hours, 1day, 3weeks, 1month or 1year, or an ISO 8601 duration such as PT2H";

/**
 * Reads a span from `from` on. Calendar words are read in Istanbul: a month is not thirty days.
 */
export function readSpan(by: string, from: Date): Span {
  const duration = durationOf(by);
  if (!duration || duration.sign <= 0) return { problem: notASpan(by) };
  const start = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO(
    "Europe/Istanbul",
  );
  const tooFar = `"${by}" is more than ${YEARS_MAX} years; move that far at most at once`;
  try {
    const ms = start.add(duration).epochMilliseconds - from.getTime();
    if (ms <= 0) return { problem: notASpan(by) };
    const mostMs = start.add({ years: YEARS_MAX }).epochMilliseconds - from.getTime();
    return ms <= mostMs ? { ms } : { problem: tooFar };
  } catch {
    return { problem: tooFar }; // No calendar goes there.
  }
}

/** A span that `readSpan` reads, of whole seconds that are not less than `ms`. */
export const spanOf = (ms: number): string => `PT${Math.ceil(ms / 1_000)}S`;

/** Where a move that broke off has left the clock, and how it goes on where that is known. */
export function standsText(now: Date, leftMs: number | undefined): string {
  const time = istanbulTime(now).slice(0, 19).replace("T", " ");
  const stands = `The clock stands at ${time} in Istanbul`;
  if (leftMs === undefined) return `${stands}.`;
  return leftMs > 0
    ? `${stands}; move it by ${spanOf(leftMs)} to come to where it was to end.`
    : `${stands}, where it was to end.`;
}
