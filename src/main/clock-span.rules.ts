import { istanbulTime } from "../lib/clock.ts";

/** One move goes at most so far: what is beyond may be mistyped, and takes another command. */
const YEARS_MAX = 10;

/** A span in milliseconds, or the sentence that says why it is none. */
export type Span = Readonly<{ ms: number } | { problem: string }>;

/**
 * Reads `90seconds`, `1 month` or `PT2H` as a span from `from` on. Calendar words are read in
 * Istanbul: a month is not thirty days.
 */
export function readSpan(by: string, from: Date): Span {
  const problem = `"${by}" is no span forward; say 90seconds, 2days, 1month or PT2H`;
  const spoken = /^(\d{1,4}) ?(second|minute|hour|day|week|month|year)s?$/i.exec(by.trim());
  try {
    const span = spoken
      ? Temporal.Duration.from({ [`${spoken[2]?.toLowerCase()}s`]: Number(spoken[1]) })
      : Temporal.Duration.from(by);
    const start = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO(
      "Europe/Istanbul",
    );
    const ms = start.add(span).epochMilliseconds - from.getTime();
    if (ms <= 0) return { problem };
    const mostMs = start.add({ years: YEARS_MAX }).epochMilliseconds - from.getTime();
    if (ms <= mostMs) return { ms };
    return { problem: `"${by}" is more than ${YEARS_MAX} years; move that far at most at once` };
  } catch {
    return { problem };
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
