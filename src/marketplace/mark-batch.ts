import { inTxAgain } from "../db/contended.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { type HandPayout, type HandWord, sortedBy } from "../payouts/hand.rules.ts";
import { lockHandPayouts, markByHand, readHandPayouts } from "../payouts/index.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { lockMarketplace } from "./orders.store.ts";

/** Of which transfers something is said: those of a batch, or some of them by their numbers. */
export type MarkAsk = Readonly<{
  batch: bigint;
  only: readonly bigint[] | undefined;
  word: HandWord;
}>;

export type Marked = Readonly<{
  /** Whether anything could be written; nothing is where something that was named is wrong. */
  isDone: boolean;
  /** As they are now. */
  marked: readonly HandPayout[];
  /** Of which the same was said before: they stay as they are. */
  same: readonly HandPayout[];
  /** Of which it cannot be said any more, or not yet. */
  others: readonly HandPayout[];
  /** Numbers that are not of this batch. */
  unknown: readonly bigint[];
}>;

/**
 * Says of transfers by hand what became of them, all or none. Of a whole batch it is said of those
 * that wait for it; named ones must all be such. Saying it again changes nothing. `undefined` where
 * there is no such batch.
 */
export async function markBatch(
  deps: Pick<MarketplaceDeps, "db" | "clock">,
  merchant: Pick<Merchant, "id" | "clockOffsetMs">,
  { batch, only, word }: MarkAsk,
): Promise<Marked | undefined> {
  const at = timeOf(merchant, deps.clock());
  return inTxAgain(deps.db, async (tx) => {
    // Whoever changes or gives back what is in them is done, or comes after this.
    await lockMarketplace(tx, merchant.id);
    const all = await lockHandPayouts(tx, merchant.id, batch);
    if (all.length === 0) return undefined;
    const isNamed = ({ number }: HandPayout) => only === undefined || only.includes(number);
    const unknown = (only ?? []).filter((number) => all.every((each) => each.number !== number));
    const { ready, same, others } = sortedBy(word.kind, all.filter(isNamed));
    const isFine = others.length === 0 || (only === undefined && ready.length > 0);
    const isDone = isFine && unknown.length === 0;
    if (!isDone) return { isDone, marked: [], same, others, unknown };
    await markByHand(tx, ready, word, at);
    const marked = new Set(ready.map(({ number }) => number));
    const now = await readHandPayouts(tx, merchant.id, batch);
    return {
      isDone,
      marked: now.filter(({ number }) => marked.has(number)),
      same,
      others,
      unknown,
    };
  });
}
