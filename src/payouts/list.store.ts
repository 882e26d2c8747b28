import type { Reader } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Payout, PayoutState, Run } from "./payout.rules.ts";
import { payoutOf, runOf } from "./rows.ts";

/** Which payouts are looked up: of a state, and made or ended since then. */
export type PayoutsAsk = Readonly<{
  state?: PayoutState | undefined;
  since?: Date | undefined;
  most: number;
}>;

/**
 * The newest payouts of a merchant, each with its last run where there was one. Processes take
 * their numbers block by block, so a lower number may be the newer payout.
 */
export async function listPayouts(
  db: Reader,
  merchant: MerchantId,
  { state, since, most }: PayoutsAsk,
): Promise<Readonly<{ payout: Payout; lastRun: Run | undefined }>[]> {
  let query = db.selectFrom("payouts").selectAll().where("merchant_id", "=", merchant);
  if (state) query = query.where("state", "=", state);
  if (since) {
    query = query.where((is) =>
      is.or([is("created_at", ">=", since), is("settled_at", ">=", since)]),
    );
  }
  const newest = query.orderBy("created_at", "desc").orderBy("number", "desc");
  const payouts = await newest.limit(most).execute();
  const numbers = payouts.map(({ number }) => number);
  if (numbers.length === 0) return [];
  const runs = await db
    .selectFrom("payout_runs")
    .selectAll()
    .distinctOn("payout")
    .where("merchant_id", "=", merchant)
    .where("payout", "in", numbers)
    .orderBy("payout")
    .orderBy("run", "desc")
    .execute();
  const byPayout = new Map(runs.map((row) => [row.payout, runOf(row)]));
  return payouts.map((row) => ({ payout: payoutOf(row), lastRun: byPayout.get(row.number) }));
}
