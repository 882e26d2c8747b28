import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Logger, makeWorkerUtils, runOnce } from "graphile-worker";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { APP_ROLE } from "../../src/db/grants.ts";
import { migrate } from "../../src/db/migrate.ts";
import { openPool } from "../../src/db/pool.ts";
import {
  appPassword,
  asOwner,
  emptyDatabase,
  freshDatabase,
  patient,
  type TestDatabase,
} from "../support/database.ts";

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await emptyDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "vezne-migrations-"));
  await writeFile(
    path.join(folder, "0001_books.sql"),
    `create table entries (id int primary key);
     comment on table entries is 'insert-only: books are corrected by new entries';
     create table parts (id int, day date) partition by range (day);
     create table parts_2026 partition of parts for values from ('2026-01-01') to ('2027-01-01');
     comment on table parts is 'insert-only: likewise';
     create table drafts (id bigserial primary key, name text);`,
  );
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const migrateFolder = () =>
  migrate(database.ownerUrl, { folder, app: { role: APP_ROLE, password: appPassword() } });
const asApp = (statement: string) => asOwner(database.appUrl, statement);
const quiet = new Logger(() => () => {});
/** With a delay, even of 0, the worker waits for what it wrote about a job before it ends. */
const preset = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };
const denied = expect.objectContaining({ code: "42501" });

test.each([
  "update entries set id = 2",
  "delete from entries",
  "truncate entries",
  "update parts_2026 set id = 2",
  "delete from parts",
  "drop table entries",
  "alter table entries disable trigger all",
  "create table mine (id int)",
  "delete from vezne_migrations",
])("the application's role is denied: %s", async (statement) => {
  await migrateFolder();
  await asApp("insert into entries (id) values (1)");
  await expect(asApp(statement)).rejects.toEqual(denied);
});

test("the application's role reads and adds to an insert-only table", async () => {
  await migrateFolder();
  await asApp("insert into entries (id) values (1)");
  expect((await asApp("select id from entries")).rows).toEqual([{ id: 1 }]);
});

test("the application's role does everything with the rows of other tables", async () => {
  await migrateFolder();
  await asApp("insert into drafts (name) values ('one')");
  await asApp("update drafts set name = 'two'");
  expect((await asApp("delete from drafts returning name")).rows).toEqual([{ name: "two" }]);
});

test("a table that becomes insert-only later is closed by the next run", async () => {
  await migrateFolder();
  await writeFile(
    path.join(folder, "0002_close.sql"),
    "comment on table drafts is 'insert-only: they are kept now'",
  );
  await migrateFolder();
  await expect(asApp("delete from drafts")).rejects.toEqual(denied);
});

test("every table of ours that says so is closed to the application's role", async () => {
  const migrated = await freshDatabase();
  try {
    const { rows } = await asOwner(
      migrated.appUrl,
      `select relname, has_table_privilege(oid, 'insert') as may_insert,
              has_table_privilege(oid, 'update, delete, truncate') as may_change
         from pg_class where obj_description(oid, 'pg_class') like 'insert-only%'`,
    );
    expect(rows.map((row) => row.relname)).toContain("ledger_entries");
    for (const row of rows) expect(row).toMatchObject({ may_insert: true, may_change: false });
  } finally {
    await migrated.drop();
  }
});

test("the application's role adds a job in its transaction and runs it", async () => {
  await migrateFolder();
  const pool = openPool({ ...patient, url: database.appUrl, max: 4 });
  try {
    await pool.query(`begin;
      insert into drafts (name) values ('x');
      select graphile_worker.add_job('greet', '{"name":"Ada"}'::json);
      commit`);
    const utils = await makeWorkerUtils({ pgPool: pool, logger: quiet });
    await utils.addJob("greet", { name: "Ece" }, { queueName: "one_by_one", jobKey: "ece" });
    await utils.release();
    const greeted: unknown[] = [];
    await runOnce({
      pgPool: pool,
      logger: quiet,
      preset,
      taskList: { greet: (payload) => void greeted.push(payload) },
    });
    expect(greeted).toEqual([{ name: "Ada" }, { name: "Ece" }]);
    const left = await pool.query("select * from graphile_worker.jobs");
    expect(left.rows).toEqual([]);
  } finally {
    await pool.end();
  }
});

test("a job that fails is kept for the application's role to try again", async () => {
  await migrateFolder();
  const pool = openPool({ ...patient, url: database.appUrl, max: 4 });
  try {
    await pool.query("select graphile_worker.add_job('fail', '{}'::json)");
    await runOnce({
      pgPool: pool,
      logger: quiet,
      preset,
      taskList: {
        fail: () => {
          throw new Error("not today");
        },
      },
    });
    const { rows } = await pool.query("select attempts, last_error from graphile_worker.jobs");
    expect(rows).toEqual([{ attempts: 1, last_error: expect.stringContaining("not today") }]);
  } finally {
    await pool.end();
  }
});

test("an owner who may not create roles migrates, grants nothing and says so", async () => {
  const plain = `plain_${process.pid}`;
  const name = new URL(database.ownerUrl).pathname.slice(1);
  await asOwner(database.ownerUrl, `create role ${plain} login password 'plain'`);
  try {
    await asOwner(database.ownerUrl, `alter database ${name} owner to ${plain}`);
    await asOwner(database.ownerUrl, `grant all on schema public to ${plain}`);
    const url = new URL(database.ownerUrl);
    url.username = plain;
    url.password = "plain";
    const said: string[] = [];
    const applied = await migrate(url.href, {
      folder,
      app: { role: "nobody_made_me", password: "x" },
      log: (line) => said.push(line),
    });
    expect(applied).toEqual(["0001_books.sql"]);
    expect(said.at(-1)).toMatch(/may not create roles and "nobody_made_me" does not exist/);
  } finally {
    await database.drop();
    await asOwner(
      database.ownerUrl.replace(name, "postgres"),
      `drop role ${pg.escapeIdentifier(plain)}`,
    );
  }
});
