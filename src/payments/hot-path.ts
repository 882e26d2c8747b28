import { gather } from "../db/gather.ts";
import type { Db } from "../db/pool.ts";
import { inTx } from "../db/transaction.ts";
import { emit } from "../events/index.ts";
import { entriesOf, post } from "../ledger/index.ts";
import type { AfterSettlement } from "./deps.ts";
import { insertCharges, insertFollowUps, saveSettlements } from "./hot.store.ts";
import type { Done } from "./payment.rules.ts";
import { markReversed } from "./payments.store.ts";
import type { Settlement } from "./settle.rules.ts";

/** A settlement with the moment of the merchant's clock at which it is booked. */
export type SettleAsk = Readonly<{ settlement: Settlement; now: Date }>;

/** Opens many charges with one statement. Says of each whether it was opened. */
export async function openCharges(db: Db, asks: readonly Done[]): Promise<boolean[]> {
  const opened = await insertCharges(db.kysely, asks);
  return asks.map((ask) => opened.has(ask.payment.id));
}

/** Opens captures, voids and refunds with one statement. Says of each whether it was opened. */
async function openFollowUps(db: Db, asks: readonly Done[]): Promise<boolean[]> {
  const opened = await insertFollowUps(db.kysely, asks);
  return asks.map((ask) => opened.has(ask.attempt.id));
}

/**
 * Writes many outcomes with one commit: state, ledger entries, events, and what later rooms make of
 * them. Says of each whether it was written here; the others had been settled before.
 */
export async function settleAll(
  db: Db,
  hooks: readonly AfterSettlement[],
  asks: readonly SettleAsk[],
): Promise<boolean[]> {
  const changed = asks.flatMap(({ settlement }) =>
    settlement.isMoved ? [settlement.payment] : [],
  );
  return inTx(db, async (tx) => {
    const written = await saveSettlements(
      tx,
      asks.map((ask) => ask.settlement),
      changed,
    );
    const won = asks.filter((ask) => written.has(ask.settlement.attempt.id));
    await post(
      tx,
      won.flatMap(({ settlement: { payment, attempt, legs }, now }) =>
        entriesOf(
          {
            merchantId: payment.merchantId,
            sourceId: attempt.id,
            currency: payment.currency,
            at: now,
          },
          legs,
        ),
      ),
    );
    await markReversed(
      tx,
      won.flatMap(({ settlement }) => reversalOf(settlement)),
    );
    await emit(
      tx,
      won.flatMap(({ settlement, now }) =>
        settlement.events.map((event) => ({ ...event, createdAt: now })),
      ),
    );
    for (const hook of hooks) for (const { settlement } of won) await hook(tx, settlement);
    return asks.map((ask) => written.has(ask.settlement.attempt.id));
  });
}

function reversalOf({ attempt, reversedId }: Settlement) {
  if (!reversedId) return [];
  return [{ merchantId: attempt.merchantId, id: reversedId, byId: attempt.id }];
}

const paymentKey = (done: Done) => `${done.payment.merchantId} ${done.payment.id}`;

/** The gathered forms: callers who come together share a statement and a commit. */
export function createHotPath(db: Db, hooks: readonly AfterSettlement[] = []) {
  return {
    openCharge: gather(
      (asks: Done[]) => openCharges(db, asks),
      ({ payment }) => `${payment.merchantId} ${payment.reference}`,
    ),
    openFollowUp: gather((asks: Done[]) => openFollowUps(db, asks), paymentKey),
    settle: gather(
      (asks: SettleAsk[]) => settleAll(db, hooks, asks),
      (ask) => paymentKey(ask.settlement),
    ),
  };
}
export type HotPath = ReturnType<typeof createHotPath>;
