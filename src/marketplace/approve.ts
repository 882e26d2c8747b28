import { inTxAgain } from "../db/contended.ts";
import { type Tx, within } from "../db/transaction.ts";
import { entriesOf, postEntries } from "../ledger/index.ts";
import { assert } from "../lib/assert.ts";
import { istanbulDay } from "../lib/clock.ts";
import { newId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { valueDatesAt } from "../members/index.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { isAwayLong } from "../payments/doubt.rules.ts";
import { patience, readPayment, readUnsettled } from "../payments/index.ts";
import { feeTaken } from "../payments/parts.rules.ts";
import {
  type Answers,
  type ApprovalTerms,
  type Plan,
  planApproval,
  type Scene,
} from "./approval.rules.ts";
import { type ApprovalId, insertApproval, type LockedSale, lockSale } from "./approvals.store.ts";
import { findProducts, type ProductsName } from "./approved-products.ts";
import { awaitOthers } from "./await-others.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { earned, legsOf, owed } from "./due-postings.rules.ts";
import type { Debt, Earning } from "./earning.rules.ts";
import { insertDebts, insertEarnings, readDebts } from "./earnings.store.ts";
import { reserve } from "./reserve.ts";
import type { Sale } from "./sale.rules.ts";
import { readProducts } from "./sales.store.ts";
import { readSettings } from "./settings.store.ts";
import { debtCount } from "./split.rules.ts";

/** Where and when an approval happens. */
type Place = Readonly<{ deps: MarketplaceDeps; merchant: Merchant; tx: Tx; now: Date }>;

/** What an approval depends on; `busy` while something soon ends that its money is at. */
type Found = Readonly<{ scene: Scene; busy: Sale | undefined }>;

/** Reads it under the sale's lock. */
async function readScene(place: Place, locked: LockedSale, platformDays: number): Promise<Found> {
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
  const scene: Scene = {
    sale: sale.number,
    products,
    isPaid: isLive && !isReturning,
    feeMinor: payment ? feeTaken(payment) : 0n,
    paidMinor: payment?.capturedMinor ?? 0n,
    day: istanbulDay(now),
    platformDays,
    valueDates: await valueDatesAt(tx, merchant.id, [...new Set(members)], now),
    standingDebts: new Set(standing.map(({ product, kind }) => `${product} ${kind}`)),
  };
  // A payer may be at the bank's own page for long.
  const isBusy = unsettled ? !isAwayLong(unsettled, now) : isReturning;
  return { scene, busy: isBusy ? sale : undefined };
}

/** Numbers for what an approval makes due, rising. */
type Reserve = Readonly<{ earnings: readonly bigint[]; debts: readonly bigint[] }>;

async function reserveFor(
  deps: MarketplaceDeps,
  merchant: Merchant,
  { sale, products: asked }: Asked,
): Promise<Reserve> {
  const lines = await readProducts(deps.db.kysely, merchant.id, sale);
  const wanted = asked && new Set(asked);
  const open = lines.filter(
    ({ number, approvalId }) => !approvalId && (wanted?.has(number) ?? true),
  );
  const debts = open.reduce((count, line) => count + debtCount(line), 0);
  return {
    earnings: await reserve(deps.next.earning, merchant.id, open.length * PARTIES.length),
    debts: await reserve(deps.next.debt, merchant.id, debts),
  };
}

const PARTIES = ["member", "platform"] as const;

/** Member first, then platform, product after product. */
const earningsOf = (
  { merchant, now }: Place,
  { sale }: LockedSale,
  approvalId: ApprovalId,
  plans: readonly Plan[],
  numbers: readonly bigint[],
): Earning[] =>
  plans.flatMap((plan, i) =>
    PARTIES.map((party, j): Earning => {
      const { minor, reflectionDate, payDate } = plan[party];
      return {
        merchantId: merchant.id,
        number: numbers[i * PARTIES.length + j]!,
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

function debtsOf(
  { merchant, now }: Place,
  { sale }: LockedSale,
  plans: readonly Plan[],
  numbers: readonly bigint[],
): Debt[] {
  const owing = plans.flatMap((plan) => plan.debts.map((debt) => ({ plan, debt })));
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
  numbers: Reserve,
): Promise<void> {
  const { merchant, tx, now } = place;
  const { sale } = locked;
  const id = newId("apr", now);
  const earnings = earningsOf(place, locked, id, plans, numbers.earnings);
  const debts = debtsOf(place, locked, plans, numbers.debts);
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

/** Products of one payment; absent for all of it. */
type Asked = Readonly<{ sale: bigint; products?: readonly bigint[] }>;
type Planned = ReturnType<typeof planApproval> & Pick<Found, "busy">;

const isEnough = (numbers: Reserve, plans: readonly Plan[]): boolean =>
  numbers.earnings.length >= plans.length * PARTIES.length &&
  numbers.debts.length >= plans.reduce((count, plan) => count + plan.debts.length, 0);

/** Under the sale's lock. Says nothing where more is due by now than numbers were taken for. */
async function approveLocked(
  place: Place,
  { sale, products }: Asked,
  terms: ApprovalTerms & Readonly<{ platformDays: number }>,
  numbers: Reserve,
): Promise<Planned | undefined> {
  const { platformDays, ...own } = terms;
  const locked = await lockSale(place.tx, place.merchant.id, sale);
  assert(locked !== undefined, "a sale with products is never deleted");
  const { scene, busy } = await readScene(place, locked, platformDays);
  const asked = products ?? scene.products.map(({ number }) => number);
  const planned = planApproval(scene, asked, own);
  if (!isEnough(numbers, planned.plans)) return undefined;
  if (planned.plans.length > 0) await carryOut(place, locked, planned.plans, own, numbers);
  return { ...planned, busy };
}

/** Each time somebody must have changed the sale, or given money of it back, meanwhile. */
const TRIES_MAX = 20;

/**
 * Approves products: reckons what their members and the platform are due of them, and when. Each
 * payment is one transaction that holds its sale's lock, so a product is approved once, and never
 * while its money goes back. What is at the bank or on its way there is waited for, until once
 * nobody can say how it ends; a payer at a bank's own page is not. The products of one payment that
 * cannot be approved are said beside those that were. Refuses `not_a_marketplace`,
 * `temporarily_unavailable`, and as `findProducts`.
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
  const given = patience();
  let isTelling = true;
  const approveOne = async (group: Asked): Promise<Planned> => {
    let done: Planned | undefined;
    for (let i = 0; i < TRIES_MAX; i += 1) {
      const numbers = await reserveFor(deps, merchant, group);
      const all = { ...terms, platformDays };
      done = await inTxAgain(deps.db, (tx) =>
        approveLocked({ deps, merchant, tx, now }, group, all, numbers),
      );
      if (!done) continue;
      if (!(isTelling && done.busy)) return done;
      isTelling = (await awaitOthers(deps, done.busy, given)) === "over";
      if (!isTelling) return done;
    }
    return done ?? refuse("temporarily_unavailable", {});
  };
  const success: Answers["success"][number][] = [];
  const fail = [...found.fail];
  for (const group of found.groups) {
    const done = await approveOne(group);
    success.push(...done.plans.map(({ product }) => ({ sale: group.sale, product })));
    fail.push(...done.fail);
  }
  return { success, fail };
}
