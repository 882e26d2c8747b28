import type { Clock } from "../lib/clock.ts";

/** How long what was read stays good: a block or a revoked key takes hold within this time. */
const REMEMBER_MS = 1_000;
const ENTRIES_MAX = 10_000;

type Known<Value> = { until: number; value: Promise<Value | undefined>; isRenewed: boolean };

/**
 * Remembers answers for a moment, so that a thousand requests of one merchant are one read. Calls
 * that come together share one read; a failed read or one that found nothing is not remembered. In
 * the second half of the moment the answer is read again beside the calls, so that a busy merchant
 * never waits for it.
 */
export function remember<Value>(clock: Clock, read: (key: string) => Promise<Value | undefined>) {
  const known = new Map<string, Known<Value>>();
  function ask(key: string, now: number): Known<Value> {
    return { until: now + REMEMBER_MS, value: read(key), isRenewed: false };
  }
  const forget = (key: string, asked: Known<Value>) => {
    if (known.get(key) === asked) known.delete(key);
  };
  function keep(key: string, asked: Known<Value>): Promise<Value | undefined> {
    if (known.size >= ENTRIES_MAX) known.clear();
    known.set(key, asked);
    asked.value.then(
      (answer) => answer === undefined && forget(key, asked),
      () => forget(key, asked),
    );
    return asked.value;
  }
  /** A renewal takes the place of what is known only when it has come; failing, nothing changes. */
  function renew(key: string, old: Known<Value>, now: number): void {
    old.isRenewed = true;
    const asked = ask(key, now);
    asked.value.then(
      (answer) => {
        if (known.get(key) !== old) return;
        if (answer === undefined) known.delete(key);
        else known.set(key, asked);
      },
      () => {},
    );
  }
  async function find(key: string): Promise<Value | undefined> {
    const now = clock().getTime();
    const found = known.get(key);
    if (!found || found.until <= now) return keep(key, ask(key, now));
    if (!found.isRenewed && found.until - now <= REMEMBER_MS / 2) renew(key, found, now);
    return found.value;
  }
  return { find, forgetAll: () => known.clear() };
}
