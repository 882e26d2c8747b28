import { setTimeout as pause } from "node:timers/promises";
import { type DueDeps, type DueKind, dueKinds, runDue } from "./due.ts";

const TICK_MS = 1_000;

export type TickListener = Readonly<{
  onDone(what: DueKind, count: number): void;
  onError(error: unknown): void;
}>;

/**
 * Looks every second for what fell due by the merchants' clocks and for events to deliver, until it
 * is stopped. One kind failing or being slow does not hold up the others.
 */
export function startTicks(deps: DueDeps, { onDone, onError }: TickListener) {
  const stopped = new AbortController();
  const every = async (kind: DueKind) => {
    while (!stopped.signal.aborted) {
      try {
        const count = await runDue(deps, kind, onError);
        if (count > 0) onDone(kind, count);
      } catch (error) {
        onError(error);
      }
      await pause(TICK_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const running = dueKinds.map(every);
  return async () => {
    stopped.abort();
    await Promise.all(running);
  };
}
