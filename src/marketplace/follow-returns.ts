import type { Db } from "../db/pool.ts";
import { within } from "../db/transaction.ts";
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
import { returnOfKey } from "./open-return.ts";
import { changesPart, isBack, lowered } from "./return.rules.ts";
import { endReturn, letGo, readReturn, type SaleReturn } from "./returns.store.ts";
import { readProducts, readSale } from "./sales.store.ts";
import { carryOut, dueOf, type ReturnedSale, unwind } from "./unwind.ts";

type ReturnsDeps = Readonly<{ db: Db; nextDebt: NextNumber }>;
/** Where and when money of a sale went back, or did not. */
type Place = ReturnedSale & ReturnsDeps;

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

/** What was asked for with a return of a part is done with what the bank approved of it. */
async function lower(place: Place, { terms }: SaleReturn, attempt: Attempt): Promise<void> {
  if (!changesPart(terms)) return;
  const { tx, sale } = place;
  const due = await dueOf(place);
  const feeMinor = attempt.commissionMinor + attempt.commissionTaxMinor;
  const products = await readProducts(tx, sale.merchantId, sale.number);
  await carryOut(place, lowered(due, terms, { feeMinor, products }));
}

/** The bank said no, and there is no other way to try: everything stays due. */
async function endDeclined(place: Place, found: SaleReturn, payment: Payment): Promise<void> {
  const { tx, sale, now } = place;
  await lockSale(tx, sale.merchantId, sale.number);
  if (!(await endReturn(tx, found, "failed", now))) return;
  // Of a sale that the other wire gave back meanwhile, what is held waits for its payouts to end.
  if (!isBack(payment)) await letGo(tx, sale.merchantId, sale.number);
}

async function follow(place: Place, payment: Payment, attempt: Attempt): Promise<void> {
  const { tx, sale, now } = place;
  const { merchantId } = sale;
  const found = await returnOf(place, attempt);
  if (attempt.status === "declined") {
    return found && !otherKind(payment, attempt) ? endDeclined(place, found, payment) : undefined;
  }
  const isWhole = attempt.kind !== "refund" || isBack(payment);
  if (!found && !isWhole) return;
  // What falls away may be in an order that is given at this moment.
  if (isWhole || found?.state === "failed") await awaitOrders(tx, merchantId);
  await lockSale(tx, merchantId, sale.number);
  const isAsked = found !== undefined && (await endReturn(tx, found, "done", now));
  // One that had failed holds nothing any more; what is held by now is another one's.
  if (isAsked && found.state === "open") await letGo(tx, merchantId, sale.number);
  // Of a sale that is back whole nothing is due, whoever gave it back and whatever was asked for.
  if (isWhole) await unwind(place);
  else if (isAsked) await lower(place, found, attempt);
}

/**
 * What becomes of what members and the platform are due when money of their sale goes back, in the
 * transaction that settles that: with the whole, or the last part of it, all that is not paid falls
 * away; another part changes what was asked for with the return, and nothing where the other wire
 * gave it back.
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
