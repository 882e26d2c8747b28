import { sql } from "kysely";
import type { Tx } from "../db/transaction.ts";
import type { DatedEvent } from "./event.rules.ts";

export async function insertEvents(tx: Tx, events: readonly DatedEvent[]) {
  const rows = events.map((event) => ({
    merchant_id: event.merchantId,
    id: event.id,
    type: event.type,
    subject_id: event.subjectId,
    payload: event.payload,
    created_at: event.createdAt,
  }));
  await sql`/* emit_events */ insert into events
    select * from json_populate_recordset(null::events, ${JSON.stringify(rows)}::json)`.execute(tx);
}

/** The name of the task that delivers, and of the payload it takes. */
export const DELIVER_EVENTS = "deliver-events";
export type DeliverEvents = { events: [merchantId: string, eventId: string][] };

export async function queueDelivery(tx: Tx, events: readonly DatedEvent[]): Promise<void> {
  const payload: DeliverEvents = { events: events.map((each) => [each.merchantId, each.id]) };
  await addJob(tx, DELIVER_EVENTS, payload);
}

/** Adds a job that exists if and only if the transaction commits. */
export async function addJob(tx: Tx, task: string, payload: object): Promise<void> {
  await sql`/* add_job */ select graphile_worker.add_job(${task}::text, ${JSON.stringify(payload)}::json)`.execute(
    tx,
  );
}
