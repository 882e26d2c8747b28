import { copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { staleFiles } from "../../src/db/generate.ts";
import { APP_ROLE } from "../../src/db/grants.ts";
import { MIGRATIONS_FOLDER, MigrationProblem, migrate } from "../../src/db/migrate.ts";
import { appPassword, asOwner, emptyDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await emptyDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "vezne-migrations-"));
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const app = () => ({ role: APP_ROLE, password: appPassword() });
const write = (file: string, sql: string) => writeFile(path.join(folder, file), sql);
const migrateFolder = () => migrate(database.ownerUrl, { folder });
const problem = (sentence: RegExp) =>
  expect.objectContaining({
    constructor: MigrationProblem,
    message: expect.stringMatching(sentence),
  });

test("an empty database becomes the latest, as schema.sql and tables.gen.ts say", async () => {
  const applied = await migrate(database.ownerUrl, { app: app() });
  const files = (await readdir(MIGRATIONS_FOLDER)).filter((file) => file.endsWith(".sql")).sort();
  expect(applied).toEqual(files);
  expect(await staleFiles(database.ownerUrl)).toEqual([]);
});

test("a second run applies nothing and changes nothing", async () => {
  await migrate(database.ownerUrl, { app: app() });
  expect(await migrate(database.ownerUrl, { app: app() })).toEqual([]);
  expect(await staleFiles(database.ownerUrl)).toEqual([]);
});

test("of two that run at once, one applies each file and both succeed", async () => {
  const runs = await Promise.all([
    migrate(database.ownerUrl, { app: app() }),
    migrate(database.ownerUrl, { app: app() }),
  ]);
  const files = (await readdir(MIGRATIONS_FOLDER)).filter((file) => file.endsWith(".sql")).sort();
  expect(runs.flat().sort()).toEqual(files);
});

test("a later file is applied to a database that has the earlier ones", async () => {
  await write("0001_first.sql", "create table first (id int primary key)");
  expect(await migrateFolder()).toEqual(["0001_first.sql"]);
  await write("0002_second.sql", "alter table first add column name text; select 1");
  expect(await migrateFolder()).toEqual(["0002_second.sql"]);
  await asOwner(database.ownerUrl, "insert into first (id, name) values (1, 'one')");
});

test("a file that was changed after it had been applied is refused", async () => {
  await write("0001_first.sql", "create table first (id int primary key)");
  await migrateFolder();
  await write("0001_first.sql", "create table first (id bigint primary key)");
  await expect(migrateFolder()).rejects.toEqual(
    problem(/^0001_first\.sql was changed after it had been applied/),
  );
});

test("a file whose line ends differ is the same file", async () => {
  await write("0001_first.sql", "-- why\ncreate table first (id int primary key);\n");
  await migrateFolder();
  await write("0001_first.sql", "-- why\r\ncreate table first (id int primary key);\r\n");
  expect(await migrateFolder()).toEqual([]);
});

test("a database newer than the code is refused", async () => {
  await write("0001_first.sql", "create table first (id int primary key)");
  await write("0002_second.sql", "create table second (id int primary key)");
  await migrateFolder();
  await rm(path.join(folder, "0002_second.sql"));
  await expect(migrateFolder()).rejects.toEqual(problem(/newer than this version.*0002_second/));
});

test("a file that is numbered before an applied one is refused", async () => {
  await write("0002_second.sql", "create table second (id int primary key)");
  await migrateFolder();
  await write("0001_late.sql", "create table late (id int primary key)");
  await expect(migrateFolder()).rejects.toEqual(problem(/^0001_late\.sql comes before number 2/));
});

test("a file that fails leaves nothing of itself and names its line", async () => {
  await write("0001_first.sql", "create table first (id int primary key)");
  await write(
    "0002_bad.sql",
    "create table half (id int);\ninsert into first values (1);\nselect x",
  );
  await expect(migrateFolder()).rejects.toEqual(problem(/^0002_bad\.sql \(line 3\) failed: .*"x"/));
  const { rows } = await asOwner(
    database.ownerUrl,
    "select to_regclass('half') as half, (select count(*)::int from first) as count",
  );
  expect(rows).toEqual([{ half: null, count: 0 }]);
  await write("0002_bad.sql", "create table whole (id int)");
  expect(await migrateFolder()).toEqual(["0002_bad.sql"]);
});

test("two files with one number, and a file without one, are refused", async () => {
  await write("0001_one.sql", "select 1");
  await write("0001_two.sql", "select 1");
  await expect(migrateFolder()).rejects.toEqual(problem(/Two migrations have the number 1/));
  await rm(path.join(folder, "0001_two.sql"));
  await copyFile(path.join(folder, "0001_one.sql"), path.join(folder, "two.sql"));
  await expect(migrateFolder()).rejects.toEqual(problem(/^two\.sql is not named like/));
});
