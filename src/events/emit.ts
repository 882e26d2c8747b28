import type { Db } from "../db/pool.ts";
import { inTx, type Tx } from "../db/transaction.ts";
import type { DatedEvent } from "./event.rules.ts";
import {
  addJob,
  DELIVER_EVENTS,
  type DeliverEvents,
  insertEvents,
  merchantsWithOutbox,
  takeOutbox,
} from "./outbox.store.ts";

/**
 * Stores what happened and marks it for delivery, in the caller's transaction: neither exists
 * without the other.
 */
export async function emit(tx: Tx, events: readonly DatedEvent[]): Promise<void> {
  if (events.length > 0) await insertEvents(tx, events);
}

/** Events that one job carries. */
const JOB_EVENTS_MAX = 200;

/**
 * Gives every event in the outbox to a delivery job and says how many that were. An event leaves
 * the outbox in the commit that adds its job, so a crash loses none and doubles none.
 */
export async function queueDeliveries(db: Db): Promise<number> {
  let queued = 0;
  for (const merchantId of await merchantsWithOutbox(db.kysely)) {
    for (let taken = JOB_EVENTS_MAX; taken === JOB_EVENTS_MAX; queued += taken) {
      taken = await inTx(db, async (tx) => {
        const events = await takeOutbox(tx, merchantId, JOB_EVENTS_MAX);
        const payload: DeliverEvents = { merchantId, events };
        if (events.length > 0) await addJob(tx, DELIVER_EVENTS, payload);
        return events.length;
      });
    }
  }
  return queued;
}
