import { inTx } from "../db/transaction.ts";
import { refuse } from "../lib/refusal.ts";
import { type AfterSettlement, type Done, openCharges } from "../payments/index.ts";
import { isCharge } from "../payments/payment.rules.ts";
import type { CheckoutDeps } from "./deps.ts";
import { type Session, tokenIdOf } from "./session.rules.ts";
import { putBack, takePiece } from "./stock.store.ts";

/**
 * How the charge of a session is opened whose link counts what it sells: with one piece that is
 * kept for it, both or neither. `undefined` where nobody counts. Refuses `link_closed` when
 * nothing is left: then nothing is opened, and the bank is not asked.
 */
export function openingOf({ db }: Pick<CheckoutDeps, "db">, session: Session) {
  const { merchantId, linkId, terms } = session;
  if (!linkId || !terms.takesStock) return undefined;
  return (planned: Done): Promise<boolean> =>
    inTx(db, async (tx) => {
      // The payment first: of two calls for one try the second waits here, and finds the first.
      const [isOpened = false] = await openCharges(tx, [planned]);
      if (!isOpened) return false;
      const isKept = await takePiece(tx, { merchantId, id: linkId }, planned.payment.id);
      return isKept || refuse("link_closed", { state: "sold_out" });
    });
}

/**
 * Puts a piece back in the transaction that settles its charge as declined. While a charge is in
 * doubt its piece is kept; once it took money, it is sold.
 */
export const followStock: AfterSettlement = {
  wants: ({ payment, attempt }) =>
    attempt.status === "declined" &&
    isCharge(attempt.kind) &&
    tokenIdOf(attempt) !== undefined &&
    payment.details["link_id"] !== undefined,
  runAll: (tx, settlements) =>
    putBack(
      tx,
      settlements.map(({ payment }) => payment),
    ),
};
