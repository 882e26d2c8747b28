import { inTxAgain } from "../db/contended.ts";
import type { Db } from "../db/pool.ts";
import { inTx, type Tx, within } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import {
  lockPayment,
  readDone,
  readInstead,
  readPayment,
  touchPayment,
} from "../payments/index.ts";
import { leftToRefund } from "../payments/payment.rules.ts";
import { awaitOrders, lockSale } from "./approvals.store.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { lockDebts, lockEarnings, readDebts, readEarnings } from "./earnings.store.ts";
import { heldOf, isBack, type ReturnTerms } from "./return.rules.ts";
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

/** How much goes back, absent for all that is left, and what is to become of what is due. */
export type ReturnAsk = Readonly<{
  amountMinor?: bigint | undefined;
  terms: Omit<ReturnTerms, "isWhole">;
  /** Runs in the transaction that opens the return, under the sale's lock; it refuses, or not. */
  claim?: ((tx: Tx) => Promise<void>) | undefined;
}>;

/** Whether nothing is left of the payment then. */
async function isWhole(
  db: Db,
  { merchantId, paymentId }: Pick<Sale, "merchantId" | "paymentId">,
  { amountMinor }: Pick<ReturnAsk, "amountMinor">,
): Promise<boolean> {
  if (amountMinor === undefined) return true;
  const payment = await readPayment(db, merchantId, paymentId);
  return payment !== undefined && amountMinor === leftToRefund(payment);
}

/**
 * Stores that money of a sale is to go back, before the bank is asked, and holds what is to become
 * less by it. A part that leaves nothing of the payment is as good as the whole. Answers nothing
 * while another return of the sale is open. Refuses as `heldOf` and as `claim` does.
 */
export function openReturn(
  deps: MarketplaceDeps,
  merchant: Merchant,
  sale: Sale,
  ask: ReturnAsk,
): Promise<ReturnName | undefined> {
  const { number } = sale;
  const now = timeOf(merchant, deps.clock());
  return inTxAgain(deps.db, async (tx) => {
    await awaitOrders(tx, merchant.id);
    const locked = await lockSale(tx, merchant.id, number);
    assert(locked !== undefined, "a sale is never deleted");
    if (locked.isReturning) return undefined;
    await ask.claim?.(tx);
    const named = { sale: number };
    const earnings = await lockEarnings(tx, merchant.id, named);
    const debts = await lockDebts(tx, merchant.id, named);
    const terms = { ...ask.terms, isWhole: await isWhole(within(deps.db, tx), sale, ask) };
    const held = heldOf({ earnings, debts }, terms);
    await hold(tx, merchant.id, held);
    return insertReturn(tx, merchant.id, number, terms, now);
  });
}

/**
 * Lets the attempt of a return be opened while the return is. Refuses `payment_busy` once it was
 * given up: whoever did that has moved the payment's version too. Where the other wire has given
 * back so much meanwhile that the part leaves nothing, it refuses as `heldOf` does of the whole.
 */
export async function admitReturn(
  { db }: Pick<MarketplaceDeps, "db">,
  sale: Sale,
  name: ReturnName,
  ask: ReturnAsk,
): Promise<void> {
  const found = await readReturn(db.kysely, name);
  if (found?.state !== "open") return refuse("payment_busy", {});
  if (found.terms.deletes || !(await isWhole(db, sale, ask))) return;
  const { merchantId, number } = sale;
  const earnings = await readEarnings(db.kysely, merchantId, { sale: number });
  const debts = await readDebts(db.kysely, merchantId, { sale: number });
  heldOf({ earnings, debts }, { ...found.terms, isWhole: true });
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
    const payment = await readPayment(db, merchant.id, sale.paymentId);
    // Of a sale that the other wire gave back meanwhile, what is held waits for its payouts to end.
    if (!payment || !isBack(payment)) await letGo(tx, merchant.id, sale.number);
    await touchPayment(tx, merchant.id, sale.paymentId);
    return true;
  });
}
