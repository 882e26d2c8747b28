import { setTimeout as pause } from "node:timers/promises";
import { inquireDue, type PaymentsDeps } from "../payments/index.ts";

const TICK_MS = 1_000;

/** Looks every second for what fell due by the merchants' clocks, until it is stopped. */
export function startTicks(
  payments: PaymentsDeps,
  onAsked: (count: number) => void,
  onError: (error: unknown) => void,
) {
  const stopped = new AbortController();
  const run = async () => {
    while (!stopped.signal.aborted) {
      try {
        onAsked(await inquireDue(payments, onError));
      } catch (error) {
        onError(error);
      }
      await pause(TICK_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const running = run();
  return async () => {
    stopped.abort();
    await running;
  };
}
