/**
 * Waits of the bank, by its own clock: they end after so much real time, or as soon as the clock is
 * moved past their end. So a request that the bank puts off by a minute is never a minute behind a
 * clock that was moved by a year.
 */
export function createWaits(nowMs: () => number) {
  const waiting = new Set<Readonly<{ untilMs: number; wake: () => void }>>();
  return {
    /** Holds no process up that has nothing else to do. */
    wait: (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(one);
          resolve();
        };
        const timer = setTimeout(wake, ms).unref();
        const one = { untilMs: nowMs() + ms, wake };
        waiting.add(one);
      }),
    /** Ends the waits whose end the clock has passed. */
    clockMoved(): void {
      for (const one of [...waiting]) if (one.untilMs <= nowMs()) one.wake();
    },
  };
}
export type Waits = ReturnType<typeof createWaits>;
