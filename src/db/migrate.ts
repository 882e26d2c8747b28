import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Logger, runMigrations } from "graphile-worker";
import pg from "pg";
import { type AppRole, grantApp } from "./grants.ts";
import { CONNECT_TIMEOUT_MS } from "./pool.ts";

export const MIGRATIONS_FOLDER = path.join(import.meta.dirname, "migrations");

/** Two programs that start together migrate one after the other. */
const MIGRATION_LOCK = 0x7665_7a6e;
/** How long one waits for the other. */
const LOCK_WAIT_MS = 60_000;
const QUERY_CANCELED = "57014";
const LOCK_NOT_AVAILABLE = "55P03";

/** The schema can not be brought to this code's version. The message is a sentence for a person. */
export class MigrationProblem extends Error {}

export type MigrateOptions = Readonly<{
  /** Where `NNNN_name.sql` are; this package's own by default. */
  folder?: string;
  /** The role the application signs in with. Without it no role is made and nothing is granted. */
  app?: AppRole;
  log?(line: string): void;
}>;

type Migration = Readonly<{ version: number; name: string; checksum: string; sql: string }>;
type Applied = Pick<Migration, "version" | "name" | "checksum">;

const fileOf = ({ version, name }: Applied) => `${String(version).padStart(4, "0")}_${name}.sql`;

/** Line ends do not count: a checkout on another system must have the same sum. */
function readMigration(file: string, text: string): Migration {
  const [, version, name] = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(file) ?? [];
  if (!version || !name)
    throw new MigrationProblem(`${file} is not named like 0012_some_name.sql.`);
  const sql = text.replaceAll("\r\n", "\n");
  const checksum = createHash("sha256").update(sql).digest("hex");
  return { version: Number(version), name, checksum, sql };
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  const migrations: Migration[] = [];
  for (const file of files) {
    const one = readMigration(file, await readFile(path.join(folder, file), "utf8"));
    if (one.version === migrations.at(-1)?.version) {
      throw new MigrationProblem(`Two migrations have the number ${one.version}.`);
    }
    migrations.push(one);
  }
  return migrations;
}

/** What is left to run. Refuses a database whose past is not the past of these files. */
function planMigrations(files: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const byVersion = new Map(files.map((file) => [file.version, file]));
  const newest = files.at(-1)?.version ?? 0;
  for (const past of applied) {
    const file = byVersion.get(past.version);
    if (!file && past.version > newest) {
      throw new MigrationProblem(
        `The database is newer than this version of Vezne: it has ${fileOf(past)}, ` +
          `and this version ends at ${newest}. Start the newer version.`,
      );
    }
    if (!file || file.name !== past.name) {
      throw new MigrationProblem(`The database has ${fileOf(past)}, which this version lacks.`);
    }
    if (file.checksum !== past.checksum) {
      throw new MigrationProblem(
        `${fileOf(past)} was changed after it had been applied. ` +
          "Put it back as it was and write a new migration instead.",
      );
    }
  }
  const last = applied.at(-1)?.version ?? 0;
  const done = new Set(applied.map((past) => past.version));
  const due = files.filter((file) => !done.has(file.version));
  const late = due.find((file) => file.version < last);
  if (late) {
    throw new MigrationProblem(
      `${fileOf(late)} comes before number ${last}, which is applied already. ` +
        "Give it a later number.",
    );
  }
  return due;
}

function lineAt(sql: string, position: string | undefined): string {
  if (!position) return "";
  return ` (line ${sql.slice(0, Number(position)).split("\n").length})`;
}

async function applyMigration(client: pg.Client, migration: Migration): Promise<void> {
  const { version, name, checksum, sql } = migration;
  await client.query("begin");
  try {
    await client.query(sql);
    await client.query(
      "insert into vezne_migrations (version, name, checksum) values ($1, $2, $3)",
      [version, name, checksum],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {}); // The first error is the one to tell.
    if (!(error instanceof pg.DatabaseError)) throw error;
    const where = lineAt(sql, error.position);
    throw new MigrationProblem(`${fileOf(migration)}${where} failed: ${error.message}.`, {
      cause: error,
    });
  }
}

async function lockMigrations(client: pg.Client): Promise<void> {
  await client.query(`set lock_timeout = ${LOCK_WAIT_MS}`);
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== LOCK_NOT_AVAILABLE && code !== QUERY_CANCELED) throw error;
    throw new MigrationProblem(
      `Another program has been migrating this database for ${LOCK_WAIT_MS / 1000} seconds.`,
    );
  }
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  await client.query(`
    create table if not exists vezne_migrations (
      version    int primary key,
      name       text not null,
      checksum   text not null,
      applied_at timestamptz not null default now()
    )`);
  const { rows } = await client.query<Applied>(
    "select version, name, checksum from vezne_migrations order by version",
  );
  return rows;
}

/** graphile-worker keeps its tables in a schema of its own and migrates them itself. */
async function migrateJobs(ownerUrl: string): Promise<void> {
  const pool = new pg.Pool({
    connectionString: ownerUrl,
    max: 1,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  pool.on("error", () => {}); // The statement under way fails too, and that is told.
  pool.on("connect", (client) => client.on("error", () => {}));
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) });
  } finally {
    await pool.end();
  }
}

/**
 * Brings the database at `ownerUrl` to this code's schema and gives the application's role its
 * rights. Forward only, each file in its own transaction, harmless when repeated or run at once by
 * several programs. Answers the files applied now. Throws `MigrationProblem` with a sentence.
 */
export async function migrate(ownerUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const { folder = MIGRATIONS_FOLDER, app, log = () => {} } = options;
  const files = await readMigrations(folder);
  const client = new pg.Client({
    connectionString: ownerUrl,
    application_name: "vezne migrate",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on("error", () => {}); // The statement under way fails too, and that is told.
  await client.connect();
  try {
    await client.query("set client_min_messages = warning");
    await lockMigrations(client);
    const due = planMigrations(files, await readApplied(client));
    for (const migration of due) {
      await applyMigration(client, migration);
      log(`applied ${fileOf(migration)}`);
    }
    await migrateJobs(ownerUrl);
    if (app) await grantApp(client, app, log);
    return due.map(fileOf);
  } finally {
    await client.end().catch(() => {}); // Ends the session, and with it the lock.
  }
}
