import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from "kysely";
import pg from "pg";
import type { Tables } from "./tables.gen.ts";
import { isUnavailable } from "./unavailable.ts";

/** A refused or unreachable database must say so before a caller's patience ends. */
export const CONNECT_TIMEOUT_MS = 2_000;
/** Longer than any statement of the hot path by three orders; reports page through their rows. */
const STATEMENT_TIMEOUT_MS = 15_000;
const LOCK_TIMEOUT_MS = 5_000;
/** No transaction is open while a bank is asked, so one that idles this long is a bug. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;
/** The driver's own bound, for a server that vanished without closing the connection. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
/** A report over years of payments; a server that vanished is noticed by the connection. */
const REPORT_TIMEOUT_MS = 12 * 60 * 60_000;
/** PostgreSQL cuts longer names of prepared statements, and cut names could meet. */
const STATEMENT_NAME_MAX = 63;

export type Db = Readonly<{
  kysely: Kysely<Tables>;
  pool: pg.Pool;
  /** Waits for the statements under way, then closes every connection. Harmless when repeated. */
  close(): Promise<void>;
}>;

export type DbOptions = Readonly<{
  url: string;
  /** Connections at most. */
  max: number;
  /** How long to wait for a connection, a free one too; as callers' patience wants where absent. */
  connectTimeoutMs?: number;
  /** What `pg_stat_activity` shows. */
  applicationName: string;
  /** Hears of connections that were lost while nobody used them. */
  onError(error: Error): void;
}>;

const oid = { int8: 20, date: 1082, int8Array: 1016, dateArray: 1182, numericArray: 1231 };
const textArrayOid: number = 1009;

function exactParsers(): Map<number, (text: string) => unknown> {
  const texts: (text: string) => (string | null)[] = pg.types.getTypeParser(textArrayOid, "text");
  return new Map<number, (text: string) => unknown>([
    [oid.int8, BigInt],
    [oid.date, (text) => text],
    [oid.int8Array, (text) => texts(text).map((one) => (one === null ? null : BigInt(one)))],
    [oid.dateArray, texts],
    [oid.numericArray, texts],
  ]);
}

/** int8 as bigint, date and numeric as text; anything else as the driver reads it. */
function exactTypes(): pg.CustomTypesConfig {
  const exact = exactParsers();
  const getTypeParser = (id: number, format?: "text" | "binary") =>
    (format !== "binary" && exact.get(id)) || pg.types.getTypeParser(id, format as "text");
  return { getTypeParser: getTypeParser as typeof pg.types.getTypeParser };
}

/**
 * A pool whose lost connections never end the process. Values are read as the driver reads them
 * (int8 as text): the job queue needs it so. Business code takes `openDb`.
 */
export function openPool(options: DbOptions, types?: pg.CustomTypesConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
    ...(types && { types }),
  });
  pool.on("error", options.onError);
  // A connection lost between two statements of a transaction reports here; the next statement
  // fails and tells the caller, so there is nothing to add.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

const namePattern = new RegExp(`^/\\* ([a-z0-9_.-]{1,${STATEMENT_NAME_MAX}}) \\*/`, "i");

/** A text that begins with a named comment is prepared once per connection under that name. */
function statement(text: string, values: readonly unknown[] | undefined): pg.QueryConfig {
  const name = text.startsWith("/*") ? namePattern.exec(text)?.[1] : undefined;
  return { text, values: [...(values ?? [])], ...(name && { name }) };
}

function withNames(client: pg.PoolClient, answerMs: number): PostgresPoolClient {
  let isBroken = false;
  const query = async (text: string, values?: readonly unknown[]) => {
    try {
      // The driver reads its bound from here too, which its types do not say.
      const bounded = { ...statement(text, values), query_timeout: answerMs };
      return await client.query(bounded);
    } catch (error) {
      // A statement may still run there: nobody else may get this connection.
      if (isUnavailable(error)) isBroken = true;
      throw error;
    }
  };
  return {
    // Kysely asks for cursors too, which only its streaming uses; nothing here streams.
    query: query as unknown as PostgresPoolClient["query"],
    release: (destroy) => client.release(isBroken || destroy),
  };
}

function poolWithNames(pool: pg.Pool, answerMs: number): PostgresPool {
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const connect = async () => {
    const client = await pool.connect();
    const named = known.get(client) ?? withNames(client, answerMs);
    known.set(client, named);
    return named;
  };
  return { connect, end: () => pool.end(), options: pool.options };
}

const kyselyOn = (pool: pg.Pool, answerMs: number) =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool: poolWithNames(pool, answerMs) }) });

/**
 * The database as business code sees it. A statement whose text begins with a block comment that
 * holds one name (letters, digits, `_`, `.`, `-`) is sent as a prepared statement of that name, so
 * one name must always have one text.
 */
export function openDb(options: DbOptions): Db {
  const pool = openPool(options, exactTypes());
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= pool.end();
    return closing;
  };
  return { kysely: kyselyOn(pool, ANSWER_TIMEOUT_MS), pool, close };
}

/**
 * Reads on one view of the database, in one read-only transaction whose statements may take as long
 * as whole tables take: for reports. `read` finds the view where it finds the database.
 */
export function onOneView<T>(db: Db, read: (view: Db) => Promise<T>): Promise<T> {
  return kyselyOn(db.pool, REPORT_TIMEOUT_MS)
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(async (view) => {
      await sql`set local statement_timeout = 0`.execute(view);
      return read({ ...db, kysely: view });
    });
}
