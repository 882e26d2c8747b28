import { type CalledLink, calledLink, wantedCalls } from "../checkout/index.ts";
import type { Db } from "../db/pool.ts";
import { inTx } from "../db/transaction.ts";
import { addJobs, readPayloads } from "../events/index.ts";
import type { AttemptId, MerchantId, PaymentId } from "../lib/id.ts";
import type { Merchant } from "../merchants/index.ts";
import { type Done, type PaymentsDeps, readDone, readDones } from "../payments/index.ts";
import { type Heard, heardAs } from "./callback.rules.ts";
import { type CallbackAddress, listCallbacks } from "./callbacks.store.ts";
import { payerOf } from "./payer.ts";
import { readSale, soldAmong } from "./sales.store.ts";
import { mayTellPaid } from "./tell-sale.ts";
import { callsOfTurnedAway, type ToldSale, toldTurnedAway, turnedAwayIn } from "./turned-away.ts";

export const SEND_CALLBACK = "send-paywall-callback";
/** Names an operation, and who hears of it; what is told is read when it is told. */
export type Callback = Readonly<{
  merchantId: MerchantId;
  heard: Heard;
  url: string;
  /** Set where a page of ours names the address, and not the merchant's settings. */
  ofPage?: boolean | undefined;
  /** How often it was not taken. */
  failed: number;
}> &
  (
    | Readonly<{ attemptId: AttemptId }>
    /** A payment that ended before it was charged. */
    | Readonly<{ turnedAway: PaymentId }>
  );

/**
 * Queues the calls to a merchant's own servers that these events cause. Queued again after a crash,
 * they are made again: who is called knows an operation by its payment and type. As many statements
 * for many events as for one, and two where nobody is to be called.
 */
export async function queueCallbacks(
  { db }: Pick<PaymentsDeps, "db">,
  merchantId: MerchantId,
  events: readonly string[],
): Promise<void> {
  const addresses = await listCallbacks(db, merchantId);
  const jobs: Callback[] = [];
  for (const { attemptId, url } of await wantedCalls(db, merchantId, events)) {
    jobs.push({ merchantId, attemptId, heard: "success", url, ofPage: true, failed: 0 });
  }
  if (addresses.length > 0) jobs.push(...(await callsOfSales(db, merchantId, events, addresses)));
  if (jobs.length > 0) await inTx(db, (tx) => addJobs(tx, SEND_CALLBACK, jobs));
}

/** The calls that a merchant's settings want of its sales. */
async function callsOfSales(
  db: Db,
  merchantId: MerchantId,
  events: readonly string[],
  addresses: readonly CallbackAddress[],
): Promise<Callback[]> {
  const told = await readPayloads(db.kysely, merchantId, events);
  const paymentOf = (payload: (typeof told)[number]) => payload["payment_id"] as PaymentId;
  const sold = await soldAmong(db.kysely, merchantId, told.map(paymentOf));
  const ofSales = told.filter((payload) => sold.has(paymentOf(payload)));
  const attempts = ofSales.map((payload) => payload["attempt_id"] as AttemptId | undefined);
  const ids = attempts.filter((id) => id !== undefined);
  const jobs: Callback[] = [];
  for (const { payment, attempt } of await readDones(db, merchantId, ids)) {
    const heard = heardAs(payment, attempt);
    if (!heard) continue;
    for (const { url } of addresses.filter(({ hears }) => hears.includes(heard))) {
      jobs.push({ merchantId, attemptId: attempt.id, heard, url, failed: 0 });
    }
  }
  for (const paymentId of ofSales.map(turnedAwayIn)) {
    if (paymentId) jobs.push(...callsOfTurnedAway(merchantId, paymentId, addresses));
  }
  return jobs;
}

/** A payment of a page, which is no sale: nothing of it is due to members. */
export type ToldPage = Readonly<{ page: CalledLink; done: Done }>;
export type Told = ToldSale | ToldPage;

/**
 * What a call tells of, where it is still to be made: an address may be gone by now. `later` while
 * it is not known yet whether what the bank's page took is given back; what is, was no payment.
 */
export async function toldPayment(
  deps: Pick<PaymentsDeps, "db" | "clock">,
  merchant: Merchant,
  callback: Callback,
): Promise<Told | "later" | undefined> {
  const { heard, url, ofPage } = callback;
  if (ofPage && "attemptId" in callback) return toldPage(deps, merchant, callback.attemptId);
  const addresses = await listCallbacks(deps.db, merchant.id);
  if (!addresses.some((each) => each.url === url && each.hears.includes(heard))) return undefined;
  if ("turnedAway" in callback) return toldTurnedAway(deps, merchant, callback.turnedAway);
  return toldOfAttempt(deps, merchant, callback);
}

async function toldOfAttempt(
  deps: Pick<PaymentsDeps, "db" | "clock">,
  merchant: Merchant,
  { attemptId, heard }: Readonly<{ attemptId: AttemptId; heard: Heard }>,
): Promise<ToldSale | "later" | undefined> {
  const done = await readDone(deps.db, merchant.id, { attemptId });
  if (!done) return undefined;
  const sale = await readSale(deps.db.kysely, merchant.id, { paymentId: done.payment.id });
  if (!sale) return undefined;
  const payer = await payerOf(deps, merchant, sale);
  if (payer.at === "started") return "later";
  if (payer.at === "refused" && heard !== "failure") return undefined;
  // Money that may go back because nobody knows of it is not told before that is known.
  const may = heard === "success" ? await mayTellPaid(deps, merchant, sale) : "now";
  if (may !== "now") return may === "later" ? "later" : undefined;
  const { payment, attempt } = done;
  const at = attempt.settledAt ?? attempt.openedAt;
  return { sale, payment, amountMinor: attempt.amountMinor, at };
}

async function toldPage(
  { db }: Pick<PaymentsDeps, "db">,
  merchant: Merchant,
  attemptId: AttemptId,
): Promise<ToldPage | "later" | undefined> {
  const done = await readDone(db, merchant.id, { attemptId });
  const page = done && (await calledLink(db, done.attempt));
  if (page === "later") return page;
  return page && { page, done };
}
