import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Db, onOneView, openDb } from "../../src/db/pool.ts";
import { asOwner, freshDatabase, type TestDatabase } from "../support/database.ts";

/** Longer than the driver waits for the answer to any other statement. */
const LONG_MS = 60_000;

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await freshDatabase();
  db = openDb({ url: database.appUrl, max: 2, applicationName: "view", onError: () => {} });
});
afterEach(() => vi.useRealTimers());
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** A statement that is answered after the driver has lost its patience, if it has any. */
async function slowly(on: Db): Promise<unknown> {
  await sql`select 1`.execute(on.kysely);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const answer = sql`select pg_sleep(0.2)`.execute(on.kysely);
  const told = answer.catch((error: Error) => error.message);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  vi.advanceTimersByTime(LONG_MS);
  vi.useRealTimers();
  return told;
}

test("a report waits for a statement that any other reader would give up", async () => {
  const other = db.kysely.connection().execute((kysely) => slowly({ ...db, kysely }));
  expect(await other).toBe("Query read timeout");
  expect(await onOneView(db, slowly)).toMatchObject({ rows: [{}] });
  const shown = await onOneView(db, (view) => sql`show statement_timeout`.execute(view.kysely));
  expect(shown.rows).toEqual([{ statement_timeout: "0" }]);
  const after = await sql`show statement_timeout`.execute(db.kysely);
  expect(after.rows).toEqual([{ statement_timeout: "15s" }]);
});

test("a report sees one moment, and writes nothing", async () => {
  const count = (on: Db) => sql<{ n: bigint }>`select count(*) as n from seen`.execute(on.kysely);
  const { ownerUrl } = database;
  await asOwner(ownerUrl, "create table seen (n integer); grant all on seen to public");
  await onOneView(db, async (view) => {
    expect((await count(view)).rows).toEqual([{ n: 0n }]);
    await asOwner(ownerUrl, "insert into seen values (1)");
    expect((await count(view)).rows).toEqual([{ n: 0n }]);
    expect((await count(db)).rows).toEqual([{ n: 1n }]);
  });
  const written = onOneView(db, (view) => sql`insert into seen values (2)`.execute(view.kysely));
  await expect(written).rejects.toMatchObject({ code: "25006" });
});
