import { inTxAgain } from "../db/contended.ts";
import { within } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { readStory } from "../payments/index.ts";
import { awaitOrders, lockSale } from "./approvals.store.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { wasBack } from "./return.rules.ts";
import { readReturnedSales } from "./returns.store.ts";
import { unwindLate } from "./unwind.ts";

const SALES_MAX = 1_000;

type Deps = Pick<MarketplaceDeps, "db" | "clock" | "merchantOf" | "next">;

/** Says whether anything of the sale was ended. */
async function close(deps: Deps, merchant: Merchant, number: bigint): Promise<boolean> {
  const now = timeOf(merchant, deps.clock());
  return inTxAgain(deps.db, async (tx) => {
    await awaitOrders(tx, merchant.id);
    const locked = await lockSale(tx, merchant.id, number);
    assert(locked !== undefined, "a sale is never deleted");
    const { sale, isReturning } = locked;
    const story = await readStory(within(deps.db, tx), merchant.id, sale.paymentId);
    if (isReturning || !story || !wasBack(story)) return false;
    return unwindLate({ tx, sale, now, nextDebt: deps.next.debt });
  });
}

/**
 * Ends what was about to be paid of sales that went back whole meanwhile, once its payout has
 * ended, also where their money was taken anew since: what was not paid falls away, together with
 * what its member owes back of it. Says of how many sales. What still is in a payout stays held.
 */
export async function closeReturned(
  deps: Deps,
  onError: (error: unknown) => void,
): Promise<number> {
  let closed = 0;
  for (const { merchantId, sale } of await readReturnedSales(deps.db, SALES_MAX)) {
    try {
      const merchant = await deps.merchantOf(merchantId);
      if (await close(deps, merchant, sale)) closed += 1;
    } catch (error) {
      onError(error);
    }
  }
  return closed;
}
