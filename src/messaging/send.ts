import { inTx } from "../db/transaction.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { type CarrierProblem, type Carriers, notSetUp } from "./carrier.rules.ts";
import type { SendingDeps } from "./deps.ts";
import { isLate, type Message, TRIES_MAX } from "./message.rules.ts";
import { beginTry, endMessage, noteProblem } from "./messages.store.ts";
import type { SendMessage } from "./write.ts";

const tooLate: CarrierProblem = {
  what: "The code had expired before anybody took the message.",
  isFinal: true,
};
const triedOut: CarrierProblem = { what: "Each try broke off without an answer.", isFinal: true };

function hand(carriers: Carriers, message: Message, now: Date) {
  if (message.tries > TRIES_MAX) return triedOut;
  if (isLate(message, now)) return tooLate;
  return carriers[message.channel]?.(message) ?? notSetUp[message.channel];
}

/**
 * Hands one message to its carrier and notes what became of it. Throws while it still waits, so
 * that the queue tries again; after `TRIES_MAX` tries, or when no further one could help, it has
 * failed and the last problem is the answer.
 *
 * The try is counted before it is made, and the message is marked as sent only if it still waits. A
 * process that dies between the two leaves it waiting, so its next try sends it a second time: an
 * e-mail then has the same Message-ID, and a text message the same Idempotency-Key.
 */
export async function sendMessage(
  deps: SendingDeps,
  { merchantId, messageId }: SendMessage,
): Promise<CarrierProblem | undefined> {
  const message = await inTx(deps.db, (tx) => beginTry(tx, merchantId, messageId));
  if (!message) return undefined;
  const merchant = await deps.merchantOf(merchantId);
  const problem = await hand(deps.carriers, message, timeOf(merchant, deps.clock()));
  if (problem && !problem.isFinal && message.tries < TRIES_MAX) {
    await inTx(deps.db, (tx) => noteProblem(tx, merchantId, messageId, problem.what));
    throw new Error(`${messageId} was not sent. ${problem.what}`);
  }
  const now = timeOf(merchant, deps.clock());
  await inTx(deps.db, (tx) => endMessage(tx, merchantId, message, problem?.what ?? null, now));
  return problem;
}
