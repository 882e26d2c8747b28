import { setTimeout as pause } from "node:timers/promises";
import { queueDeliveries } from "../events/index.ts";
import { inquireDue, type PaymentsDeps } from "../payments/index.ts";

const TICK_MS = 1_000;

export type TickListener = Readonly<{
  onDone(what: "asked" | "queued", count: number): void;
  onError(error: unknown): void;
}>;

/**
 * Looks every second for what fell due by the merchants' clocks and for events to deliver, until it
 * is stopped. One of the two failing or being slow does not hold up the other.
 */
export function startTicks(payments: PaymentsDeps, { onDone, onError }: TickListener) {
  const stopped = new AbortController();
  const every = async (what: "asked" | "queued", work: () => Promise<number>) => {
    while (!stopped.signal.aborted) {
      try {
        const count = await work();
        if (count > 0) onDone(what, count);
      } catch (error) {
        onError(error);
      }
      await pause(TICK_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const running = [
    every("asked", () => inquireDue(payments, onError)),
    every("queued", () => queueDeliveries(payments.db)),
  ];
  return async () => {
    stopped.abort();
    await Promise.all(running);
  };
}
