import type { Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { forgetCard } from "../vault/index.ts";
import { isCardOnOrder, lockCard } from "./payer-cards.store.ts";

/**
 * Forgets those of these cards that are on no order any more, in the transaction that took them off
 * their last one. Tries go on naming them by their masks.
 */
export async function forgetUnused(
  tx: Tx,
  merchant: MerchantId,
  cards: readonly bigint[],
  now: Date,
): Promise<void> {
  // Always in one order, so that two who delete never wait for each other.
  for (const card of cards.toSorted((a, b) => Number(a - b))) {
    const cardId = await lockCard(tx, merchant, card);
    const isUsed = await isCardOnOrder(tx, merchant, card);
    if (cardId && !isUsed) await forgetCard(tx, merchant, cardId, now);
  }
}
