import { gather } from "../db/gather.ts";
import type { Db } from "../db/pool.ts";
import { inTx, type Reader, type Tx } from "../db/transaction.ts";
import { entriesOf } from "../ledger/index.ts";
import type { AfterSettlement } from "./deps.ts";
import { insertCharges, insertFollowUps, type SettleBatch, saveSettlements } from "./hot.store.ts";
import type { Done } from "./payment.rules.ts";
import { markReversed } from "./payments.store.ts";
import type { Settlement } from "./settle.rules.ts";

/** A settlement with the moment of the merchant's clock at which it is booked. */
export type SettleAsk = Readonly<{ settlement: Settlement; now: Date }>;

/** Opens many charges with one statement. Says of each whether it was opened. */
export async function openCharges(db: Reader, asks: readonly Done[]): Promise<boolean[]> {
  const opened = await insertCharges(db, asks);
  return asks.map((ask) => opened.has(ask.payment.id));
}

/** Opens captures, voids and refunds with one statement. Says of each whether it was opened. */
async function openFollowUps(db: Db, asks: readonly Done[]): Promise<boolean[]> {
  const opened = await insertFollowUps(db.kysely, asks);
  return asks.map((ask) => opened.has(ask.attempt.id));
}

function batchOf(asks: readonly SettleAsk[]): SettleBatch {
  return {
    settlements: asks.map((ask) => ask.settlement),
    entries: asks.flatMap(({ settlement: { payment, attempt, legs }, now }) => {
      const { merchantId, currency } = payment;
      return entriesOf({ merchantId, sourceId: attempt.id, currency, at: now }, legs);
    }),
    events: asks.flatMap(({ settlement, now }) =>
      settlement.events.map((event) => ({ ...event, createdAt: now })),
    ),
  };
}

/** What cannot travel in the one statement: marks on earlier attempts, and what later rooms do. */
function isPlain({ settlement }: SettleAsk, hooks: readonly AfterSettlement[]): boolean {
  return settlement.reversedId === undefined && !hooks.some((hook) => hook.wants(settlement));
}

/**
 * Writes many outcomes with one commit: state, ledger entries, events, and what later rooms make of
 * them. Says of each whether it was written here; the others had been settled before, or their
 * payments had moved on.
 */
export async function settleAll(
  db: Db,
  hooks: readonly AfterSettlement[],
  asks: readonly SettleAsk[],
): Promise<boolean[]> {
  const batch = batchOf(asks);
  const said = (written: Set<string>) => asks.map((ask) => written.has(ask.settlement.attempt.id));
  if (asks.every((ask) => isPlain(ask, hooks)))
    return said(await saveSettlements(db.kysely, batch));
  return inTx(db, async (tx) => {
    const written = await saveSettlements(tx, batch);
    const won = batch.settlements.filter((each) => written.has(each.attempt.id));
    await markReversed(tx, won.flatMap(reversalOf));
    for (const hook of hooks) await runHook(tx, hook, won);
    return said(written);
  });
}

async function runHook(tx: Tx, hook: AfterSettlement, won: readonly Settlement[]): Promise<void> {
  const wanted = won.filter((one) => hook.wants(one));
  if (wanted.length === 0) return;
  if ("runAll" in hook) return hook.runAll(tx, wanted);
  for (const each of wanted) await hook.run(tx, each);
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
      (asks: Done[]) => openCharges(db.kysely, asks),
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
