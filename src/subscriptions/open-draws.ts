import { gather } from "../db/gather.ts";
import type { Db } from "../db/pool.ts";
import { inTx, type Tx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { type Done, openCharges } from "../payments/index.ts";
import {
  blockedDealers,
  type Dealer,
  dealerKey,
  insertTries,
  keyOf,
  type NewTry,
  saveInvoices,
} from "./draws.store.ts";
import type { Invoice } from "./subscription.rules.ts";

/** One draw that is to begin: its invoice as it then is, the try, and the charge. */
export type Draw = Readonly<{ invoice: Invoice; newTry: NewTry; charge: Done }>;

/** The dealer for whom a draw is made, by its whole key. */
const dealerOf = ({ charge: { payment } }: Draw): Dealer[] =>
  payment.agentId ? [{ merchantId: payment.merchantId, agentId: payment.agentId }] : [];

/** Draws but those for dealers who were blocked since they were read; only these cost a look. */
async function ofFreeDealers(tx: Tx, draws: readonly Draw[]): Promise<readonly Draw[]> {
  const blocked = await blockedDealers(tx, draws.flatMap(dealerOf));
  return draws.filter((draw) => !dealerOf(draw).some((each) => blocked.has(dealerKey(each))));
}

/**
 * Begins draws, in one commit: the invoice waits for its try, and payment and attempt are stored
 * before the bank is asked. Says of each whether it began; where the invoice was changed since it
 * was read (it is drawn by another, was stopped, cancelled, or lost the card), or its dealer was
 * blocked, nothing is stored.
 */
export function openDraws(db: Db, draws: readonly Draw[]): Promise<boolean[]> {
  return inTx(db, async (tx) => {
    const free = await ofFreeDealers(tx, draws);
    const saved = await saveInvoices(
      tx,
      free.map((draw) => draw.invoice),
      { keepsLease: true },
    );
    const begun = draws.filter((draw) => saved.has(keyOf(draw.invoice)));
    if (begun.length > 0) {
      await insertTries(
        tx,
        begun.map((draw) => draw.newTry),
      );
      const charges = begun.map((draw) => draw.charge);
      const opened = await openCharges(tx, charges);
      assert(opened.every(Boolean), "a draw shares its reference, so nothing has taken it");
    }
    return draws.map((draw) => saved.has(keyOf(draw.invoice)));
  });
}

/** The gathered form: draws that come together share their statements and a commit. */
export const createOpenDraw = (db: Db) =>
  gather(
    (draws: Draw[]) => openDraws(db, draws),
    ({ invoice }) => keyOf(invoice),
  );
export type OpenDraw = ReturnType<typeof createOpenDraw>;
