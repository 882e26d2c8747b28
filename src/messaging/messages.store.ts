import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId, MessageId } from "../lib/id.ts";
import { holdsCode, type Message, type MessagePurpose, type NewMessage } from "./message.rules.ts";

type Row = Omit<NewMessage, "purpose"> &
  Readonly<{
    id: string;
    purpose: string;
    status: Message["status"];
    tries: number;
    problem: string | null;
    created_at: Date;
    ended_at: Date | null;
  }>;

const messageOf = (row: Row): Message => ({
  id: row.id as MessageId,
  purpose: row.purpose as MessagePurpose,
  channel: row.channel,
  recipient: row.recipient,
  subject: row.subject,
  body: row.body,
  status: row.status,
  tries: row.tries,
  problem: row.problem,
  createdAt: row.created_at,
  endedAt: row.ended_at,
});

export async function insertMessage(
  tx: Tx,
  merchant: MerchantId,
  message: NewMessage & Pick<Message, "id" | "status">,
  now: Date,
): Promise<void> {
  const { id, status, purpose, channel, recipient, subject, body } = message;
  await tx
    .insertInto("outgoing_messages")
    .values({
      merchant_id: merchant,
      id,
      purpose,
      channel,
      recipient,
      subject,
      body,
      status,
      created_at: now,
    })
    .execute();
}

/** Counts a try of a message that waits, and gives the message; `undefined` once it has ended. */
export async function beginTry(
  tx: Tx,
  merchant: MerchantId,
  id: MessageId,
): Promise<Message | undefined> {
  const row = await tx
    .updateTable("outgoing_messages")
    .set((eb) => ({ tries: eb("tries", "+", 1) }))
    .where("merchant_id", "=", merchant)
    .where("id", "=", id)
    .where("status", "=", "waiting")
    .returningAll()
    .executeTakeFirst();
  return row && messageOf(row);
}

/** Says why a message still waits. */
export async function noteProblem(
  tx: Tx,
  merchant: MerchantId,
  id: MessageId,
  problem: string,
): Promise<void> {
  await tx
    .updateTable("outgoing_messages")
    .set({ problem })
    .where("merchant_id", "=", merchant)
    .where("id", "=", id)
    .where("status", "=", "waiting")
    .execute();
}

/** Ends a message that waits: without a problem it was sent. A code is forgotten with its end. */
export async function endMessage(
  tx: Tx,
  merchant: MerchantId,
  { id, purpose }: Message,
  problem: string | null,
  now: Date,
): Promise<void> {
  await tx
    .updateTable("outgoing_messages")
    .set({
      status: problem === null ? "sent" : "failed",
      problem,
      ended_at: now,
      ...(holdsCode(purpose) && { body: "" }),
    })
    .where("merchant_id", "=", merchant)
    .where("id", "=", id)
    .where("status", "=", "waiting")
    .execute();
}

export type MessagesPage = Readonly<{
  /** Only what was written after this message. */
  after?: MessageId | undefined;
  limit: number;
  purpose?: MessagePurpose | undefined;
}>;

/**
 * A merchant's messages, oldest first: with `after` the first `limit` that follow it, else the last
 * `limit` of all.
 */
export async function listMessages(
  db: Reader,
  merchant: MerchantId,
  { after, limit, purpose }: MessagesPage,
): Promise<Message[]> {
  let query = db
    .selectFrom("outgoing_messages")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .orderBy("id", after ? "asc" : "desc")
    .limit(limit);
  if (after) query = query.where("id", ">", after);
  if (purpose) query = query.where("purpose", "=", purpose);
  const messages = (await query.execute()).map(messageOf);
  return after ? messages : messages.reverse();
}
