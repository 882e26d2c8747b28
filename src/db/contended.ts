import { setTimeout as pause } from "node:timers/promises";
import { refuse } from "../lib/refusal.ts";
import type { Db } from "./pool.ts";
import { inTx, type Tx } from "./transaction.ts";

/** Codes that say: somebody else was at the same rows, and this transaction did nothing. */
const lostCodes = new Set([
  "40P01", // each waited for the other
  "55P03", // waited longer for a lock than is allowed
]);
const TRIES_MAX = 4;
const PAUSE_MS = 50;

/** Whether a transaction gave way to another one: it did nothing, and can be run again. */
export const isContended = (error: unknown): boolean =>
  error instanceof Error && lostCodes.has(String((error as { code?: unknown }).code));

/**
 * Runs one statement, or one transaction, again where it gives way to others; after a few times it
 * is refused as `temporarily_unavailable`.
 */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let run = 1; ; run += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isContended(error)) throw error;
      if (run === TRIES_MAX) return refuse("temporarily_unavailable", {});
      await pause(run * PAUSE_MS);
    }
  }
}

/**
 * As `inTx`, for work that takes many rows in whatever order they lie: run by `again`. `work` must
 * not do anything outside the transaction.
 */
export const inTxAgain = <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> =>
  again(() => inTx(db, work));
