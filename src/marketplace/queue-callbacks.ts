import { inTx } from "../db/transaction.ts";
import { addJobs, readPayloads } from "../events/index.ts";
import type { AttemptId, MerchantId } from "../lib/id.ts";
import type { Merchant } from "../merchants/index.ts";
import { type Done, type PaymentsDeps, readAttempts, readDone } from "../payments/index.ts";
import { type Heard, heardAs } from "./callback.rules.ts";
import { listCallbacks } from "./callbacks.store.ts";
import { payerOf } from "./payer.ts";
import type { Sale } from "./sale.rules.ts";
import { readSale } from "./sales.store.ts";

export const SEND_CALLBACK = "send-paywall-callback";
/** Names an operation, and who hears of it; what is told is read when it is told. */
export type Callback = Readonly<{
  merchantId: MerchantId;
  attemptId: AttemptId;
  heard: Heard;
  url: string;
  /** How often it was not taken. */
  failed: number;
}>;

/**
 * Queues the calls to a merchant's own servers that these events cause. Queued again after a crash,
 * they are made again: who is called knows an operation by its payment and type.
 */
export async function queueCallbacks(
  { db }: Pick<PaymentsDeps, "db">,
  merchantId: MerchantId,
  events: readonly string[],
): Promise<void> {
  const addresses = await listCallbacks(db, merchantId);
  if (addresses.length === 0) return;
  const told = await readPayloads(db.kysely, merchantId, events);
  const ids = told.map((payload) => String(payload["attempt_id"]) as AttemptId);
  const jobs: Callback[] = [];
  for (const { id: attemptId } of await readAttempts(db, merchantId, ids)) {
    const done = await readDone(db, merchantId, { attemptId });
    const heard = done && heardAs(done.payment, done.attempt);
    if (!heard || !(await readSale(db.kysely, merchantId, { paymentId: done.payment.id })))
      continue;
    const whom = addresses.filter(({ hears }) => hears.includes(heard));
    jobs.push(...whom.map(({ url }) => ({ merchantId, attemptId, heard, url, failed: 0 })));
  }
  if (jobs.length > 0) await inTx(db, (tx) => addJobs(tx, SEND_CALLBACK, jobs));
}

export type Told = Readonly<{ sale: Sale; done: Done }>;

/**
 * What a call tells of, where it is still to be made: the address may be gone by now. `later` while
 * it is not known yet whether what the bank's page took is given back; what is, was no payment.
 */
export async function toldSale(
  deps: Pick<PaymentsDeps, "db" | "clock">,
  merchant: Merchant,
  { attemptId, heard, url }: Callback,
): Promise<Told | "later" | undefined> {
  const addresses = await listCallbacks(deps.db, merchant.id);
  if (!addresses.some((each) => each.url === url && each.hears.includes(heard))) return undefined;
  const done = await readDone(deps.db, merchant.id, { attemptId });
  if (!done) return undefined;
  const sale = await readSale(deps.db.kysely, merchant.id, { paymentId: done.payment.id });
  if (!sale) return undefined;
  const { at } = await payerOf(deps, merchant, sale);
  if (at === "started") return "later";
  return at === "refused" && heard !== "failure" ? undefined : { sale, done };
}
