import type { Tx } from "../db/transaction.ts";
import { inTx, within } from "../db/transaction.ts";
import { entriesOf, postEntries } from "../ledger/index.ts";
import { assert } from "../lib/assert.ts";
import { istanbulDay } from "../lib/clock.ts";
import { newId } from "../lib/id.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { readPayment, readUnsettled } from "../payments/index.ts";
import {
  type Answers,
  type ApprovalTerms,
  type Plan,
  planApproval,
  type Scene,
} from "./approval.rules.ts";
import { type ApprovalId, insertApproval, type LockedSale, lockSale } from "./approvals.store.ts";
import { findProducts, type ProductsName } from "./approved-products.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { earned, legsOf, owed } from "./due-postings.rules.ts";
import type { Debt, Earning } from "./earning.rules.ts";
import { insertDebts, insertEarnings, readDebts } from "./earnings.store.ts";
import { valueDatesAt } from "./members.store.ts";
import { readProducts } from "./sales.store.ts";
import { readSettings } from "./settings.store.ts";

/** Where and when an approval happens. */
type Place = Readonly<{ deps: MarketplaceDeps; merchant: Merchant; tx: Tx; now: Date }>;

/** Reads, under the sale's lock, everything that an approval depends on. */
async function readScene(place: Place, locked: LockedSale, platformDays: number): Promise<Scene> {
  const { deps, merchant, tx, now } = place;
  const { sale, isReturning } = locked;
  const db = within(deps.db, tx);
  const payment = await readPayment(db, merchant.id, sale.paymentId);
  const unsettled = await readUnsettled(db, merchant.id, sale.paymentId);
  const products = await readProducts(tx, merchant.id, sale.number);
  const members = products.flatMap(({ member }) => (member === null ? [] : [member]));
  const standing = await readDebts(tx, merchant.id, { sale: sale.number });
  const isLive =
    payment?.status === "captured" && payment.refundedMinor < payment.capturedMinor && !unsettled;
  return {
    sale: sale.number,
    products,
    isPaid: isLive && !isReturning,
    feeMinor: payment ? payment.commissionMinor + payment.commissionTaxMinor : 0n,
    day: istanbulDay(now),
    platformDays,
    valueDates: await valueDatesAt(tx, merchant.id, [...new Set(members)], now),
    standingDebts: new Set(standing.map(({ product, kind }) => `${product} ${kind}`)),
  };
}

/** So many numbers, rising: taken at once, so that those of a product follow one another. */
async function numbersOf(next: () => Promise<bigint>, count: number): Promise<bigint[]> {
  const numbers = await Promise.all(Array.from({ length: count }, next));
  return numbers.toSorted((a, b) => (a < b ? -1 : 1));
}

/** Member first, then platform, product after product. */
async function earningsOf(
  { deps, merchant, now }: Place,
  { sale }: LockedSale,
  approvalId: ApprovalId,
  plans: readonly Plan[],
): Promise<Earning[]> {
  const numbers = await numbersOf(() => deps.next.earning(merchant.id), plans.length * 2);
  return plans.flatMap((plan, i) =>
    (["member", "platform"] as const).map((party, j): Earning => {
      const { minor, reflectionDate, payDate } = plan[party];
      return {
        merchantId: merchant.id,
        number: numbers[i * 2 + j]!,
        approvalId,
        sale: sale.number,
        product: plan.product,
        party,
        member: plan.memberNumber,
        currency: sale.currency,
        amountMinor: minor,
        commissionPpm: plan.commissionPpm,
        reflectionDate,
        payDate,
        state: minor === 0n ? "closed" : "open",
        isRetried: false,
        isHeld: false,
        payout: null,
        calculatedAt: now,
      };
    }),
  );
}

async function debtsOf(
  { deps, merchant, now }: Place,
  { sale }: LockedSale,
  plans: readonly Plan[],
): Promise<Debt[]> {
  const owing = plans.flatMap((plan) => plan.debts.map((debt) => ({ plan, debt })));
  const numbers = await numbersOf(() => deps.next.debt(merchant.id), owing.length);
  return owing.map(({ plan, debt }, i) => ({
    merchantId: merchant.id,
    number: numbers[i]!,
    sale: sale.number,
    product: plan.product,
    member: plan.memberNumber,
    kind: debt.kind,
    currency: sale.currency,
    amountMinor: debt.minor,
    payDate: plan.member.payDate,
    state: "open",
    isHeld: false,
    payout: null,
    calculatedAt: now,
  }));
}

/** Writes an approval whole: set by set, so that it is as many statements for 500 products. */
async function carryOut(
  place: Place,
  locked: LockedSale,
  plans: readonly Plan[],
  terms: ApprovalTerms,
): Promise<void> {
  const { merchant, tx, now } = place;
  const { sale } = locked;
  const id = newId("apr", now);
  const earnings = await earningsOf(place, locked, id, plans);
  const debts = await debtsOf(place, locked, plans);
  const approval = { merchantId: merchant.id, id, sale: sale.number, at: now, ...terms };
  await insertApproval(
    tx,
    approval,
    plans.map(({ product }) => product),
  );
  await insertEarnings(tx, earnings);
  await insertDebts(tx, debts);
  const of = { merchantId: merchant.id, sourceId: id, currency: sale.currency, at: now };
  await postEntries(tx, entriesOf(of, legsOf([...earnings.map(earned), ...debts.map(owed)])));
}

/**
 * Approves products: reckons what their members and the platform are due of them, and when. Each
 * payment is one transaction that holds its sale's lock, so a product is approved once, and never
 * while its money goes back; the products of one payment that cannot be approved are said beside
 * those that were. Refuses `not_a_marketplace`, and as `findProducts`.
 */
export async function approve(
  deps: MarketplaceDeps,
  merchant: Merchant,
  name: ProductsName,
  terms: ApprovalTerms,
): Promise<Answers> {
  const { platformDays } = await readSettings(deps.db, merchant.id);
  const found = await findProducts(deps, merchant, name);
  const now = timeOf(merchant, deps.clock());
  const success: Answers["success"][number][] = [];
  const fail = [...found.fail];
  for (const { sale, products } of found.groups) {
    const done = await inTx(deps.db, async (tx) => {
      const locked = await lockSale(tx, merchant.id, sale);
      assert(locked !== undefined, "a sale with products is never deleted");
      const place = { deps, merchant, tx, now };
      const scene = await readScene(place, locked, platformDays);
      const asked = products ?? scene.products.map(({ number }) => number);
      const planned = planApproval(scene, asked, terms);
      if (planned.plans.length > 0) await carryOut(place, locked, planned.plans, terms);
      return planned;
    });
    success.push(...done.plans.map(({ product }) => ({ sale, product })));
    fail.push(...done.fail);
  }
  return { success, fail };
}
