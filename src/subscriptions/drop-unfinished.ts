import { dropUncharged } from "../checkout/index.ts";
import type { Db } from "../db/pool.ts";
import { inTx } from "../db/transaction.ts";
import type { MerchantId, SessionId } from "../lib/id.ts";
import { readUnfinished } from "./card-entries.store.ts";

/** Entries that are looked at in one transaction. */
const BATCH_MAX = 500;

/**
 * Deletes entries that began before a moment and of which no card came, with their sessions and
 * tries, and says how many. One whose hold is still at the bank stays until it has gone back.
 */
export async function dropUnfinished(db: Db, merchant: MerchantId, before: Date): Promise<number> {
  let dropped = 0;
  let last: SessionId | undefined;
  for (;;) {
    const ids = await readUnfinished(db.kysely, merchant, { before, last }, BATCH_MAX);
    dropped += await inTx(db, (tx) => dropUncharged(tx, merchant, ids, before));
    last = ids.at(-1);
    if (ids.length < BATCH_MAX) return dropped;
  }
}
