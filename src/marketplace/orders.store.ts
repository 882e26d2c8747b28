import { type Selectable, sql } from "kysely";
import type { Payouts } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import type { PayoutState } from "./earning.rules.ts";
import type { DayCount, Neighbour, Span } from "./order.rules.ts";
import { isFree } from "./transfers.store.ts";

/** The platform's earnings of a currency that are due within some days. */
export type Pool = Readonly<{ merchantId: MerchantId; currency: Currency; span: Span }>;
/** How much it is, and of how many earnings. */
export type Total = Readonly<{ amountMinor: bigint; count: number }>;

/**
 * An order that was given. `amountMinor` and `count` are what it pays, or what it paid; after it
 * has failed, what it tried to pay. `isBound`: what is in it stays in it as it is.
 */
export type Order = Total &
  Readonly<{ number: bigint; guid: string; span: Span; currency: Currency; state: PayoutState }> &
  Readonly<{ isBound: boolean }>;

/** Nothing is paid twice, and nothing that is about to go back or has come to nothing. */
const payable = sql`e.state = 'open' and not e.is_held and e.amount_minor > 0`;
const inPool = ({ merchantId, currency, span }: Pool) => sql`e.merchant_id = ${merchantId}
  and e.party = 'platform' and e.currency = ${currency}
  and e.reflection_date between ${span.from}::date and ${span.to}::date and ${payable}`;
/** Payouts of the platform that failed, and what they did not pay may be paid by others. */
const failedIn = ({ merchantId, currency }: Pool) => sql`p.merchant_id = ${merchantId}
  and p.party = 'platform' and p.currency = ${currency}
  and ${isFree} and p.kind <> 'direct'`;

/** What an order for these days would pay: what waits, and what other payouts failed to pay. */
export async function readPool(db: Reader, pool: Pool): Promise<Total> {
  const { rows } = await sql<{ amount: bigint; count: number }>`
    select coalesce(sum(amount_minor), 0)::bigint as amount, count(*)::integer as count
    from (
      select e.amount_minor from earnings e where ${inPool(pool)} and e.payout is null
      union all
      select e.amount_minor from payouts p
        join earnings e on e.merchant_id = p.merchant_id and e.payout = p.number
        where ${failedIn(pool)} and ${inPool(pool)}
    ) due`.execute(db);
  const { amount, count } = rows[0]!;
  return { amountMinor: amount, count };
}

/**
 * Orders of a marketplace are given, repeated and made by the day one after the other: each waits
 * here for the one before it. Says how the marketplace pays out; `undefined` of one that is none.
 */
export async function lockMarketplace(tx: Tx, merchant: MerchantId) {
  const row = await tx
    .selectFrom("marketplace_settings")
    .select(["distribution", "has_manual_trigger"])
    .where("merchant_id", "=", merchant)
    .forUpdate()
    .executeTakeFirst();
  return row && { distribution: row.distribution, hasManualTrigger: row.has_manual_trigger };
}

/** The orders of a currency that have a day in common with the pool's. */
export async function readNeighbours(tx: Tx, pool: Pool): Promise<Neighbour[]> {
  const rows = await tx
    .selectFrom("payouts")
    .select(["date_from", "date_to", "state"])
    .where("merchant_id", "=", pool.merchantId)
    .where("kind", "=", "order")
    .where("currency", "=", pool.currency)
    .where("date_from", "<=", pool.span.to)
    .where("date_to", ">=", pool.span.from)
    .where("state", "<>", "failed")
    .execute();
  return rows.map((row) => ({ from: row.date_from!, to: row.date_to!, state: row.state }));
}

/** Keeps others from trying again what these payouts failed to pay, and names them. */
export async function lockFailed(tx: Tx, pool: Pool): Promise<bigint[]> {
  const { rows } = await sql<{ number: bigint }>`
    select p.number from payouts p
    where ${failedIn(pool)} and exists (select from earnings e
      where e.payout = p.number and ${inPool(pool)})
    order by p.number for update`.execute(tx);
  return rows.map((row) => row.number);
}

/** Of a pool what waits, or what these payouts failed to pay. */
export type Part = Readonly<{ failed?: readonly bigint[] }>;
const inPart = ({ failed }: Part) =>
  failed ? sql`e.payout = any(${failed}::bigint[])` : sql`e.payout is null`;

/** On which days of the pool something is due, and how many earnings, day after day. */
export async function readDays(tx: Tx, pool: Pool, part: Part): Promise<DayCount[]> {
  const { rows } = await sql<DayCount>`
    select e.reflection_date as day, count(*)::integer as count from earnings e
    where ${inPool(pool)} and ${inPart(part)}
    group by e.reflection_date order by e.reflection_date`.execute(tx);
  return rows;
}

/** What was marked, and the lowest and highest of what its approvals say of the transfer. */
export type Marked = Total & Readonly<{ lowest: string | null; highest: string | null }>;

/** Puts all that is due in the pool into a payout, in one statement. */
export async function markPool(tx: Tx, pool: Pool, part: Part, payout: bigint): Promise<Marked> {
  const { rows } = await sql<Omit<Marked, "amountMinor"> & { amount: bigint }>`
    with marked as (
      update earnings e set payout = ${payout}, is_retried = false
      where ${inPool(pool)} and ${inPart(part)}
      returning e.amount_minor, e.approval_id
    )
    select coalesce(sum(m.amount_minor), 0)::bigint as amount, count(*)::integer as count,
      min(a.description collate "C") as lowest, max(a.description collate "C") as highest
    from marked m
    join approvals a on a.merchant_id = ${pool.merchantId} and a.id = m.approval_id`.execute(tx);
  const { amount, ...rest } = rows[0]!;
  return { amountMinor: amount, ...rest };
}

/** Takes out of an order that failed what nobody pays now; it waits for another order. */
export async function releaseHeld(tx: Tx, merchant: MerchantId, payout: bigint): Promise<void> {
  await sql`update earnings set payout = null, is_retried = true
    where merchant_id = ${merchant} and payout = ${payout} and (is_held or amount_minor = 0)
    `.execute(tx);
}

/** What is still in a payout. */
export async function readContent(tx: Tx, merchant: MerchantId, payout: bigint): Promise<Total> {
  const { rows } = await sql<{ amount: bigint; count: number }>`
    select coalesce(sum(amount_minor), 0)::bigint as amount, count(*)::integer as count
    from earnings where merchant_id = ${merchant} and payout = ${payout}`.execute(tx);
  const { amount, count } = rows[0]!;
  return { amountMinor: amount, count };
}

const orderBy = (db: Reader, merchant: MerchantId, guid: string) =>
  db
    .selectFrom("payouts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("guid", "=", guid)
    .where("kind", "=", "order");

/** The order that a client follows by its GUID. */
export async function readOrder(
  db: Reader,
  merchant: MerchantId,
  guid: string,
): Promise<Order | undefined> {
  const row = await orderBy(db, merchant, guid).executeTakeFirst();
  return row && orderOf(row);
}

/** The same, kept from others until the transaction ends. */
export async function lockOrder(tx: Tx, merchant: MerchantId, guid: string) {
  const row = await orderBy(tx, merchant, guid).forUpdate().executeTakeFirst();
  return row && orderOf(row);
}

function orderOf(row: Selectable<Payouts>): Order {
  return {
    number: row.number,
    guid: row.guid,
    span: { from: row.date_from!, to: row.date_to! },
    currency: row.currency,
    state: row.state,
    amountMinor: row.amount_minor,
    count: row.count,
    isBound: row.is_bound,
  };
}

/** Whether there is an account for the platform's own money of a currency. */
export async function hasPlatformAccount(
  db: Reader,
  merchant: MerchantId,
  currency: Currency,
): Promise<boolean> {
  const row = await db
    .selectFrom("platform_accounts")
    .select("currency")
    .where("merchant_id", "=", merchant)
    .where("currency", "=", currency)
    .executeTakeFirst();
  return row !== undefined;
}
