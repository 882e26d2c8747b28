import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Db } from "./pool.ts";

/** How long a caller who waits for its turn rests between two looks. */
const LOOK_MS = 200;

export type Turn = Readonly<{
  /** The lock's number; whoever names the same one waits for the others, in any process. */
  lock: number;
  /** Ends the waiting for a turn, not the work. */
  signal: AbortSignal;
  /** Hears, now and again, that another one's work is still under way. */
  onWait(): void;
}>;

/**
 * Runs `work` while no other caller of this database, in this or another process, runs work under
 * the same lock. The lock belongs to a connection of its own, which `work` is given: what it writes
 * by that one is surely written under the lock, and a process that dies lets the lock go. Waiting
 * takes no connection. Rejects with the signal's reason when it is given before the turn comes.
 */
export async function alone<T>(db: Db, turn: Turn, work: (held: Db) => Promise<T>): Promise<T> {
  for (;;) {
    turn.signal.throwIfAborted();
    const done = await db.kysely.connection().execute(async (own) => {
      const { rows } = await sql<{ is_mine: boolean }>`
        select pg_try_advisory_lock(${turn.lock}) as is_mine`.execute(own);
      if (!rows[0]?.is_mine) return undefined;
      try {
        return { answer: await work({ ...db, kysely: own }) };
      } finally {
        // Where this fails the connection is lost, or thrown away, and the lock with it.
        await sql`select pg_advisory_unlock(${turn.lock})`.execute(own).catch(() => {});
      }
    });
    if (done) return done.answer;
    turn.onWait();
    await pause(LOOK_MS, undefined, { signal: turn.signal }).catch(() => {});
  }
}
