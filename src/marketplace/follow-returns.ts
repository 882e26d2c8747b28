import type { Db } from "../db/pool.ts";
import { type Tx, within } from "../db/transaction.ts";
import { nextBusinessDay } from "../lib/business-day.ts";
import { istanbulDay } from "../lib/clock.ts";
import type { NextNumber } from "../merchants/index.ts";
import {
  type AfterSettlement,
  type Attempt,
  type Payment,
  readAttempts,
} from "../payments/index.ts";
import { otherKind } from "../payments/other-way.rules.ts";
import { isSettled } from "../payments/payment.rules.ts";
import { awaitOrders, lockSale } from "./approvals.store.ts";
import { carryChange } from "./carry-change.ts";
import type { Debt } from "./earning.rules.ts";
import { lockDebts, lockEarnings } from "./earnings.store.ts";
import { returnOfKey } from "./open-return.ts";
import { type Change, type Clawback, changesPart, lowered, unwound } from "./return.rules.ts";
import { endReturn, letGo, readReturn, type SaleReturn } from "./returns.store.ts";
import type { Sale } from "./sale.rules.ts";
import { readProducts, readSale } from "./sales.store.ts";

/** Where and when money of a sale went back, or did not. */
type Place = ReturnsDeps & Readonly<{ tx: Tx; sale: Sale; now: Date }>;
type ReturnsDeps = Readonly<{ db: Db; nextDebt: NextNumber }>;

async function clawbackOf(
  { sale, now, nextDebt }: Place,
  { earning, minor }: Clawback,
): Promise<Debt> {
  const { merchantId, product, member, currency } = earning;
  return {
    ...{ merchantId, sale: sale.number, product, member, currency },
    number: await nextDebt(merchantId),
    kind: "clawback",
    amountMinor: -minor,
    payDate: nextBusinessDay(istanbulDay(now)),
    state: "open",
    isHeld: false,
    payout: null,
    calculatedAt: now,
  };
}

/** Writes what becomes of what is due. */
async function carryOut(place: Place, change: Change): Promise<void> {
  const { earnings, debts: deleted, freed } = change;
  const added: Debt[] = [];
  for (const each of change.clawbacks) added.push(await clawbackOf(place, each));
  await carryChange(place, "refund", { earnings, deleted, added, freed });
}

async function dueOf({ tx, sale }: Place) {
  const named = { sale: sale.number };
  const earnings = await lockEarnings(tx, sale.merchantId, named);
  return { earnings, debts: await lockDebts(tx, sale.merchantId, named) };
}

/** The return that an attempt is made for, also where it goes the other way than the first one. */
async function returnOf(
  { db, tx, sale }: Place,
  attempt: Attempt,
): Promise<SaleReturn | undefined> {
  const { merchantId, insteadOfId } = attempt;
  const ids = insteadOfId ? [insteadOfId] : [];
  const [first = attempt] = await readAttempts(within(db, tx), merchantId, ids);
  const named = returnOfKey(first.requestKey);
  if (!named || named.sale !== sale.number) return undefined;
  return readReturn(tx, { merchantId, ...named });
}

/** What was asked for with a return is done with what the bank approved of it. */
async function endApproved(place: Place, found: SaleReturn, attempt: Attempt): Promise<void> {
  const { tx, sale } = place;
  if (found.terms.deletes) await carryOut(place, unwound(await dueOf(place)));
  else if (changesPart(found.terms)) {
    const due = await dueOf(place);
    const feeMinor = attempt.commissionMinor + attempt.commissionTaxMinor;
    const products = await readProducts(tx, sale.merchantId, sale.number);
    await carryOut(place, lowered(due, found.terms, { feeMinor, products }));
  }
  await letGo(tx, sale.merchantId, sale.number);
}

const isAllBack = (payment: Payment, { kind }: Attempt): boolean =>
  kind !== "refund" || payment.refundedMinor === payment.capturedMinor;

/** The bank said no, and there is no other way to try: everything stays due. */
async function endDeclined({ tx, sale, now }: Place, found: SaleReturn): Promise<void> {
  await lockSale(tx, sale.merchantId, sale.number);
  if (await endReturn(tx, found, "failed", now)) await letGo(tx, sale.merchantId, sale.number);
}

async function follow(place: Place, payment: Payment, attempt: Attempt): Promise<void> {
  const { tx, sale, now } = place;
  const { merchantId } = sale;
  const found = await returnOf(place, attempt);
  if (attempt.status === "declined") {
    return found && !otherKind(payment, attempt) ? endDeclined(place, found) : undefined;
  }
  const isWhole = isAllBack(payment, attempt);
  if (!found && !isWhole) return;
  // What a return holds is in no order; anything else may be in one that is given at this moment.
  if (!found) await awaitOrders(tx, merchantId);
  await lockSale(tx, merchantId, sale.number);
  if (found && (await endReturn(tx, found, "done", now))) {
    return endApproved(place, found, attempt);
  }
  // The other wire knows nothing of what is due: of a sale that is back whole, nothing is.
  if (isWhole) await carryOut(place, unwound(await dueOf(place)));
}

/**
 * What becomes of what members and the platform are due when money of their sale goes back, in the
 * transaction that settles that: as it was asked for with the return; where the other wire gave the
 * money back, all that is not paid falls away with the whole, and nothing changes with a part.
 */
export const followReturns = (deps: ReturnsDeps): AfterSettlement => ({
  wants: ({ attempt }) =>
    (attempt.kind === "void" || attempt.kind === "refund" || attempt.kind === "reopen") &&
    isSettled(attempt),
  async run(tx, { payment, attempt }) {
    const { merchantId } = payment;
    const sale = await readSale(tx, merchantId, { paymentId: payment.id });
    if (!sale) return;
    const now = attempt.settledAt ?? attempt.openedAt;
    await follow({ ...deps, tx, sale, now }, payment, attempt);
  },
});
