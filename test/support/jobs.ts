import { Logger, runOnce } from "graphile-worker";
import { openPool } from "../../src/db/pool.ts";
import { tasks } from "../../src/jobs/index.ts";
import { asOwner, patient } from "./database.ts";
import type { TestWorld } from "./world.ts";

const silent = new Logger(() => () => {});

/** Runs the jobs that are due; those that failed before are made due first. */
export async function runJobs(of: TestWorld): Promise<void> {
  await asOwner(of.database.ownerUrl, "update graphile_worker._private_jobs set run_at = now()");
  const pgPool = openPool({ ...patient, url: of.database.appUrl, max: 2 });
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

/** What the queue was given of one task, in the order in which it begins it. */
export async function queuedJobs<Payload>(
  { database }: TestWorld,
  task: string,
): Promise<Payload[]> {
  const { rows } = await asOwner(
    database.ownerUrl,
    `select p.payload from graphile_worker._private_jobs p
    join graphile_worker._private_tasks t on t.id = p.task_id
    where t.identifier = '${task}' order by p.run_at, p.id`,
  );
  return rows.map(({ payload }) => payload as Payload);
}
