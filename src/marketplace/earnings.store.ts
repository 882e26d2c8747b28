import { type RawBuilder, type Selectable, sql } from "kysely";
import type { Debts, Earnings } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { debtOf, debtRow, earningOf, earningRow } from "./due-rows.ts";
import type { Debt, DebtDue, Earning, EarningDue, InPayout, PayoutState } from "./earning.rules.ts";
import { isBound, isFree } from "./transfers.store.ts";

/** By what that which is due is found; all of it is one merchant's. */
export type DueName =
  | Readonly<{ number: bigint }>
  | Readonly<{ products: readonly bigint[] }>
  | Readonly<{ sale: bigint }>;

export async function insertEarnings(tx: Tx, all: readonly Earning[]): Promise<void> {
  const rows = JSON.stringify(all.map(earningRow));
  await sql`/* insert_earnings */ insert into earnings
    select * from json_populate_recordset(null::earnings, ${rows}::json)`.execute(tx);
}

export async function insertDebts(tx: Tx, all: readonly Debt[]): Promise<void> {
  if (all.length === 0) return;
  const rows = JSON.stringify(all.map(debtRow));
  await sql`/* insert_debts */ insert into debts
    select * from json_populate_recordset(null::debts, ${rows}::json)`.execute(tx);
}

/** Writes what may change of earnings that the caller has locked. */
export async function saveEarnings(tx: Tx, all: readonly Earning[]): Promise<void> {
  const rows = JSON.stringify(all.map(earningRow));
  await sql`/* save_earnings */ update earnings e
    set amount_minor = j.amount_minor, reflection_date = j.reflection_date, pay_date = j.pay_date,
      state = j.state, is_retried = j.is_retried, payout = j.payout
    from json_populate_recordset(null::earnings, ${rows}::json) j
    where e.merchant_id = j.merchant_id and e.number = j.number`.execute(tx);
}

/** Writes what may change of debts that the caller has locked. */
export async function saveDebts(tx: Tx, all: readonly Debt[]): Promise<void> {
  if (all.length === 0) return;
  const rows = JSON.stringify(all.map(debtRow));
  await sql`/* save_debts */ update debts d
    set amount_minor = j.amount_minor, pay_date = j.pay_date, state = j.state, payout = j.payout
    from json_populate_recordset(null::debts, ${rows}::json) j
    where d.merchant_id = j.merchant_id and d.number = j.number`.execute(tx);
}

/** The condition by which rows of `r` are found. */
function named(by: DueName): RawBuilder<boolean> {
  if ("number" in by) return sql`r.number = ${by.number}`;
  if ("sale" in by) return sql`r.sale = ${by.sale} and r.state <> 'deleted'`;
  return sql`r.product = any(${[...by.products]}::bigint[]) and r.state <> 'deleted'`;
}

type WithPayout<Row> = Row & Readonly<{ payout_state: PayoutState | null }>;
const rowsOf = (table: "earnings" | "debts", merchant: MerchantId, by: DueName) => sql`
  select r.*, p.state as payout_state from ${sql.table(table)} r
    left join payouts p on p.merchant_id = r.merchant_id and p.number = r.payout
    where r.merchant_id = ${merchant} and ${named(by)} order by r.number`;

const earningDue = (row: WithPayout<Selectable<Earnings>>): EarningDue => ({
  ...earningOf(row),
  payoutState: row.payout_state,
});
const debtDue = (row: WithPayout<Selectable<Debts>>): DebtDue => ({
  ...debtOf(row),
  payoutState: row.payout_state,
});

/** What is due, with the state of the payout it is in. Deleted ones are found by number alone. */
export async function readEarnings(db: Reader, merchant: MerchantId, by: DueName) {
  const { rows } = await sql<WithPayout<Selectable<Earnings>>>`${rowsOf("earnings", merchant, by)}
    `.execute(db);
  return rows.map(earningDue);
}

/** As `readEarnings`, of debts. */
export async function readDebts(db: Reader, merchant: MerchantId, by: DueName) {
  const { rows } = await sql<WithPayout<Selectable<Debts>>>`${rowsOf("debts", merchant, by)}
    `.execute(db);
  return rows.map(debtDue);
}

export type MemberPage = Readonly<{
  member: bigint;
  start: number;
  length: number;
  isDescending: boolean;
  /** Days, `yyyy-MM-dd`, of reflection dates: both ends are included. */
  from?: string | undefined;
  to?: string | undefined;
}>;

/** A page of what a member is due of products, and how many there are of it. */
export async function listMemberEarnings(db: Reader, merchant: MerchantId, page: MemberPage) {
  const { member, start, length, isDescending, from = null, to = null } = page;
  const where = sql`r.merchant_id = ${merchant} and r.member = ${member} and r.party = 'member'
    and r.state <> 'deleted' and (${from}::date is null or r.reflection_date >= ${from}::date)
    and (${to}::date is null or r.reflection_date <= ${to}::date)`;
  const order = isDescending ? sql`desc` : sql`asc`;
  const { rows } = await sql<WithPayout<Selectable<Earnings>>>`
    select r.*, p.state as payout_state from earnings r
      left join payouts p on p.merchant_id = r.merchant_id and p.number = r.payout
      where ${where} order by r.number ${order} limit ${length} offset ${start}`.execute(db);
  const counted = await sql<{ total: bigint }>`
    select count(*) as total from earnings r where ${where}`.execute(db);
  return { earnings: rows.map(earningDue), total: counted.rows[0]!.total };
}

/**
 * Locks the failed payouts that such rows are in and that `are` so, always before the rows
 * themselves: nobody starts one of them again until the transaction ends.
 */
async function lockFailed(
  tx: Tx,
  table: "earnings" | "debts",
  merchant: MerchantId,
  by: DueName,
  are: RawBuilder<boolean> = isFree,
): Promise<ReadonlySet<bigint>> {
  const { rows } = await sql<{ number: bigint }>`
    select p.number from payouts p
      where p.merchant_id = ${merchant} and ${are} and p.number in (
        select r.payout from ${sql.table(table)} r
          where r.merchant_id = ${merchant} and r.payout is not null and ${named(by)})
      order by p.number for update`.execute(tx);
  return new Set(rows.map(({ number }) => number));
}

/**
 * Locks those of which the bank may have paid what it denied, and names them: what is in them is
 * asked for again as a whole.
 */
export async function lockBound(tx: Tx, merchant: MerchantId, by: DueName) {
  const earned = await lockFailed(tx, "earnings", merchant, by, isBound);
  const owed = "number" in by ? [] : await lockFailed(tx, "debts", merchant, by, isBound);
  return new Set([...earned, ...owed]);
}

/**
 * A payout that was made, or failed, while the locks were waited for is as good as under way. So is
 * one of which the bank may have paid what it denied.
 */
function settled<Due extends InPayout & Readonly<{ payout: bigint | null }>>(
  due: Due,
  failed: ReadonlySet<bigint>,
): Due {
  const { payout, payoutState } = due;
  const isLocked = payoutState !== "failed" || (payout !== null && failed.has(payout));
  const isKnown = payout === null || payoutState !== null;
  return isLocked && isKnown ? due : { ...due, payoutState: "queued" };
}

/**
 * As `readEarnings`, and nobody else pays, changes or deletes them until the transaction ends. The
 * caller has locked their sale, or locks nothing else of it.
 */
export async function lockEarnings(tx: Tx, merchant: MerchantId, by: DueName) {
  const failed = await lockFailed(tx, "earnings", merchant, by);
  const { rows } = await sql<WithPayout<Selectable<Earnings>>>`
    ${rowsOf("earnings", merchant, by)} for update of r`.execute(tx);
  return rows.map(earningDue).map((due) => settled(due, failed));
}

/** As `lockEarnings`, of debts. */
export async function lockDebts(tx: Tx, merchant: MerchantId, by: DueName) {
  const failed = await lockFailed(tx, "debts", merchant, by);
  const { rows } = await sql<WithPayout<Selectable<Debts>>>`
    ${rowsOf("debts", merchant, by)} for update of r`.execute(tx);
  return rows.map(debtDue).map((due) => settled(due, failed));
}

/** Whether earnings or debts of a member are open that no payout has paid. */
export async function isMemberDue(
  db: Reader,
  { merchantId, number }: Readonly<{ merchantId: MerchantId; number: bigint }>,
): Promise<boolean> {
  const { rows } = await sql<{ is_due: boolean }>`/* is_member_due */
    select exists (
      select from earnings e
        left join payouts p on p.merchant_id = e.merchant_id and p.number = e.payout
      where e.merchant_id = ${merchantId} and e.member = ${number} and e.party = 'member'
        and e.state = 'open' and p.state is distinct from 'paid'
    ) or exists (
      select from debts d
        left join payouts p on p.merchant_id = d.merchant_id and p.number = d.payout
      where d.merchant_id = ${merchantId} and d.member = ${number}
        and d.state = 'open' and p.state is distinct from 'paid'
    ) as is_due`.execute(db);
  return rows[0]!.is_due;
}
