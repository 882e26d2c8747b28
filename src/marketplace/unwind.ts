import type { Tx } from "../db/transaction.ts";
import { nextBusinessDay } from "../lib/business-day.ts";
import { istanbulDay } from "../lib/clock.ts";
import type { NextNumber } from "../merchants/index.ts";
import { carryChange } from "./carry-change.ts";
import type { Debt } from "./earning.rules.ts";
import { lockDebts, lockEarnings } from "./earnings.store.ts";
import { type Change, type Clawback, unwound, unwoundLate } from "./return.rules.ts";
import { hold, letGo } from "./returns.store.ts";
import type { Sale } from "./sale.rules.ts";

/** A sale that the caller has locked, of which money went back. */
export type ReturnedSale = Readonly<{ tx: Tx; sale: Sale; now: Date; nextDebt: NextNumber }>;

async function clawbackOf(
  { sale, now, nextDebt }: ReturnedSale,
  { from, minor }: Clawback,
): Promise<Debt> {
  const { merchantId, product, member, currency } = from;
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

/** All that is due of a sale, locked. */
export async function dueOf({ tx, sale }: ReturnedSale) {
  const named = { sale: sale.number };
  const earnings = await lockEarnings(tx, sale.merchantId, named);
  return { earnings, debts: await lockDebts(tx, sale.merchantId, named) };
}

/** Writes what becomes of what is due. */
export async function carryOut(place: ReturnedSale, change: Change): Promise<void> {
  const { earnings, debts: deleted, freed, held } = change;
  const added: Debt[] = [];
  for (const each of change.clawbacks) added.push(await clawbackOf(place, each));
  await carryChange(place, "refund", { earnings, deleted, added, freed });
  await hold(place.tx, place.sale.merchantId, held);
}

/** Takes away what is due of a sale that is back whole. */
export const unwind = async (place: ReturnedSale): Promise<void> =>
  carryOut(place, unwound(await dueOf(place)));

/**
 * Of products of which something is held. Others may have been approved since for money that was
 * taken anew.
 */
function ofHeld({ earnings, debts }: Awaited<ReturnType<typeof dueOf>>) {
  const held = [...earnings, ...debts].filter(({ isHeld }) => isHeld);
  const products = new Set(held.map(({ product }) => product));
  const isIts = ({ product }: Readonly<{ product: bigint }>) => products.has(product);
  return { earnings: earnings.filter(isIts), debts: debts.filter(isIts) };
}

/** The same once payouts that were under way then have ended. Says whether less is held then. */
export async function unwindLate(place: ReturnedSale): Promise<boolean> {
  const due = ofHeld(await dueOf(place));
  const change = unwoundLate(due);
  await letGo(place.tx, place.sale.merchantId, place.sale.number);
  await carryOut(place, change);
  const { held } = change;
  const before = [...due.earnings, ...due.debts].filter(({ isHeld }) => isHeld);
  return before.length > held.earnings.length + held.debts.length;
}
