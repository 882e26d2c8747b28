import { Logger, run } from "graphile-worker";
import type { Logger as Log } from "pino";
import { openPool } from "../db/pool.ts";
import { crontab, startTicks, tasks } from "../jobs/index.ts";
import { openCarriers } from "../messaging/index.ts";
import { readConfig } from "./config.ts";
import { openWorld, wire } from "./deps.ts";
import { createLog } from "./log.ts";
import { createMetrics, watched } from "./metrics.ts";
import { closeOnSignals, failWith, needEnv, tellReady } from "./process.ts";

const CONCURRENT_JOBS = 4;
const POLL_MS = 2_000;
const CONNECTIONS_MAX = 6;
/** By default the queue does not await or catch the write that ends a job; as a batch it does. */
const preset = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };

const levels = { error: "error", warning: "warn", info: "debug", debug: "trace" } as const;
const queueLog = (log: Log) =>
  new Logger(() => (level, message) => log[levels[level]]({ queue: true }, message));

/** Jobs and what falls due, as a process: any number of them share the work. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const { log, flush } = createLog(config.logLevel, "worker");
  const url = needEnv("VEZNE_APP_DATABASE_URL");
  const lost = (error: Error) => log.warn({ err: error }, "a database connection was lost");
  // Said by the supervisor, or by whoever runs a worker without one.
  const publicUrl = () => config.publicUrl ?? "";
  const opened = openWorld("vezne-worker", url, needEnv("VEZNE_VAULT_KEY"), { log, publicUrl });
  const findAcquirer = watched(opened.world.findAcquirer, createMetrics(), log);
  const deps = wire({ ...opened.world, findAcquirer });
  const pgPool = openPool({
    url,
    max: CONNECTIONS_MAX,
    applicationName: "vezne-queue",
    onError: lost,
  });
  const queue = await run({
    preset,
    pgPool,
    taskList: tasks(deps.payments, deps.reception.merchantOf, openCarriers(config)),
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
  closeOnSignals(log, flush, async () => {
    await stopTicks();
    await queue.stop();
    await pgPool.end();
    await opened.close();
  });
  tellReady({});
  log.info("the worker runs");
}

main().catch((error: Error) => failWith(`The worker could not start: ${error.message}`));
