import { isUnavailable } from "../db/transaction.ts";
import { after } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import type { PayoutsDeps } from "./deps.ts";
import { leaseDue, merchantsWithDue } from "./payouts.store.ts";
import { askDenied, inquire, sendPayout } from "./send.ts";

/** Longer than two rounds of those at once take at a slow bank. */
const LEASE_MS = 3 * 60_000;
const LEASE_MAX = 20;
const AT_ONCE_MAX = 10;
/** A bank that is slow holds up its own merchants, and few others. */
const MERCHANTS_AT_ONCE_MAX = 4;

/** What is to be done for a payout that is due, by its state. */
const steps = { queued: sendPayout, sending: inquire, failed: askDenied, paid: askDenied } as const;

async function runOf(
  deps: PayoutsDeps,
  id: MerchantId,
  onError: (error: unknown) => void,
): Promise<number> {
  const merchant = await deps.merchantOf(id);
  const now = timeOf(merchant, deps.clock());
  const until = after(now, LEASE_MS);
  const ask = { now, until, onlySent: merchant.isBlocked, most: LEASE_MAX };
  const due = await leaseDue(deps.db, id, ask);
  for (let i = 0; i < due.length; i += AT_ONCE_MAX) {
    const batch = due.slice(i, i + AT_ONCE_MAX);
    await Promise.all(
      batch.map((each) => {
        const step = steps[each.state];
        return step(deps, each).catch(onError);
      }),
    );
  }
  return due.length;
}

/**
 * Sends what is due and asks about what was sent or denied, merchant by merchant, and says how many
 * payouts that were. Any number of processes share the work. A crash leaves payouts that fall due
 * again once their lease has run out, or that the bank is asked about.
 */
export async function runPayouts(
  deps: PayoutsDeps,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<number> {
  const merchants = await merchantsWithDue(deps.db, deps.clock());
  const runOne = (id: MerchantId) =>
    runOf(deps, id, onError).catch((error: unknown) => {
      // One merchant's trouble is no other one's; a database that is gone is everybody's.
      if (isUnavailable(error)) throw error;
      onError(error);
      return 0;
    });
  let count = 0;
  for (let i = 0; i < merchants.length && !signal?.aborted; i += MERCHANTS_AT_ONCE_MAX) {
    const some = merchants.slice(i, i + MERCHANTS_AT_ONCE_MAX);
    const counts = await Promise.all(some.map(runOne));
    count += counts.reduce((sum, each) => sum + each, 0);
  }
  return count;
}
