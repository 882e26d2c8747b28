import { inTxAgain } from "../db/contended.ts";
import type { Tx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { nextBusinessDay } from "../lib/business-day.ts";
import { istanbulDay, istanbulDayOf } from "../lib/clock.ts";
import { type MerchantId, newId } from "../lib/id.ts";
import type { MarketProblem } from "../lib/market-problem.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { readPayout, requeuePayout } from "../payouts/index.ts";
import { awaitOrders, insertChange } from "./approvals.store.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { nextRunDay } from "./distribution.rules.ts";
import { type DebtDue, type EarningDue, statusOf } from "./earning.rules.ts";
import {
  type DueName,
  lockBound,
  lockDebts,
  lockEarnings,
  saveEarnings,
} from "./earnings.store.ts";
import { dateProblem } from "./reflection.rules.ts";
import { readSettings } from "./settings.store.ts";
import { releaseDebts } from "./transfers.store.ts";

/** Of which earnings a retry is asked: one, those of a payment, or those of a product. */
export type RetryName =
  | Readonly<{ earning: bigint }>
  | Readonly<{ sale: bigint }>
  | Readonly<{ product: bigint; withPlatform: boolean }>;

function dueName(name: RetryName): DueName {
  if ("earning" in name) return { number: name.earning };
  return "sale" in name ? { sale: name.sale } : { products: [name.product] };
}

const isAsked = (name: RetryName, { party }: EarningDue): boolean =>
  !("product" in name) || name.withPlatform || party === "member";

const isFailed = (due: EarningDue | DebtDue): boolean => !due.isHeld && statusOf(due) === "failed";

/** Why none of these can be tried again. */
function whyNone(all: readonly EarningDue[]): MarketProblem {
  const live = all.filter(({ state }) => state !== "deleted");
  if (live.length === 0) return "earning_not_found";
  const has = (...states: string[]) => live.some((each) => states.includes(statusOf(each)));
  if (has("retried")) return "earning_retried";
  if (has("paid")) return "earning_paid";
  const isBusy = has("queued", "sending") || live.some(({ isHeld }) => isHeld);
  return isBusy ? "earning_queued" : "no_failed_earning";
}

type Days = Pick<EarningDue, "reflectionDate" | "payDate">;

/** When what failed is paid next: on the day that was asked for, or by the next transfers. */
function daysOf(due: EarningDue, day: string | undefined, now: Date): Days {
  if (day !== undefined) return { reflectionDate: day, payDate: nextBusinessDay(day) };
  const next = nextRunDay(now);
  return {
    reflectionDate: due.reflectionDate,
    payDate: next > due.payDate ? next : due.payDate,
  };
}

/** Refuses a day as a change of the date does. */
function checkDay(day: string, now: Date): void {
  const sinceMidnightMs = now.getTime() - istanbulDayOf(now).from.getTime();
  const problem = dateProblem(day, istanbulDay(now), sinceMidnightMs);
  if (problem) refuseMarket(problem);
}

/** Asks for whole payouts again, as they are: nothing that is in them is paid otherwise. */
async function requeue(tx: Tx, merchant: MerchantId, payouts: readonly bigint[], now: Date) {
  for (const number of payouts) {
    const payout = await readPayout(tx, merchant, { number });
    assert(payout, "what is due names a payout that there is");
    await requeuePayout(tx, merchant, number, payout, now);
  }
}

type Ask = Readonly<{ merchant: Merchant; name: RetryName; day: string | undefined; now: Date }>;

/** The payouts that these are in, each once. */
const payoutsOf = (all: readonly (EarningDue | DebtDue)[]): bigint[] => [
  ...new Set(all.map(({ payout }) => payout!)),
];

/** What is asked of, and can be tried again: by itself, or with the whole payout that it is in. */
async function lockAsked(tx: Tx, merchant: MerchantId, name: RetryName) {
  const bound = await lockBound(tx, merchant, dueName(name));
  const isBound = ({ payout }: EarningDue | DebtDue) => payout !== null && bound.has(payout);
  const named = await lockEarnings(tx, merchant, dueName(name));
  const all = named.filter((each) => isAsked(name, each));
  const debts = "earning" in name ? [] : await lockDebts(tx, merchant, dueName(name));
  return {
    all,
    failed: { earnings: all.filter(isFailed), debts: debts.filter(isFailed) },
    bound: { earnings: all.filter(isBound), debts: debts.filter(isBound) },
  };
}

async function release(tx: Tx, { merchant, name, day, now }: Ask): Promise<void> {
  const merchantId = merchant.id;
  await awaitOrders(tx, merchantId);
  const { all, failed, bound } = await lockAsked(tx, merchantId, name);
  const inBound = [...bound.earnings, ...bound.debts];
  const [first] = [...failed.earnings, ...failed.debts, ...inBound];
  if (!first) return refuseMarket(whyNone(all));
  if (day !== undefined) {
    checkDay(day, now);
    if (inBound.length > 0) return refuseMarket("earning_queued");
  }
  await requeue(tx, merchantId, payoutsOf(inBound), now);
  const freed = { payout: null, isRetried: true };
  await saveEarnings(
    tx,
    failed.earnings.map((each) => ({ ...each, ...daysOf(each, day, now), ...freed })),
  );
  // What the member owes back was taken off the payout that failed: it goes with the next one.
  const payouts = payoutsOf([...failed.earnings, ...failed.debts]);
  await releaseDebts(tx, merchantId, payouts, nextRunDay(now));
  const earnings = [...failed.earnings, ...bound.earnings].map(({ number }) => `${number}`);
  const details = { earnings, day: day ?? null };
  const id = newId("chg", now);
  await insertChange(tx, { merchantId, id, sale: first.sale, what: "retry", details, at: now });
}

/**
 * Makes what a payout failed to pay due again: on a day that is asked for, or with the next
 * transfers; the platform's own earnings wait for an order where the marketplace works with them.
 * What a bank may have paid although it denied it is queued again as a whole, unless a day
 * is asked for: that is refused `earning_queued`. What did not fail is left alone. Refuses
 * `not_a_marketplace`, `earning_not_found`, where nothing failed `earning_retried`, `earning_paid`,
 * `earning_queued` or `no_failed_earning`, and of the day `date_passed`, `date_on_weekend` and
 * `date_too_late_today`.
 */
export async function retry(
  deps: MarketplaceDeps,
  merchant: Merchant,
  name: RetryName,
  day: string | undefined,
): Promise<void> {
  await readSettings(deps.db, merchant.id);
  const now = timeOf(merchant, deps.clock());
  await inTxAgain(deps.db, (tx) => release(tx, { merchant, name, day, now }));
}
