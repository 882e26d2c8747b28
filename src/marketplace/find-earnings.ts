import { assert } from "../lib/assert.ts";
import type { MerchantId } from "../lib/id.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { readMembers } from "../members/index.ts";
import { readProductsBy } from "./approvals.store.ts";
import type { MarketplaceDeps } from "./deps.ts";
import type { DebtDue, EarningDue } from "./earning.rules.ts";
import { listMemberEarnings, type MemberPage, readDebts, readEarnings } from "./earnings.store.ts";
import type { Product } from "./sale.rules.ts";
import { readProducts, readSale } from "./sales.store.ts";
import { readSettings } from "./settings.store.ts";

type Finder = Pick<MarketplaceDeps, "db">;
/** A product, or all products of a payment, by the numbers that the wire shows. */
type ReportName = Readonly<{ product: bigint }> | Readonly<{ payment: bigint }>;

/** The lines of a payment. Refuses `marketplace_payment_unknown`, `no_product_to_report`. */
export async function findLines({ db }: Finder, merchant: MerchantId, payment: bigint) {
  if (!(await readSale(db.kysely, merchant, { number: payment }))) {
    return refuseMarket("marketplace_payment_unknown");
  }
  const lines = await readProducts(db.kysely, merchant, payment);
  return lines.length > 0 ? lines : refuseMarket("no_product_to_report");
}

/** As `findLines`, and of a marketplace alone: another merchant is refused `not_a_marketplace`. */
export async function findApprovals(deps: Finder, merchant: MerchantId, payment: bigint) {
  await readSettings(deps.db, merchant);
  return findLines(deps, merchant, payment);
}

/** What both parties are due of one product. */
export type ProductEarnings = Readonly<{
  product: Product;
  member: EarningDue;
  platform: EarningDue;
}>;

/** Refuses `not_a_marketplace`, `earning_not_found` where nothing is due of what is named. */
export async function findEarnings(
  { db }: Finder,
  merchant: MerchantId,
  name: ReportName,
): Promise<ProductEarnings[]> {
  await readSettings(db, merchant);
  const by = "product" in name ? { products: [name.product] } : { sale: name.payment };
  const earnings = await readEarnings(db.kysely, merchant, by);
  if (earnings.length === 0) return refuseMarket("earning_not_found");
  const byProduct = Map.groupBy(earnings, ({ product }) => product);
  const products = await readProductsBy(db.kysely, merchant, [...byProduct.keys()]);
  return products.map((product) => {
    const own = byProduct.get(product.number) ?? [];
    const member = own.find(({ party }) => party === "member");
    const platform = own.find(({ party }) => party === "platform");
    assert(member && platform, "an approved product has an earning of each party");
    return { product, member, platform };
  });
}

/** One earning, also one that was deleted. Refuses as `findEarnings`. */
export async function findEarning(
  { db }: Finder,
  merchant: MerchantId,
  number: bigint,
): Promise<EarningDue> {
  await readSettings(db, merchant);
  const [earning] = await readEarnings(db.kysely, merchant, { number });
  return earning ?? refuseMarket("earning_not_found");
}

/** A page of a member's own earnings, empty for a member of whom there are none. */
export async function findMemberEarnings({ db }: Finder, merchant: MerchantId, page: MemberPage) {
  await readSettings(db, merchant);
  return listMemberEarnings(db.kysely, merchant, page);
}

export type ShownDebt = Readonly<{ debt: DebtDue; product: Product; memberName: string }>;

/** What is owed beside earnings. Refuses `not_a_marketplace`, `debt_not_found` for nothing. */
export async function findDebts(
  { db }: Finder,
  merchant: MerchantId,
  name: ReportName,
): Promise<ShownDebt[]> {
  await readSettings(db, merchant);
  const by = "product" in name ? { products: [name.product] } : { sale: name.payment };
  const debts = await readDebts(db.kysely, merchant, by);
  if (debts.length === 0) return refuseMarket("debt_not_found");
  const numbers = [...new Set(debts.map(({ product }) => product))];
  const products = await readProductsBy(db.kysely, merchant, numbers);
  const named = new Map(products.map((each) => [each.number, each]));
  const members = await readMembers(db.kysely, merchant, [
    ...new Set(debts.map(({ member }) => member)),
  ]);
  const names = new Map(members.map((each) => [each.number, each.name]));
  return debts.map((debt) => {
    const product = named.get(debt.product);
    assert(product !== undefined, "a debt is of a product");
    return { debt, product, memberName: names.get(debt.member) ?? "" };
  });
}
