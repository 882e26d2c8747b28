import type { Tx } from "../db/transaction.ts";
import type { DatedEvent } from "./event.rules.ts";
import { insertEvents, queueDelivery } from "./outbox.store.ts";

/**
 * Stores what happened and queues its delivery in the caller's transaction, so that neither exists
 * without the other. One job carries all events of a commit.
 */
export async function emit(tx: Tx, events: readonly DatedEvent[]): Promise<void> {
  if (events.length === 0) return;
  await insertEvents(tx, events);
  await queueDelivery(tx, events);
}
