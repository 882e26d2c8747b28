import { gather } from "../db/gather.ts";
import type { Db } from "../db/pool.ts";
import { inTx } from "../db/transaction.ts";
import { refuse } from "../lib/refusal.ts";
import { type Done, openCharges } from "../payments/index.ts";
import { insertSales, saleKey, type WholeSale } from "./sales.store.ts";

/** A sale that is charged at once: with its payment and the attempt that charges it. */
export type OpenSale = WholeSale & Readonly<{ charge: Done }>;

/**
 * Stores sales, lines, payments and attempts in one commit, before the bank is asked. Says of each
 * whether it was stored, as `insertSales`. A code that another wire has used as a reference refuses
 * `reference_taken`, and with it the whole batch.
 */
async function openSales(db: Db, asks: readonly OpenSale[]): Promise<boolean[]> {
  return inTx(db, async (tx) => {
    const stored = await insertSales(tx, asks);
    const isStored = ({ sale }: OpenSale) => stored.has(saleKey(sale));
    const charges = asks.filter(isStored).map(({ charge }) => charge);
    const opened = charges.length > 0 ? await openCharges(tx, charges) : [];
    const blocked = charges.find((_, i) => !opened[i]);
    if (blocked) refuse("reference_taken", { reference: blocked.payment.reference });
    return asks.map(isStored);
  });
}

/** The gathered form: sales that come together share their statements and a commit. */
export const createOpenSale = (db: Db) =>
  gather(
    (asks: OpenSale[]) => openSales(db, asks),
    ({ sale }) => `${sale.merchantId} ${sale.code}`,
  );
export type OpenSaleCall = ReturnType<typeof createOpenSale>;
