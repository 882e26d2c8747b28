import { setTimeout as pause } from "node:timers/promises";
import { type DueDeps, type DueKind, dueKinds, runDue } from "./due.ts";

const TICK_MS = 1_000;

export type TickListener = Readonly<{
  onDone(what: DueKind, count: number): void;
  onError(error: unknown): void;
}>;

/** Does what is due of one kind, and says whether there may be more of it at once. */
async function round(
  deps: DueDeps,
  kind: DueKind,
  { onDone, onError }: TickListener,
  signal: AbortSignal,
) {
  try {
    const count = await runDue(deps, kind, onError, signal);
    if (count > 0) onDone(kind, count);
    return count > 0;
  } catch (error) {
    onError(error);
    return false;
  }
}

/**
 * Does what fell due by the merchants' clocks and delivers events, round after round while there is
 * something to do, and looks again every second where there is nothing or a round has failed. One
 * kind failing or being slow does not hold up the others. What it returns ends it: after the rounds
 * that are under way.
 */
export function startTicks(deps: DueDeps, listener: TickListener) {
  const stopped = new AbortController();
  const { signal } = stopped;
  const every = async (kind: DueKind) => {
    while (!signal.aborted) {
      const hasMore = await round(deps, kind, listener, signal);
      if (!hasMore) await pause(TICK_MS, undefined, { signal }).catch(() => {});
    }
  };
  const running = dueKinds.map(every);
  return async () => {
    stopped.abort();
    await Promise.all(running);
  };
}
