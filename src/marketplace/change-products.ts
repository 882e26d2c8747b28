import { inTxAgain } from "../db/contended.ts";
import type { Tx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { nextBusinessDay } from "../lib/business-day.ts";
import { istanbulDay } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import {
  awaitOrders,
  type LockedSale,
  lockSale,
  readProductsBy,
  saveProduct,
} from "./approvals.store.ts";
import { bookDebt, resizedDebt } from "./change-debts.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { type Debt, isUnpaid } from "./earning.rules.ts";
import { insertDebts, lockDebts, readEarnings, saveDebts } from "./earnings.store.ts";
import { moveShipping } from "./move-shipping.ts";
import {
  type Cargo,
  checkCargo,
  checkDiscount,
  type Discount,
  type Product,
} from "./sale.rules.ts";
import { readSale } from "./sales.store.ts";
import { cargoDebt, discountDebt } from "./split.rules.ts";

type Place = Readonly<{ merchant: Merchant; tx: Tx; now: Date }>;

/** A product by its number, and what its sale was paid in. Refuses `no_product_to_report`. */
export async function findProduct(
  { db }: Pick<MarketplaceDeps, "db">,
  merchant: MerchantId,
  number: bigint,
): Promise<Readonly<{ product: Product; currency: Currency }>> {
  const [product] = await readProductsBy(db.kysely, merchant, [number]);
  if (!product) return refuseMarket("no_product_to_report");
  const sale = await readSale(db.kysely, merchant, { number: product.sale });
  assert(sale, "a product is of a sale");
  return { product, currency: sale.currency };
}

/** A product as it is under its sale's lock. */
async function lockProduct({ merchant, tx }: Place, { sale, number }: Product) {
  const locked = await lockSale(tx, merchant.id, sale);
  const [product] = await readProductsBy(tx, merchant.id, [number]);
  assert(locked && product, "a product is never deleted");
  return { locked, product };
}

/** What an approved product's shipping or discount makes the platform owe its member. */
type Owed = Readonly<{ kind: "cargo" | "discount"; minor: bigint; number: bigint }>;

async function newDebt(place: Place, product: Product, owed: Owed): Promise<Debt> {
  const { merchant, tx, now } = place;
  const earnings = await readEarnings(tx, merchant.id, { products: [product.number] });
  const own = earnings.find(({ party }) => party === "member");
  assert(own, "an approved product has its member's earning");
  const next = nextBusinessDay(istanbulDay(now));
  return {
    merchantId: merchant.id,
    number: owed.number,
    sale: product.sale,
    product: product.number,
    member: own.member,
    kind: owed.kind,
    currency: own.currency,
    amountMinor: owed.minor,
    payDate: own.payDate > next ? own.payDate : next,
    state: "open",
    isHeld: false,
    payout: null,
    calculatedAt: now,
  };
}

/**
 * Makes what is owed of an approved product what it should be by now. What is paid, or about to be,
 * refuses `debt_not_changeable`.
 */
async function settleDebt(
  place: Place,
  { isReturning }: LockedSale,
  product: Product,
  owed: Owed,
): Promise<void> {
  const { merchant, tx } = place;
  const debts = await lockDebts(tx, merchant.id, { products: [product.number] });
  const before = debts.find(({ kind }) => kind === owed.kind);
  if ((before?.amountMinor ?? 0n) === owed.minor) return;
  if (isReturning || (before && (before.isHeld || !isUnpaid(before)))) {
    refuseMarket("debt_not_changeable");
  }
  const after = before ? resizedDebt(before, owed.minor) : await newDebt(place, product, owed);
  await (before ? saveDebts(tx, [after]) : insertDebts(tx, [after]));
  await bookDebt(place, before, after, { what: owed.kind, minor: String(owed.minor) });
}

/** Who bears the shipping; the currency is the sale's unless it is said. */
type CargoAsk = (of: Currency) => Cargo | null;

/** What of the shipping its member's earning bears. */
const borneBy = (cargo: Cargo | null): bigint => (cargo?.owner === "member" ? cargo.minor : 0n);

/**
 * Says who bears a product's shipping. Before its approval that counts when it is approved;
 * afterwards it changes what the platform owes the member, or, where the member bears it, what both
 * are due. Refuses `no_product_to_report`, `debt_not_changeable`, as `checkCargo` and as
 * `moveShipping`.
 */
export async function defineCargo(
  deps: MarketplaceDeps,
  merchant: Merchant,
  number: bigint,
  ask: CargoAsk,
): Promise<Readonly<{ product: Product; currency: Currency }>> {
  const now = timeOf(merchant, deps.clock());
  const { product: found } = await findProduct(deps, merchant.id, number);
  const debt = await deps.next.debt(merchant.id);
  return inTxAgain(deps.db, async (tx) => {
    const place = { merchant, tx, now };
    await awaitOrders(tx, merchant.id);
    const { locked, product } = await lockProduct(place, found);
    const { currency } = locked.sale;
    const after = { ...product, cargo: ask(currency) };
    checkCargo(after, currency);
    await saveProduct(tx, after);
    const owed = { kind: "cargo", minor: cargoDebt(after), number: debt } as const;
    if (after.approvalId) {
      // Earnings before debts, as everybody locks them.
      const isMoved = borneBy(product.cargo) !== borneBy(after.cargo);
      if (isMoved) await moveShipping(deps, place, locked, { before: product, after });
      await settleDebt(place, locked, after, owed);
    }
    return { product: after, currency };
  });
}

/** As `defineCargo`, of a discount. Refuses as `checkDiscount`. */
export async function defineDiscount(
  deps: MarketplaceDeps,
  merchant: Merchant,
  number: bigint,
  discount: Discount | null,
): Promise<void> {
  const now = timeOf(merchant, deps.clock());
  const { product: found } = await findProduct(deps, merchant.id, number);
  const debt = await deps.next.debt(merchant.id);
  await inTxAgain(deps.db, async (tx) => {
    const place = { merchant, tx, now };
    await awaitOrders(tx, merchant.id);
    const { locked, product } = await lockProduct(place, found);
    const after = { ...product, discount };
    checkDiscount(after);
    await saveProduct(tx, after);
    if (!after.approvalId) return;
    const earnings = await readEarnings(tx, merchant.id, { products: [number] });
    const minor = discountDebt(after, earnings[0]?.commissionPpm ?? 0n);
    await settleDebt(place, locked, after, { kind: "discount", minor, number: debt });
  });
}

type RestateAsk = Readonly<{
  payment: bigint;
  product: bigint;
  what: "raise" | "lower";
  minor: bigint;
}>;

/**
 * Changes what the platform said at the sale that a member is due. Refuses `no_product_to_report`,
 * `product_approved`, and `earning_amount_wrong` where nothing was said, and for a result below
 * zero or above the price.
 */
export async function restateEarning(
  deps: MarketplaceDeps,
  merchant: Merchant,
  ask: RestateAsk,
): Promise<void> {
  const now = timeOf(merchant, deps.clock());
  const { product: found } = await findProduct(deps, merchant.id, ask.product);
  if (found.sale !== ask.payment) refuseMarket("no_product_to_report");
  await inTxAgain(deps.db, async (tx) => {
    const { product } = await lockProduct({ merchant, tx, now }, found);
    const { memberEarningMinor: stated, amountMinor, approvalId } = product;
    if (approvalId) refuseMarket("product_approved");
    if (stated === null || ask.minor <= 0n) return refuseMarket("earning_amount_wrong");
    const minor = ask.what === "raise" ? stated + ask.minor : stated - ask.minor;
    if (minor < 0n || minor > amountMinor) refuseMarket("earning_amount_wrong");
    await saveProduct(tx, { ...product, memberEarningMinor: minor });
  });
}
