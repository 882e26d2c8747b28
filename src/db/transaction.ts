import type { Kysely, Transaction } from "kysely";
import type { Db } from "./pool.ts";
import type { Tables } from "./tables.gen.ts";

export { isUnavailable, unlessGone } from "./unavailable.ts";

declare const insideTransaction: unique symbol;

/** Proof that a transaction is open. The pool is not one, so a write outside does not compile. */
export type Tx = Transaction<Tables> & { readonly [insideTransaction]: true };

/** For reads that may run inside a transaction or outside. */
export type Reader = Kysely<Tables>;

/**
 * Runs `work` in one READ COMMITTED transaction and commits when it resolves; rolls back and throws
 * on when it rejects. After an error for which `isUnavailable` holds, the commit may have happened.
 */
export function inTx<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.kysely
    .transaction()
    .setIsolationLevel("read committed")
    .execute((tx) => work(tx as Tx));
}

/** The same database as it is seen, and written, inside an open transaction. */
export const within = (db: Db, tx: Tx): Db => ({ ...db, kysely: tx });

/** Name of the unique, check, foreign key or exclusion constraint that `error` says is violated. */
export function constraintOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  if (typeof code !== "string" || !code.startsWith("23")) return undefined;
  return typeof constraint === "string" ? constraint : undefined;
}
