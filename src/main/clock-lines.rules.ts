/** The media type of an answer that has a line of JSON for each thing that happens. */
export const LINES = "application/x-ndjson";

/**
 * How far a move has come, in milliseconds; what time it then is for the furthest merchant; and how
 * much of what fell due was looked at.
 */
export type Told = Readonly<{ done: number; total: number; now: string; ran: number }>;

/**
 * What a move came to: who moved, and by how many milliseconds; how often it asked the bank about
 * attempts in doubt, beside what the worker asked; and how many tries to draw an invoice took money
 * or were refused in the span, whoever made them.
 */
export type Moved = Readonly<{
  moved: readonly string[];
  ms: number;
  asked: number;
  drawn: number;
  refused: number;
}>;

/** Why a move did not come to its end, and how far it had come where it had begun. */
export type Failed = Readonly<{ error: string } & Partial<Told>>;

/** A line of a move: that another one is under way, how far this one has come, or how it ended. */
export type MoveLine = Readonly<{ waiting: true }> | Told | Moved | Failed;
