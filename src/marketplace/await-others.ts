import { awaitOutcome, type Patience, readUnsettled } from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { hasOpenReturn } from "./returns.store.ts";
import type { Sale } from "./sale.rules.ts";

/** Between two looks for a return that is open and not at the bank. */
const LOOK_MS = 100;

/** `doubtful`: the bank cannot say what became of another; `busy`: patience was used up. */
export type Others = "over" | "doubtful" | "busy";

/**
 * Waits until nothing else is under way with a sale's money. What is at the bank is waited for, and
 * asked about where nobody waits for it any more; a return that is not there yet is looked for.
 */
export async function awaitOthers(
  deps: MarketplaceDeps,
  { merchantId, paymentId, number }: Pick<Sale, "merchantId" | "paymentId" | "number">,
  given: Patience,
): Promise<Others> {
  for (;;) {
    const isReturning = await hasOpenReturn(deps.db.kysely, merchantId, number);
    const other = await readUnsettled(deps.db, merchantId, paymentId);
    if (!(other || isReturning)) return "over";
    if (other) {
      const known = await awaitOutcome(deps.payments, { merchantId, attemptId: other.id }, given);
      if (known?.attempt.status === "doubtful") return "doubtful";
      if (known && isSettled(known.attempt)) continue;
    }
    if (given.leftMs <= 0) return "busy";
    await deps.payments.pause(LOOK_MS);
    given.leftMs -= LOOK_MS;
  }
}
