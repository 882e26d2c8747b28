import { sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import type { Total } from "./orders.store.ts";

/**
 * Of a payout `p`: whether it failed, and others may pay what is in it. Where the bank had denied a
 * transfer of it, it may have paid all the same: what is in it is paid by it alone.
 */
export const isFree = sql<boolean>`(p.state = 'failed' and not p.is_bound)`;
/** The same of one whose content nobody touches: it failed, and is asked for again as a whole. */
export const isBound = sql<boolean>`(p.state = 'failed' and p.is_bound)`;

/** The account at a bank from which a currency is paid out, if there is one. */
export async function mainConnection(
  db: Reader,
  merchant: MerchantId,
  currency: Currency,
): Promise<bigint | undefined> {
  const row = await db
    .selectFrom("payout_connections")
    .select("number")
    .where("merchant_id", "=", merchant)
    .where("currency", "=", currency)
    .where("is_main", "=", true)
    .where("is_open", "=", true)
    .executeTakeFirst();
  return row?.number;
}

/** What an order pays, and what its transfer says, once the transaction that gives it knows. */
export async function saveTotal(
  tx: Tx,
  merchant: MerchantId,
  payout: bigint,
  { amountMinor, count, description }: Total & Readonly<{ description: string }>,
): Promise<void> {
  await tx
    .updateTable("payouts")
    .set({ amount_minor: amountMinor, count, description })
    .where("merchant_id", "=", merchant)
    .where("number", "=", payout)
    .execute();
}

/** From where an order is paid when it is carried out again: its first account may be closed. */
export async function saveConnection(
  tx: Tx,
  merchant: MerchantId,
  payout: bigint,
  connection: bigint,
): Promise<void> {
  await tx
    .updateTable("payouts")
    .set({ connection })
    .where("merchant_id", "=", merchant)
    .where("number", "=", payout)
    .execute();
}

/** Takes debts out of payouts that failed, whose rows the caller holds: they are due again. */
export async function releaseDebts(
  tx: Tx,
  merchant: MerchantId,
  payouts: readonly bigint[],
  day: string,
): Promise<void> {
  await sql`update debts set payout = null, pay_date = greatest(pay_date, ${day}::date)
    where merchant_id = ${merchant} and payout = any(${payouts}::bigint[])`.execute(tx);
}
