import { randomUUID } from "node:crypto";
import { inTxAgain } from "../db/contended.ts";
import type { Tx } from "../db/transaction.ts";
import { istanbulDay } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import {
  insertBatch,
  insertTransfers,
  markDue,
  type NewTransfer,
  type Part,
  saveTotals,
  type TransferTotal,
} from "./batches.store.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { dailyText, lastDayByHand } from "./distribution.rules.ts";
import { type Round, readPayDays } from "./distribution.store.ts";
import { lockAgain, readDueTransfers } from "./due-transfers.store.ts";
import { type DueByHand, dueTransfers, partedOf, TRANSFERS_MAX } from "./due-transfers.ts";
import { commonText, MARKED_MAX, slicesOf } from "./order.rules.ts";
import { lockMarketplace } from "./orders.store.ts";
import { reserve } from "./reserve.ts";
import { findSettings } from "./settings.store.ts";

type Deps = Pick<MarketplaceDeps, "db" | "clock"> &
  Readonly<{ next: Pick<MarketplaceDeps["next"], "payout"> }>;

/** Whose file it is, with its own time. */
type Payer = Pick<Merchant, "id" | "clockOffsetMs">;

/** What is due up to a day, `yyyy-MM-dd`, is taken by somebody. */
export type TakeAsk = Readonly<{ day: string; by: string }>;

/** What was taken: `batch` is null where there was nothing to transfer. */
export type Taken = DueByHand & Readonly<{ batch: bigint | null }>;

/**
 * A shop changed a debt between two statements, and a receiver is due nothing any more; or more are
 * due than numbers were taken for.
 */
class Moved extends Error {}
const TRIES_MAX = 4;

/** Numbers for what is due now; none where nothing is to be paid by hand. */
async function reserveFor({ db, next }: Deps, merchantId: MerchantId, day: string) {
  const settings = await findSettings(db, merchantId);
  if (settings?.distribution !== "excel") return [];
  const { transfers } = await dueTransfers(db, merchantId, day);
  return reserve(next.payout, merchantId, transfers.length);
}

async function take(
  deps: Deps,
  tx: Tx,
  merchant: Payer,
  ask: TakeAsk,
  numbers: readonly bigint[],
): Promise<Taken | undefined> {
  const merchantId = merchant.id;
  const settings = await lockMarketplace(tx, merchantId);
  if (settings?.distribution !== "excel") return undefined;
  const again = await lockAgain(tx, merchantId);
  const text = dailyText(ask.day);
  const round: Round = { merchantId, through: ask.day, withPlatform: true, again };
  const terms = { text, most: TRANSFERS_MAX + 1 };
  const due = partedOf(await readDueTransfers(tx, round, terms));
  if (due.transfers.length === 0) return { ...due, batch: null };
  if (due.transfers.length > numbers.length) throw new Moved();
  const transfers = due.transfers.map(
    (each, i): NewTransfer => ({ ...each, number: numbers[i]!, guid: randomUUID() }),
  );
  const at = timeOf(merchant, deps.clock());
  const batch = await insertBatch(tx, merchantId, { day: ask.day, by: ask.by, at });
  const name = { merchantId, batch };
  await insertTransfers(tx, name, transfers, at);
  const parts: Part[] = [];
  // Where very much is due, the oldest days come first: each statement has its time.
  for (const { to } of slicesOf(await readPayDays(tx, round), MARKED_MAX)) {
    parts.push(...(await markDue(tx, { ...round, through: to }, transfers)));
  }
  await saveTotals(tx, merchantId, totalsOf(transfers, parts, text));
  return { ...due, batch };
}

/** What each of these payouts is, by what was put into it. */
function totalsOf(
  transfers: readonly NewTransfer[],
  parts: readonly Part[],
  text: string,
): TransferTotal[] {
  const partsOf = Map.groupBy(parts, ({ number }) => number);
  return transfers.map(({ number }) => {
    const all = partsOf.get(number) ?? [];
    const amountMinor = all.reduce((sum, each) => sum + each.amount, 0n);
    if (amountMinor <= 0n) throw new Moved();
    const count = all.reduce((sum, each) => sum + each.count, 0);
    // Debts say nothing, and leave it to the earnings.
    const said = commonText(all.filter(({ lowest }) => lowest !== null));
    return { number, amountMinor, count, description: said || text };
  });
}

/**
 * Takes what is due up to a day for transfers that somebody makes by hand: one payout for each
 * party and currency with its account as it is now, all of them one batch, in one transaction. What
 * is taken is in no other batch and stays as it is until it is marked. `undefined` for a
 * marketplace that does not pay by hand; refuses `invalid_input` for a day after the next business
 * day, and `temporarily_unavailable` where what is due does not stay long enough to be taken.
 */
export async function takeDue(
  deps: Deps,
  merchant: Payer,
  ask: TakeAsk,
): Promise<Taken | undefined> {
  const now = timeOf(merchant, deps.clock());
  if (ask.day > lastDayByHand(now)) {
    const range = `${istanbulDay(now)}..${lastDayByHand(now)}`;
    refuse("invalid_input", { field: "day", problem: "out_of_range", bound: range });
  }
  for (let run = 1; ; run += 1) {
    const numbers = await reserveFor(deps, merchant.id, ask.day);
    try {
      return await inTxAgain(deps.db, (tx) => take(deps, tx, merchant, ask, numbers));
    } catch (error) {
      if (!(error instanceof Moved)) throw error;
      if (run === TRIES_MAX) return refuse("temporarily_unavailable", {});
    }
  }
}
