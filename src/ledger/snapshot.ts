import type { Db } from "../db/pool.ts";
import { inTx } from "../db/transaction.ts";
import { after, istanbulDay, startOfIstanbulDay } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { insertSnapshot } from "./ledger.store.ts";

/** Longer than any transaction lives, so that no entry can still arrive before the cut. */
const SETTLE_MS = 60 * 60 * 1000;

/** The latest midnight in Istanbul before which every entry is surely committed. */
export function cutFor(now: Date): Date {
  const safe = after(now, -SETTLE_MS);
  return startOfIstanbulDay(istanbulDay(safe)) ?? safe;
}

/** Keeps the balances of one merchant as of last midnight. Running it twice changes nothing. */
export const snapshot = (db: Db, merchant: MerchantId, now: Date): Promise<number> =>
  inTx(db, (tx) => insertSnapshot(tx, merchant, cutFor(now)));
