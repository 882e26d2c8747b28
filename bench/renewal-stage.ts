import { randomBytes } from "node:crypto";
import type { Embedded } from "../src/db/embedded.ts";
import { migrate } from "../src/db/migrate.ts";
import type { Db } from "../src/db/pool.ts";
import { after } from "../src/lib/clock.ts";
import { idEdge, type MerchantId } from "../src/lib/id.ts";
import { systemClock } from "../src/main/clock.ts";
import { demoMerchant } from "../src/main/demo.ts";
import { openWorld, wire } from "../src/main/deps.ts";
import { createLog } from "../src/main/log.ts";
import { enroll } from "../src/merchants/index.ts";
import { instantBank } from "./instant-bank.ts";
import { postgresCpuMs } from "./postgres-cpu.ts";
import { type Seed, seedOrders } from "./renewal-seed.ts";
import type { Sample } from "./worker-wire.ts";
import { openWorker, type Worker } from "./workers.ts";

/** A stretch of renewals, from the first that was settled to the last. */
export type Stretch = Readonly<{
  drawn: number;
  perSecond: number;
  /** Of the processes that drew, and of PostgreSQL, for each renewal. */
  cpuMs: number;
  databaseCpuMs: number;
  /** What each of the workers told meanwhile. */
  samples: readonly (readonly Sample[])[];
}>;

const cpuOf = (samples: readonly Sample[]) =>
  (samples.at(-1)?.cpuMs ?? 0) - (samples[0]?.cpuMs ?? 0);

type Span = Readonly<{ from: Date; to: Date }>;

/** How many draws were settled in a span, and the time from the first of them to the last. */
async function settledBetween({ pool }: Db, merchant: MerchantId, { from, to }: Span) {
  const { rows } = await pool.query<{ count: string; ms: number }>(
    `select count(*), (extract(epoch from max(settled_at) - min(settled_at)) * 1000)::float8 as ms
     from payment_attempts
     where merchant_id = $1 and id >= $2 and id < $3 and status = 'approved'`,
    [merchant, idEdge("att", from), idEdge("att", to)],
  );
  return { count: Number(rows[0]!.count), ms: rows[0]!.ms };
}

/** The present by the merchant's own clock. */
async function nowOf(db: Db, id: MerchantId): Promise<Date> {
  const { clock_offset_ms: offset } = await db.kysely
    .selectFrom("merchants")
    .select("clock_offset_ms")
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  return after(systemClock(), Number(offset));
}

/** Workers draw so many each, or all that is due, at the same time. Hears how many are drawn. */
async function drawBy(
  { db, id }: Readonly<{ db: Db; id: MerchantId }>,
  workers: readonly Worker[],
  most: number,
  onDrawn: (drawn: number) => void,
): Promise<Stretch> {
  const from = await nowOf(db, id);
  const before = await postgresCpuMs(db);
  const drawnBy = workers.map(() => 0);
  const hear = (i: number) => (drawn: number) => {
    drawnBy[i] = drawn;
    onDrawn(drawnBy.reduce((all, each) => all + each));
  };
  const samples = await Promise.all(workers.map((worker, i) => worker.draw(most, hear(i))));
  const databaseMs = (await postgresCpuMs(db)) - before;
  const { count, ms } = await settledBetween(db, id, { from, to: await nowOf(db, id) });
  const workersMs = samples.reduce((all, each) => all + cpuOf(each), 0);
  return {
    drawn: count,
    perSecond: count / (ms / 1_000),
    cpuMs: workersMs / count,
    databaseCpuMs: databaseMs / count,
    samples,
  };
}

/** A merchant with its orders on a database of its own. */
export async function openRenewals(database: Embedded, name: string, seed: Seed) {
  await database.ensureDatabase(name);
  await migrate(database.ownerUrl(name), { app: database.app });
  const url = database.appUrl(name);
  const vaultKey = randomBytes(32).toString("base64");
  const { log } = createLog("warn", "bench");
  const opened = openWorld("bench", url, vaultKey, { log, publicUrl: () => "" });
  const deps = wire({ ...opened.world, findAcquirer: () => instantBank });
  const { db } = deps;
  const enrolled = await enroll(deps, demoMerchant("http://127.0.0.1:1"));
  if (!enrolled) throw new Error("the bench merchant could not be enrolled");
  const id = enrolled.merchantId as MerchantId;
  await seedOrders(deps, database.ownerUrl(name), id, seed);

  const moveClock = (byMs: number) =>
    db.pool.query("update merchants set clock_offset_ms = clock_offset_ms + $2 where id = $1", [
      id,
      byMs,
    ]);
  const draw = (workers: readonly Worker[], most: number, onDrawn = (_drawn: number) => {}) =>
    drawBy({ db, id }, workers, most, onDrawn);
  const env = { VEZNE_APP_DATABASE_URL: url, VEZNE_VAULT_KEY: vaultKey };
  const worker = () => openWorker(env);
  return { id, url, env, deps, draw, moveClock, worker, close: opened.close };
}
export type Renewals = Awaited<ReturnType<typeof openRenewals>>;
