import type { Embedded } from "../src/db/embedded.ts";
import { DAY_MS } from "../src/lib/clock.ts";
import { createProgress } from "../src/main/cli/progress.ts";
import { systemClock } from "../src/main/clock.ts";
import { printMeasured } from "./on-database.ts";
import { postgresCpuMs } from "./postgres-cpu.ts";
import { renewalsByRow } from "./renewal-by-row.ts";
import { checkOnce } from "./renewal-check.ts";
import { report } from "./renewal-report.ts";
import { openRenewals, type Renewals, type Stretch } from "./renewal-stage.ts";

const CONNECTIONS_SQL = 32;
/** The longest month: what is due monthly is due again after it. */
const MONTH_MS = 31 * DAY_MS;

/** How much is seeded, and drawn in each round. */
const full = {
  ...{ orders: 1_000_000, fewerOrders: 100_000, due: 100_000 },
  ...{ rounds: 5, byRow: 2_400, byWorker: 15_000, warmUp: 2_000 },
};
const quick = {
  ...{ orders: 100_000, fewerOrders: 10_000, due: 10_000 },
  ...{ rounds: 3, byRow: 400, byWorker: 2_000, warmUp: 500 },
};
type Sizes = typeof full;

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Draws so many of its due invoices one by one, and measures that as it does workers. */
async function openByRow(stage: Renewals) {
  const { deps, id, url } = stage;
  const merchant = await deps.reception.merchantOf(id);
  const sql = await renewalsByRow(deps, merchant, url, CONNECTIONS_SQL);
  async function draw(most: number): Promise<Stretch> {
    const before = { own: process.cpuUsage(), database: await postgresCpuMs(deps.db) };
    const tookMs = await sql.draw(most);
    const own = process.cpuUsage(before.own);
    const databaseMs = (await postgresCpuMs(deps.db)) - before.database;
    return {
      drawn: most,
      perSecond: most / (tookMs / 1_000),
      cpuMs: (own.user + own.system) / 1_000 / most,
      databaseCpuMs: databaseMs / most,
      samples: [],
    };
  }
  return { draw, statements: sql.statements, close: sql.close };
}

const shown = (stretches: readonly Stretch[]) => Math.round(stretches.at(-1)?.perSecond ?? 0);

/** Rounds of all three in turn, so that none profits from an hour or a cache of its own. */
async function inTurn(sizes: Sizes, large: Renewals, small: Renewals) {
  const byRow = await openByRow(large);
  const [inLarge, inSmall] = [await large.worker(), await small.worker()];
  say("warming up");
  await byRow.draw(sizes.warmUp / 5);
  await large.draw([inLarge], sizes.warmUp);
  await small.draw([inSmall], sizes.warmUp);
  const rows = { a: [] as Stretch[], b: [] as Stretch[], c: [] as Stretch[] };
  for (let i = 1; i <= sizes.rounds; i += 1) {
    rows.a.push(await byRow.draw(sizes.byRow));
    rows.b.push(await large.draw([inLarge], sizes.byWorker));
    rows.c.push(await small.draw([inSmall], sizes.byWorker));
    const rates = `a ${shown(rows.a)}, b ${shown(rows.b)}, c ${shown(rows.c)} renewals/s`;
    say(`round ${i} of ${sizes.rounds}: ${rates}`);
  }
  say("drawing the rest");
  const rest = await large.draw([inLarge], sizes.due);
  await Promise.all([byRow.close(), inSmall.stop()]);
  const memory = [...rows.b, rest].flatMap((stretch) => stretch.samples[0] ?? []);
  return { ...rows, memory, statements: byRow.statements, worker: inLarge };
}

async function measure(database: Embedded, sizes: Sizes) {
  const now = systemClock();
  const { orders, fewerOrders, due } = sizes;
  const small = await openRenewals(database, "small", {
    ...{ orders: fewerOrders, dueEvery: fewerOrders / due, now },
  });
  const large = await openRenewals(database, "large", { orders, dueEvery: orders / due, now });
  const { worker, ...measured } = await inTurn(sizes, large, small);
  const alone = await checkOnce(large, new Date(0), now);
  await large.moveClock(MONTH_MS);
  const workers = [worker, await large.worker()];
  const progress = createProgress("a month later, by two workers");
  const show = (done: number) => progress.show({ done, total: due });
  const shared = await large.draw(workers, due, show).finally(() => progress.end());
  const until = new Date(now.getTime() + MONTH_MS);
  const together = await checkOnce(large, now, until);
  await Promise.all(workers.map((each) => each.stop()));
  await Promise.all([small.close(), large.close()]);
  return { ...measured, shared, checks: { alone, together } };
}

/**
 * `npm run bench -- renewals [--quick] [--json]`. Everything is seeded, measured in turn, and
 * removed.
 */
export async function renewals(isJson: boolean): Promise<void> {
  const sizes = process.argv.includes("--quick") ? quick : full;
  await printMeasured(isJson, async (database) => report(await measure(database, sizes), sizes));
}
