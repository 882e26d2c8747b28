import { constraintOf, inTx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { createPayout, type NewPayout } from "./create-payout.ts";
import type { PayoutsDeps } from "./deps.ts";
import { ANSWER_WAIT_MS } from "./notice.ts";
import type { Payout } from "./payout.rules.ts";
import { readPayout } from "./payouts.store.ts";
import { sendPayout } from "./send.ts";

export type DirectAsk = Pick<
  NewPayout,
  "party" | "member" | "connection" | "currency" | "amountMinor" | "receiver" | "description"
> &
  Readonly<{ code: string; details: Payout["details"] }>;

/**
 * Pays an amount out at once, and answers the payout as it stands after a few seconds at most:
 * paid, failed, or still under way. Its code is used up by it for this month, whatever becomes of
 * it, and for the same payout an hour longer. Refuses `payout_code_taken`.
 */
export async function sendDirect(
  deps: PayoutsDeps,
  merchant: Merchant,
  ask: DirectAsk,
): Promise<Payout> {
  const createdAt = timeOf(merchant, deps.clock());
  const { id: merchantId } = merchant;
  const number = await deps.nextPayout(merchantId);
  const asked = { ...ask, merchantId, number, createdAt, count: 0, days: null };
  const payout = await inTx(deps.db, (tx) => createPayout(tx, { ...asked, kind: "direct" })).catch(
    (error: unknown) => {
      const isTaken = constraintOf(error) === "one_payout_per_code";
      return isTaken ? refuseMarket("payout_code_taken") : Promise.reject(error);
    },
  );
  const sent = sendPayout(deps, payout).catch(deps.onError);
  await Promise.race([sent, deps.pause(ANSWER_WAIT_MS)]);
  const found = await readPayout(deps.db.kysely, merchantId, { number });
  assert(found, "a payout that was stored is there");
  return found;
}
