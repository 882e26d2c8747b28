import { randomUUID } from "node:crypto";
import { inTxAgain } from "../db/contended.ts";
import { isUnavailable } from "../db/transaction.ts";
import { plusDays } from "../lib/business-day.ts";
import { istanbulDay, istanbulDayOf } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { dailyText, paidThrough } from "./distribution.rules.ts";
import {
  insertDaily,
  lockStuck,
  merchantsToPay,
  type NewDaily,
  type Round,
  readPayDays,
  readReceiving,
} from "./distribution.store.ts";
import { MARKED_MAX, slicesOf } from "./order.rules.ts";
import { lockMarketplace } from "./orders.store.ts";
import { reserve } from "./reserve.ts";
import { findSettings } from "./settings.store.ts";
import { releaseDebts } from "./transfers.store.ts";

/** Payouts that one transaction makes. */
const PAYOUTS_MAX = 2_000;

/**
 * Makes payouts of a round, at most so many, and says how many they were: 0 where nothing is left.
 * Who comes to be due between the numbers and the lock is for the next ones.
 */
async function pay(deps: MarketplaceDeps, round: Round, now: Date): Promise<number> {
  const foreseen = await readReceiving(deps.db.kysely, round, PAYOUTS_MAX);
  const numbers = await reserve(deps.next.payout, round.merchantId, foreseen.length);
  if (numbers.length === 0) return 0;
  return inTxAgain(deps.db, async (tx) => {
    const settings = await lockMarketplace(tx, round.merchantId);
    if (settings?.distribution !== "payout") return 0;
    if (round.withPlatform && settings.hasManualTrigger) return 0;
    const receiving = await readReceiving(tx, round, numbers.length);
    const all = receiving.map(
      (each, i): NewDaily => ({ ...each, number: numbers[i]!, guid: randomUUID() }),
    );
    if (all.length === 0) return 0;
    return insertDaily(tx, round, all, { text: dailyText(round.through), now });
  });
}

/** Makes debts due again that were in payouts which failed on an earlier day. */
async function releaseStuck({ db }: MarketplaceDeps, merchant: MerchantId, now: Date) {
  const { from: today } = istanbulDayOf(now);
  await inTxAgain(db, async (tx) => {
    await lockMarketplace(tx, merchant);
    const stuck = await lockStuck(tx, merchant, today);
    if (stuck.length > 0) await releaseDebts(tx, merchant, stuck, plusDays(istanbulDay(now), -1));
  });
}

async function payMerchant(deps: MarketplaceDeps, merchantId: MerchantId): Promise<number> {
  const now = timeOf(await deps.merchantOf(merchantId), deps.clock());
  const through = paidThrough(now);
  const settings = await findSettings(deps.db, merchantId);
  if (!through || settings?.distribution !== "payout") return 0;
  const withPlatform = !settings.hasManualTrigger;
  await releaseStuck(deps, merchantId, now);
  const whole: Round = { merchantId, through, withPlatform };
  let count = 0;
  // Where very much is due, the oldest days are paid first: each statement has its time.
  for (const { to } of slicesOf(await readPayDays(deps.db.kysely, whole), MARKED_MAX)) {
    for (let made: number | undefined; made !== 0; count += made) {
      made = await pay(deps, { merchantId, through: to, withPlatform }, now);
    }
  }
  return count;
}

/**
 * Makes the payouts that are due by themselves, merchant by merchant, and says how many: on
 * business days from 16:00 on, one for each member and currency with what the platform owes the
 * member and what the member owes back; for the platform itself only where it does not work with
 * orders. Earnings that a payout failed to pay stay so until they are asked for again, debts go
 * with the next one. Any number of processes may do this at once: a marketplace's settings are its
 * lock.
 */
export async function distribute(
  deps: MarketplaceDeps,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<number> {
  let count = 0;
  for (const id of await merchantsToPay(deps.db, deps.clock())) {
    if (signal?.aborted) break;
    try {
      count += await payMerchant(deps, id);
    } catch (error) {
      // One marketplace's trouble holds up no other one; a database that is gone is everybody's.
      if (isUnavailable(error)) throw error;
      onError(error);
    }
  }
  return count;
}
