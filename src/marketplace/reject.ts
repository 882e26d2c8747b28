import { inTxAgain } from "../db/contended.ts";
import type { Tx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { Answers, Failed, FailReason } from "./approval.rules.ts";
import { awaitOrders, lockSale } from "./approvals.store.ts";
import { findProducts, type ProductsName } from "./approved-products.ts";
import { carryChange } from "./carry-change.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { type DebtDue, type EarningDue, isUnpaid } from "./earning.rules.ts";
import { lockDebts, lockEarnings } from "./earnings.store.ts";
import type { Product } from "./sale.rules.ts";
import { readProducts } from "./sales.store.ts";
import { readSettings } from "./settings.store.ts";

function blockOf(
  product: Product,
  earnings: readonly EarningDue[],
  isReturning: boolean,
): FailReason | undefined {
  if (product.approvalId === null || earnings.length === 0) return "not_approved";
  if (earnings.some(({ payoutState }) => payoutState === "paid")) return "earning_sent";
  if (earnings.some((each) => !isUnpaid(each))) return "earning_queued";
  const isGoingBack = isReturning || earnings.some(({ isHeld }) => isHeld);
  return isGoingBack ? "payment_not_successful" : undefined;
}

/** What falls away with an approval: a debt that is paid, or about to be, stays. */
const fallsAway = (debt: DebtDue): boolean =>
  debt.kind !== "clawback" && isUnpaid(debt) && !debt.isHeld;

const gone = { state: "deleted", payout: null } as const;

type Place = Readonly<{ merchant: Merchant; tx: Tx; now: Date }>;

type Asked = Readonly<{ sale: bigint; products?: readonly bigint[] }>;

async function rejectOne(place: Place, { sale, products: numbers }: Asked): Promise<Answers> {
  const { merchant, tx } = place;
  await awaitOrders(tx, merchant.id);
  const locked = await lockSale(tx, merchant.id, sale);
  assert(locked !== undefined, "a sale with products is never deleted");
  const lines = await readProducts(tx, merchant.id, sale);
  const wanted = numbers && new Set(numbers);
  const asked = wanted ? lines.filter(({ number }) => wanted.has(number)) : lines;
  const named = { products: asked.map(({ number }) => number) };
  const earnings = await lockEarnings(tx, merchant.id, named);
  const byProduct = Map.groupBy(earnings, ({ product }) => product);
  const fail = asked.flatMap((product): Failed[] => {
    const own = byProduct.get(product.number) ?? [];
    const reason = blockOf(product, own, locked.isReturning);
    return reason ? [{ sale, product: product.number, reason }] : [];
  });
  const failed = new Set(fail.map(({ product }) => product));
  const products = named.products.filter((number) => !failed.has(number));
  if (products.length > 0) {
    const debts = (await lockDebts(tx, merchant.id, { products })).filter(fallsAway);
    const kept = earnings.filter(({ product }) => !failed.has(product));
    await carryChange({ ...place, sale: locked.sale }, "reject", {
      earnings: kept.map((before) => ({ before, after: { ...before, ...gone } })),
      deleted: debts,
      added: [],
      freed: products,
    });
  }
  return { success: products.map((product) => ({ sale, product })), fail };
}

/**
 * Takes approvals back as long as nothing of them is paid or about to be: earnings and unpaid debts
 * fall away, and the products can be approved anew. Each payment is one transaction that holds its
 * sale's lock. Refuses `not_a_marketplace`, and as `findProducts`.
 */
export async function reject(
  deps: MarketplaceDeps,
  merchant: Merchant,
  name: ProductsName,
): Promise<Answers> {
  await readSettings(deps.db, merchant.id);
  const found = await findProducts(deps, merchant, name);
  const now = timeOf(merchant, deps.clock());
  const success: Answers["success"][number][] = [];
  const fail = [...found.fail];
  for (const group of found.groups) {
    const done = await inTxAgain(deps.db, (tx) => rejectOne({ merchant, tx, now }, group));
    success.push(...done.success);
    fail.push(...done.fail);
  }
  return { success, fail };
}
