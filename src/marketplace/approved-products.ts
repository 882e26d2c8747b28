import { refuse, refuseMarket } from "../lib/refusal.ts";
import type { Merchant } from "../merchants/merchant.rules.ts";
import type { Failed } from "./approval.rules.ts";
import { readProductsBy } from "./approvals.store.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { readSale } from "./sales.store.ts";

/** What is approved or taken back: all of a payment, some of it, or products by their numbers. */
export type ProductsName =
  | Readonly<{ payment: bigint }>
  | Readonly<{ payment?: bigint | undefined; products: readonly bigint[] }>;

/** Products of one payment; absent for all of it. */
type Group = Readonly<{ sale: bigint; products?: readonly bigint[] }>;
type Found = Readonly<{ groups: readonly Group[]; fail: readonly Failed[] }>;

/** Each payment is a transaction of its own; clients name one at a time. */
const PAYMENTS_MAX = 50;

/**
 * The payments that are meant, each with its products; one product that there is not, or that is of
 * another payment than was said, fails alone. Refuses `no_payment_to_approve` for an unknown
 * payment, `marketplace_payment_unknown` for one that was named with its products, and
 * `no_product_to_approve` where none of the products is one of the payment's, `invalid_input` for
 * products of more payments than one call does.
 */
export async function findProducts(
  deps: MarketplaceDeps,
  { id: merchant }: Merchant,
  name: ProductsName,
): Promise<Found> {
  const { payment } = name;
  const products = "products" in name ? [...new Set(name.products)] : undefined;
  const { kysely: db } = deps.db;
  if (payment !== undefined && !(await readSale(db, merchant, { number: payment }))) {
    return refuseMarket(products ? "marketplace_payment_unknown" : "no_payment_to_approve");
  }
  if (!products) return { groups: [{ sale: payment! }], fail: [] };
  const all = await readProductsBy(db, merchant, products);
  const known = all.filter(({ sale }) => payment === undefined || sale === payment);
  if (known.length === 0) return refuseMarket("no_product_to_approve");
  const sales = new Map<bigint, bigint[]>();
  for (const { sale, number } of known) sales.set(sale, [...(sales.get(sale) ?? []), number]);
  if (sales.size > PAYMENTS_MAX) {
    return refuse("invalid_input", { field: "ProductIds", problem: "out_of_range" });
  }
  const there = new Set(known.map(({ number }) => number));
  return {
    groups: [...sales].map(([sale, numbers]) => ({ sale, products: numbers })),
    fail: products
      .filter((number) => !there.has(number))
      .map((product) => ({ sale: payment ?? 0n, product, reason: "product_unknown" })),
  };
}
