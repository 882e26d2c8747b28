import { Logger, runOnce } from "graphile-worker";
import { openPool } from "../../../src/db/pool.ts";
import { inTx } from "../../../src/db/transaction.ts";
import { tasks } from "../../../src/jobs/index.ts";
import type { MessageId } from "../../../src/lib/id.ts";
import { type Merchant, timeOf } from "../../../src/merchants/merchant.rules.ts";
import { type Carriers, listMessages, write } from "../../../src/messaging/index.ts";
import type { Message, NewMessage } from "../../../src/messaging/message.rules.ts";
import { asOwner, patient } from "../../support/database.ts";
import type { TestWorld } from "../../support/world.ts";

export const merchantOf = (world: TestWorld): Promise<Merchant> =>
  world.deps.reception.merchantOf(world.merchant.merchantId);

/** Jobs that are not done, as the queue's table has them. */
export async function jobsOf(world: TestWorld): Promise<Record<string, unknown>[]> {
  const found = await asOwner(
    world.database.ownerUrl,
    "select payload, attempts, last_error from graphile_worker._private_jobs order by id",
  );
  return found.rows;
}

/**
 * Runs every job that is queued, once; those that failed before are made due first. Whatever the
 * queue logs, at any level, goes into `lines`.
 */
export async function runJobs(
  world: TestWorld,
  carriers: Carriers,
  lines: string[] = [],
): Promise<void> {
  await asOwner(world.database.ownerUrl, "update graphile_worker._private_jobs set run_at = now()");
  const pgPool = openPool({ ...patient, url: world.database.appUrl, max: 2 });
  const logger = new Logger(() => (level, message, meta) => {
    lines.push(JSON.stringify([level, message, meta]));
  });
  try {
    await runOnce({
      pgPool,
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      taskList: tasks(world.deps.payments, world.deps.reception.merchantOf, carriers),
      noHandleSignals: true,
      logger,
    });
  } finally {
    await pgPool.end();
  }
}

/** Writes one message for the world's merchant, in a transaction of its own. */
export async function writeOne(world: TestWorld, message: NewMessage): Promise<MessageId> {
  const merchant = await merchantOf(world);
  const now = timeOf(merchant, world.clock());
  return inTx(world.db, (tx) => write(tx, merchant, message, now));
}

/** The merchant's messages, oldest first. */
export const messagesOf = (world: TestWorld, limit = 100): Promise<Message[]> =>
  listMessages(world.db.kysely, world.merchant.merchantId, { limit });

export async function lastMessage(world: TestWorld): Promise<Message> {
  const [last] = await messagesOf(world, 1);
  if (!last) throw new Error("Nothing has been written");
  return last;
}
