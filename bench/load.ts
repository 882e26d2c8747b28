import { setTimeout as pause } from "node:timers/promises";

export type Measured = Readonly<{
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  done: number;
}>;

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

function measured(times: number[], tookMs: number): Measured {
  times.sort((a, b) => a - b);
  const perSecond = times.length / (tookMs / 1_000);
  return { perSecond, p50Ms: at(times, 0.5), p99Ms: at(times, 0.99), done: times.length };
}

/** Everyone asks again as soon as they are answered, for so long. A failed ask ends the run. */
export async function fullLoad(
  askers: readonly (() => Promise<void>)[],
  forMs: number,
): Promise<Measured> {
  const times: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + forMs;
  await Promise.all(
    askers.map(async (ask) => {
      while (performance.now() < until) {
        const askedAt = performance.now();
        await ask();
        times.push(performance.now() - askedAt);
      }
    }),
  );
  return measured(times, performance.now() - startedAt);
}

const TICK_MS = 1;

/**
 * Asks begin at a steady rate, whoever is free takes them. Time spent waiting for somebody free
 * counts; the coarseness of this process's own timer does not.
 */
export async function steadyLoad(
  askers: readonly (() => Promise<void>)[],
  perSecond: number,
  forMs: number,
): Promise<Measured> {
  const times: number[] = [];
  const free = [...askers];
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  let begun = 0;
  let isLate = false;
  while (performance.now() - startedAt < forMs) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    for (; begun < due && free.length > 0; begun += 1) {
      const ask = free.pop()!;
      const dueAt = startedAt + ((begun + 1) / perSecond) * 1_000;
      const from = isLate ? dueAt : performance.now();
      const running = ask().then(() => {
        times.push(performance.now() - from);
        free.push(ask);
        underWay.delete(running);
      });
      underWay.add(running);
    }
    isLate = begun < due;
    await pause(TICK_MS);
  }
  await Promise.all(underWay);
  return measured(times, performance.now() - startedAt);
}
