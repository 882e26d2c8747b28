import { after } from "../lib/clock.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { giveUpReturn } from "./open-return.ts";
import { RETURN_LEASE_MS } from "./return.rules.ts";
import { merchantsWithReturns, readLateReturns } from "./returns.store.ts";

const LATE_MAX = 1_000;

/**
 * Gives up what processes that died left open before they asked the bank, merchant by merchant, and
 * says how much that was. What is at the bank is left to its outcome.
 */
export async function endLateReturns(
  deps: Pick<MarketplaceDeps, "db" | "clock" | "merchantOf">,
  onError: (error: unknown) => void,
): Promise<number> {
  let ended = 0;
  for (const id of await merchantsWithReturns(deps.db)) {
    const merchant = await deps.merchantOf(id);
    const until = after(timeOf(merchant, deps.clock()), -RETURN_LEASE_MS);
    for (const name of await readLateReturns(deps.db, id, until, LATE_MAX)) {
      if (await giveUpReturn(deps, merchant, name).catch(onError)) ended += 1;
    }
  }
  return ended;
}
