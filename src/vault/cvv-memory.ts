import type { Clock } from "../lib/clock.ts";
import type { Secret } from "../lib/secret.ts";

export type CvvMemoryLimits = Readonly<{
  clock: Clock;
  /** How long a code is kept at most. */
  ttlMs: number;
  /** How many are kept at most; the oldest gives way to a new one. */
  max: number;
}>;

/** Security codes between two steps of one payment. They are in this process and nowhere else. */
export type CvvMemory = Readonly<{
  keep(key: string, cvv: Secret): void;
  /** The code, which is then forgotten. */
  take(key: string): Secret | undefined;
  /** The code, which stays. */
  peek(key: string): Secret | undefined;
}>;

/**
 * A memory for security codes, bounded in count and time: what nobody takes is forgotten though
 * nobody asks. A process that ends takes them with it, and another process never sees them.
 */
export function createCvvMemory({ clock, ttlMs, max }: CvvMemoryLimits): CvvMemory {
  const kept = new Map<string, Readonly<{ cvv: Secret; until: number }>>();
  let sweep: NodeJS.Timeout | undefined;

  function forgetPassed(): void {
    const now = clock().getTime();
    for (const [key, { until }] of kept) {
      if (until > now) return; // The others came later.
      kept.delete(key);
    }
  }
  function planSweep(): void {
    if (sweep !== undefined || kept.size === 0) return;
    sweep = setTimeout(() => {
      sweep = undefined;
      forgetPassed();
      planSweep();
    }, ttlMs).unref();
  }
  function peek(key: string): Secret | undefined {
    forgetPassed();
    return kept.get(key)?.cvv;
  }
  return {
    peek,
    keep(key, cvv) {
      forgetPassed();
      kept.delete(key);
      const [oldest] = kept.keys();
      if (oldest !== undefined && kept.size >= max) kept.delete(oldest);
      kept.set(key, { cvv, until: clock().getTime() + ttlMs });
      planSweep();
    },
    take(key) {
      const cvv = peek(key);
      kept.delete(key);
      return cvv;
    },
  };
}
