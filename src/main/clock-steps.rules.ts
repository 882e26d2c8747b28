/**
 * The clocks' way over a span. They do not jump over it: they stop at each moment at which
 * something falls due, so that a year is lived through. Spans are milliseconds of the merchants'
 * own time.
 */
export type Walk = Readonly<{
  totalMs: number;
  doneMs: number;
  steps: number;
  /** Set after `EXACT_STEPS_MAX` steps: from there on none is shorter, however much falls due. */
  strideMs: number | undefined;
}>;

/** So many moments are stopped at each by itself: years of a few orders, a day of many. */
export const EXACT_STEPS_MAX = 5_000;
/** What is then left of the span takes at most so many more steps. */
export const COARSE_STEPS_MAX = 2_000;
const SECOND_MS = 1_000;

const wholeSeconds = (ms: number): number => Math.ceil(ms / SECOND_MS) * SECOND_MS;

export const leftOf = ({ totalMs, doneMs }: Walk): number => totalMs - doneMs;

/** The way over a whole positive number of milliseconds. */
export const beginWalk = (totalMs: number): Walk => ({
  totalMs,
  doneMs: 0,
  steps: 0,
  strideMs: undefined,
});

/**
 * How far the next step goes: to the next moment at which something falls due, `aheadMs` from now,
 * rounded up to whole seconds, or to the end where nothing does. Never past the end.
 */
export function nextStepMs(walk: Walk, aheadMs: number | undefined): number {
  if (aheadMs === undefined) return leftOf(walk);
  return Math.min(leftOf(walk), Math.max(walk.strideMs ?? SECOND_MS, wholeSeconds(aheadMs)));
}

/** The walk after a step of `stepMs`. */
export function stepped(walk: Walk, stepMs: number): Walk {
  const next = { ...walk, doneMs: walk.doneMs + stepMs, steps: walk.steps + 1 };
  if (next.steps !== EXACT_STEPS_MAX) return next;
  return { ...next, strideMs: Math.max(SECOND_MS, wholeSeconds(leftOf(next) / COARSE_STEPS_MAX)) };
}
