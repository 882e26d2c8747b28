import { Logger, run } from "graphile-worker";
import type { Logger as Log } from "pino";
import { openPool } from "../db/pool.ts";
import { crontab, startTicks, tasks } from "../jobs/index.ts";
import type { Carriers } from "../messaging/index.ts";
import type { Deps } from "./deps.ts";

const CONCURRENT_JOBS = 4;
const POLL_MS = 2_000;
const CONNECTIONS_MAX = 6;
/** By default the queue does not await or catch the write that ends a job; as a batch it does. */
const preset = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };

const levels = { error: "error", warning: "warn", info: "debug", debug: "trace" } as const;
const queueLog = (log: Log) =>
  new Logger(() => (level, message) => log[levels[level]]({ queue: true }, message));

export type WorkOptions = Readonly<{ databaseUrl: string; log: Log; carriers: Carriers }>;

/**
 * Runs the jobs of the queue and what falls due, until what it returns is called: that waits for
 * what is under way.
 */
export async function startWork(
  deps: Deps,
  { databaseUrl, log, carriers }: WorkOptions,
): Promise<() => Promise<void>> {
  const lost = (error: Error) => log.warn({ err: error }, "a database connection was lost");
  const pgPool = openPool({
    url: databaseUrl,
    max: CONNECTIONS_MAX,
    applicationName: "vezne-queue",
    onError: lost,
  });
  const queue = await run({
    preset,
    pgPool,
    taskList: tasks(deps.payments, deps.reception.merchantOf, carriers),
    crontab,
    concurrency: CONCURRENT_JOBS,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    logger: queueLog(log),
  });
  const stopTicks = startTicks(deps, {
    onDone: (what, count) => log.info({ what, count }, "tick"),
    onError: (error) => log.warn({ err: error }, "a tick failed"),
  });
  return async () => {
    await stopTicks();
    await queue.stop();
    await pgPool.end();
  };
}
