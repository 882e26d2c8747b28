import { setTimeout as pause } from "node:timers/promises";
import type { Db } from "../db/pool.ts";
import type { Clock } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { readUnderWay } from "./due.store.ts";

/** Real time in which nothing ended, after which what is open was left by a process that died. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 20;

export type UnderWayDeps = Readonly<{ db: Db; clock: Clock }>;

/**
 * Waits for what other processes are at, so that a clock does not move away under it: a bank that
 * is about to answer is not asked as if minutes had passed, and an answer is written at the moment
 * it belongs to. Says whether there was anything. What was waited for in vain joins `leftBehind`,
 * and is not waited for again.
 */
export async function awaitUnderWay(
  { db, clock }: UnderWayDeps,
  merchants: readonly MerchantId[],
  leftBehind: Set<string>,
  signal: AbortSignal,
): Promise<boolean> {
  const open = async () => {
    const found = await readUnderWay(db, merchants, clock());
    return new Set(found.filter((each) => !leftBehind.has(each)));
  };
  // What begins meanwhile is waited for before the next step, or a busy shop would stop the clock.
  let ours = await open();
  const isBusy = ours.size > 0;
  let since = performance.now();
  while (ours.size > 0 && !signal.aborted) {
    if (performance.now() - since > PATIENCE_MS) {
      for (const each of ours) leftBehind.add(each);
      break;
    }
    await pause(LOOK_MS);
    const still = ours.intersection(await open());
    if (still.size < ours.size) since = performance.now();
    ours = still;
  }
  return isBusy;
}
