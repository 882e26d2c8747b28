import { type RawBuilder, sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import { isoText } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { DatedEvent } from "./event.rules.ts";

/**
 * The insert of a batch of events, as a part of the statement that causes them; `event_outbox`
 * wants the keys that it returns. `where` says of an event `v` whether its cause happened there.
 */
export function eventsInsert(events: readonly DatedEvent[], where: RawBuilder<boolean>) {
  const rows = events.map((event) => ({
    merchant_id: event.merchantId,
    id: event.id,
    type: event.type,
    subject_id: event.subjectId,
    payload: event.payload,
    created_at: isoText(event.createdAt),
  }));
  return sql`insert into events select v.*
    from json_populate_recordset(null::events, ${JSON.stringify(rows)}::json) v
    where ${where} returning merchant_id, id`;
}

/** Stores events and puts them in the outbox with one statement. */
export async function insertEvents(tx: Tx, events: readonly DatedEvent[]): Promise<void> {
  await sql`with stored as (${eventsInsert(events, sql`true`)})
    insert into event_outbox select merchant_id, id from stored`.execute(tx);
}

/** The name of the task that delivers, and of the payload it takes. */
export const DELIVER_EVENTS = "deliver-events";
export type DeliverEvents = { merchantId: MerchantId; events: readonly string[] };

/** Merchants with events that no job carries yet. */
export async function merchantsWithOutbox(db: Reader): Promise<MerchantId[]> {
  const { rows } = await sql<{ id: MerchantId }>`select id from merchants m
    where exists (select from event_outbox o where o.merchant_id = m.id)`.execute(db);
  return rows.map((row) => row.id);
}

/** Takes up to `most` events of one merchant out of the outbox; another taker gets others. */
export async function takeOutbox(tx: Tx, merchant: MerchantId, most: number): Promise<string[]> {
  const { rows } = await sql<{ event_id: string }>`
    with taken as (
      select event_id from event_outbox where merchant_id = ${merchant}
      order by event_id limit ${most} for update skip locked
    )
    delete from event_outbox o using taken t
    where o.merchant_id = ${merchant} and o.event_id = t.event_id
    returning o.event_id`.execute(tx);
  return rows.map((row) => row.event_id);
}

/** What these events tell of, in their order. */
export async function readPayloads(
  db: Reader,
  merchant: MerchantId,
  ids: readonly string[],
): Promise<DatedEvent["payload"][]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("events")
    .select("payload")
    .where("merchant_id", "=", merchant)
    .where("id", "in", ids)
    .orderBy("id")
    .execute();
  return rows.map(({ payload }) => payload as DatedEvent["payload"]);
}

/** As often as the queue runs a job that fails, with growing pauses: about three days. */
const JOB_TRIES_MAX = 25;

/**
 * Adds a job that exists if the transaction commits: for now, or for `runAt` of the machine's
 * clock, by which the queue goes. Not for the hot path: it notifies.
 */
export async function addJob(
  tx: Tx,
  task: string,
  payload: object,
  { triesMax = JOB_TRIES_MAX, runAt }: Readonly<{ triesMax?: number; runAt?: Date }> = {},
): Promise<void> {
  const text = JSON.stringify(payload);
  await sql`select graphile_worker.add_job(
    ${task}::text, ${text}::json, max_attempts => ${triesMax}::integer,
    run_at => ${runAt}::timestamptz)`.execute(tx);
}

/** The same for many payloads of one task, with one statement. */
export async function addJobs(
  tx: Tx,
  task: string,
  payloads: readonly object[],
  { triesMax = JOB_TRIES_MAX }: Readonly<{ triesMax?: number }> = {},
): Promise<void> {
  if (payloads.length === 0) return;
  const specs = payloads.map((payload) => ({
    identifier: task,
    payload,
    max_attempts: triesMax,
  }));
  await sql`select graphile_worker.add_jobs(array(
    select json_populate_record(null::graphile_worker.job_spec, s)
    from json_array_elements(${JSON.stringify(specs)}::json) s))`.execute(tx);
}
