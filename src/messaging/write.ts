import type { Tx } from "../db/transaction.ts";
import { addJob } from "../events/index.ts";
import { assert } from "../lib/assert.ts";
import { type MerchantId, type MessageId, newId } from "../lib/id.ts";
import type { Merchant } from "../merchants/index.ts";
import { BODY_MAX, cleanLine, cleanText, type NewMessage } from "./message.rules.ts";
import { insertMessage } from "./messages.store.ts";
import { checkRecipient } from "./recipient.rules.ts";

export const SEND_MESSAGE = "send-message";
/** Names the message and says nothing of it: jobs are shown and logged. */
export type SendMessage = Readonly<{ merchantId: MerchantId; messageId: MessageId }>;

/**
 * Writes a message to somebody, in the caller's transaction: it goes if the transaction commits. A
 * sandbox merchant's is kept to be read and never goes. `now` is the merchant's time. Refuses
 * `invalid_input` of `recipient`; callers check what they were given under its own name before, by
 * `checkEmail` and `checkPhone`.
 */
export async function write(
  tx: Tx,
  merchant: Merchant,
  message: NewMessage,
  now: Date,
): Promise<MessageId> {
  const body = cleanText(message.body);
  assert(body.length <= BODY_MAX, `a message is at most ${BODY_MAX} characters long`);
  const id: MessageId = newId("msg", now);
  const isLive = merchant.mode === "live";
  const kept = {
    ...message,
    id,
    recipient: checkRecipient(message.channel, message.recipient),
    subject: cleanLine(message.subject),
    body,
    status: isLive ? ("waiting" as const) : ("kept" as const),
  };
  await insertMessage(tx, merchant.id, kept, now);
  const job: SendMessage = { merchantId: merchant.id, messageId: id };
  if (isLive) await addJob(tx, SEND_MESSAGE, job);
  return id;
}
