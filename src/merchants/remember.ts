import type { Clock } from "../lib/clock.ts";

/** How long what was read stays good: a block or a revoked key takes hold within this time. */
const REMEMBER_MS = 1_000;
const ENTRIES_MAX = 10_000;

/**
 * Remembers answers for a moment, so that a thousand requests of one merchant are one read. Calls
 * that come together share one read; a failed read or one that found nothing is not remembered.
 */
export function remember<Value>(clock: Clock, read: (key: string) => Promise<Value | undefined>) {
  const known = new Map<string, { until: number; value: Promise<Value | undefined> }>();
  const forget = (key: string) => known.delete(key);
  async function find(key: string): Promise<Value | undefined> {
    const now = clock().getTime();
    const found = known.get(key);
    if (found && found.until > now) return found.value;
    if (known.size >= ENTRIES_MAX) known.clear();
    const value = read(key);
    known.set(key, { until: now + REMEMBER_MS, value });
    try {
      const answer = await value;
      if (answer === undefined) forget(key);
      return answer;
    } catch (error) {
      forget(key);
      throw error;
    }
  }
  return { find, forgetAll: () => known.clear() };
}
