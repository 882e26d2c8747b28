import { Logger, runOnce } from "graphile-worker";
import { openPool } from "../../src/db/pool.ts";
import { tasks } from "../../src/jobs/index.ts";
import { asOwner } from "./database.ts";
import type { TestWorld } from "./world.ts";

const silent = new Logger(() => () => {});

/** Runs the jobs that are due; those that failed before are made due first. */
export async function runJobs(of: TestWorld): Promise<void> {
  await asOwner(of.database.ownerUrl, "update graphile_worker._private_jobs set run_at = now()");
  const pgPool = openPool({
    url: of.database.appUrl,
    max: 2,
    applicationName: "test-queue",
    onError: () => {},
  });
  try {
    await runOnce({
      pgPool,
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      taskList: tasks(of.deps.payments, of.deps.reception.merchantOf, {}),
      noHandleSignals: true,
      logger: silent,
    });
  } finally {
    await pgPool.end();
  }
}
