import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Db, openDb } from "../../src/db/pool.ts";
import { constraintOf, inTx, isUnavailable, type Tx } from "../../src/db/transaction.ts";
import { asOwner, emptyDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let db: Db;
let lost: Error[];

beforeEach(async () => {
  database = await emptyDatabase();
  await asOwner(
    database.ownerUrl,
    `create table things (id int constraint things_key primary key,
       size int constraint size_is_positive check (size > 0))`,
  );
  lost = [];
  db = open(database.ownerUrl);
});
afterEach(async () => {
  await db.close();
  await database.drop();
});

const open = (url: string) =>
  openDb({ url, max: 2, applicationName: "vezne test", onError: (error) => lost.push(error) });
const add = (tx: Tx, id: number, size = 1) =>
  sql`insert into things (id, size) values (${id}, ${size})`.execute(tx);
const count = async () =>
  (await sql<{ n: bigint }>`select count(*) as n from things`.execute(db.kysely)).rows[0]!.n;
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.unreachable("it must fail"),
    (error: unknown) => error,
  );

describe("the pool", () => {
  test("reads whole numbers of 64 bits, days and decimals without loss", async () => {
    const { rows } = await sql`select 9007199254740993::int8 as big, 1::int4 as small,
      '{9007199254740993,null}'::int8[] as bigs, '2026-02-28'::date as day,
      '{2026-02-28}'::date[] as days, 1.10::numeric(9,2) as decimal,
      '{1.10}'::numeric[] as decimals,
      '2026-02-28 23:59:59.123+03'::timestamptz as at, '{"a":[1]}'::jsonb as body`.execute(
      db.kysely,
    );
    expect(rows[0]).toEqual({
      big: 9007199254740993n,
      small: 1,
      bigs: [9007199254740993n, null],
      day: "2026-02-28",
      days: ["2026-02-28"],
      decimal: "1.10",
      decimals: ["1.10"],
      at: new Date("2026-02-28T20:59:59.123Z"),
      body: { a: [1] },
    });
  });

  test("writes back what it reads", async () => {
    const big = 9007199254740993n;
    const at = new Date("2026-02-28T20:59:59.123Z");
    const { rows } = await sql`select ${big}::int8 as big, ${[big]}::int8[] as bigs,
      ${at}::timestamptz as at`.execute(db.kysely);
    expect(rows[0]).toEqual({ big, bigs: [big], at });
  });

  test("a statement with a name is prepared once under it, one without is not", async () => {
    await db.kysely.connection().execute(async (one) => {
      for (const id of [1, 2, 3]) {
        await sql`/* count_things */ select count(*) from things where id = ${id}`.execute(one);
        await sql`select count(*) from things where id <> ${id}`.execute(one);
      }
      const { rows } = await sql`select name, generic_plans + custom_plans as runs
        from pg_prepared_statements`.execute(one);
      expect(rows).toEqual([{ name: "count_things", runs: 3n }]);
    });
  });

  test("bounds statements, locks and idle transactions, and leaves durability alone", async () => {
    const { rows } = await sql<{ name: string; setting: string }>`select name, setting
      from pg_settings where name in ('statement_timeout', 'lock_timeout', 'synchronous_commit',
        'idle_in_transaction_session_timeout', 'application_name') order by name`.execute(
      db.kysely,
    );
    expect(rows.map((row) => row.setting)).toEqual(["vezne test", "10000", "5000", "15000", "on"]);
  });

  test("connections that are ended while idle are told and replaced", async () => {
    await count();
    await asOwner(
      database.ownerUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'vezne test' and datname = current_database()`,
    );
    await expect.poll(() => lost.length).toBe(1);
    expect(await count()).toBe(0n);
  });

  test("a server that is not there refuses at once, as unavailable", async () => {
    const nowhere = open("postgres://nobody@127.0.0.1:1/none");
    const since = performance.now();
    const error = await failure(sql`select 1`.execute(nowhere.kysely));
    await nowhere.close();
    expect(isUnavailable(error)).toBe(true);
    expect(performance.now() - since).toBeLessThan(2_500);
  });

  test("closing twice is harmless, and a closed pool is unavailable", async () => {
    await db.close();
    await db.close();
    expect(isUnavailable(await failure(count()))).toBe(true);
  });
});

describe("a transaction", () => {
  test("commits when its work resolves", async () => {
    expect(await inTx(db, async (tx) => add(tx, 1).then(() => "done"))).toBe("done");
    expect(await count()).toBe(1n);
  });

  test("writes nothing when its work rejects", async () => {
    const work = inTx(db, async (tx) => {
      await add(tx, 1);
      throw new Error("changed my mind");
    });
    await expect(work).rejects.toThrow("changed my mind");
    expect(await count()).toBe(0n);
  });

  test("names the constraint that was violated", async () => {
    await inTx(db, (tx) => add(tx, 1));
    const twice = await failure(inTx(db, (tx) => add(tx, 1)));
    const negative = await failure(inTx(db, (tx) => add(tx, 2, -1)));
    expect([twice, negative].map(constraintOf)).toEqual(["things_key", "size_is_positive"]);
    expect([twice, negative].map(isUnavailable)).toEqual([false, false]);
    expect(constraintOf(new Error("things_key"))).toBeUndefined();
  });

  test("that loses its connection is unavailable and ends neither process nor pool", async () => {
    const work = inTx(db, async (tx) => {
      await add(tx, 1);
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await asOwner(database.ownerUrl, `select pg_terminate_backend(${rows[0]!.pid}, 5000)`);
      await add(tx, 2);
    });
    expect(isUnavailable(await failure(work))).toBe(true);
    expect(await count()).toBe(0n);
    expect(await inTx(db, (tx) => add(tx, 3))).toBeDefined();
  });
});
