import { inTxAgain } from "../db/contended.ts";
import { inTx, within } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { lockPayment, readDone, readInstead, touchPayment } from "../payments/index.ts";
import { awaitOrders, lockSale } from "./approvals.store.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { lockDebts, lockEarnings } from "./earnings.store.ts";
import { heldOf, type ReturnTerms } from "./return.rules.ts";
import {
  endReturn,
  hold,
  insertReturn,
  letGo,
  type ReturnName,
  readReturn,
} from "./returns.store.ts";
import type { Sale } from "./sale.rules.ts";
import { readSale } from "./sales.store.ts";

const KEY_PREFIX = "return:";
/** The key of the attempt that gives the money back: it is tried once. */
export const returnKeyOf = ({ sale, no }: Pick<ReturnName, "sale" | "no">): string =>
  `${KEY_PREFIX}${sale}:${no}`;

const keyPattern = new RegExp(`^${KEY_PREFIX}(\\d+):(\\d+)$`);

/** The return that an attempt's key names. */
export function returnOfKey(key: string | null): Pick<ReturnName, "sale" | "no"> | undefined {
  const [, sale, no] = keyPattern.exec(key ?? "") ?? [];
  return sale && no ? { sale: BigInt(sale), no: Number(no) } : undefined;
}

/**
 * Stores that money of a sale is to go back, before the bank is asked, and holds what is to become
 * less by it. Answers nothing while another return of the sale is open. Refuses as `heldOf`.
 */
export function openReturn(
  deps: MarketplaceDeps,
  merchant: Merchant,
  { number }: Sale,
  terms: ReturnTerms,
): Promise<ReturnName | undefined> {
  const now = timeOf(merchant, deps.clock());
  return inTxAgain(deps.db, async (tx) => {
    await awaitOrders(tx, merchant.id);
    const locked = await lockSale(tx, merchant.id, number);
    assert(locked !== undefined, "a sale is never deleted");
    if (locked.isReturning) return undefined;
    const named = { sale: number };
    const earnings = await lockEarnings(tx, merchant.id, named);
    const debts = await lockDebts(tx, merchant.id, named);
    const held = heldOf({ earnings, debts }, terms);
    await hold(tx, merchant.id, held);
    return insertReturn(tx, merchant.id, number, terms, now);
  });
}

/**
 * Lets the attempt of a return be opened while the return is. Refuses `payment_busy` once it was
 * given up: whoever did that has moved the payment's version too.
 */
export async function admitReturn({ db }: Pick<MarketplaceDeps, "db">, name: ReturnName) {
  const found = await readReturn(db.kysely, name);
  if (found?.state !== "open") refuse("payment_busy", {});
}

/**
 * Gives a return up of which the bank was never asked, or said no without another way being tried:
 * what it held can be paid and changed again, and a late attempt of it is not opened any more. One
 * that is at the bank, or in doubt, stays: its outcome ends it. Says whether it was given up.
 */
export function giveUpReturn(
  deps: Pick<MarketplaceDeps, "db" | "clock">,
  merchant: Merchant,
  name: ReturnName,
): Promise<boolean> {
  const now = timeOf(merchant, deps.clock());
  return inTx(deps.db, async (tx) => {
    const sale = await readSale(tx, merchant.id, { number: name.sale });
    assert(sale !== undefined, "a sale is never deleted");
    // In the order of a settlement, which locks the payment and then its sale.
    await lockPayment(tx, merchant.id, sale.paymentId);
    await lockSale(tx, merchant.id, sale.number);
    const db = within(deps.db, tx);
    const first = await readDone(db, merchant.id, { requestKey: returnKeyOf(name) });
    const isOver = first?.attempt.status === "declined";
    if (first && !(isOver && !(await readInstead(db, merchant.id, first.attempt)))) return false;
    if (!(await endReturn(tx, name, "failed", now))) return false;
    await letGo(tx, merchant.id, sale.number);
    await touchPayment(tx, merchant.id, sale.paymentId);
    return true;
  });
}
