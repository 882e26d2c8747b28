import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Tx } from "../db/transaction.ts";
import { isoText } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Account } from "./account.rules.ts";
import type { Entry } from "./entry.rules.ts";

/**
 * The insert of a batch of entries, as a part of the statement that settles what they book. `where`
 * says of an entry `e` whether its source was settled there.
 */
export function entriesInsert(entries: readonly Entry[], where: RawBuilder<boolean>) {
  const rows = entries.map((entry) => ({
    merchant_id: entry.merchantId,
    id: entry.id,
    kind: entry.kind,
    source_id: entry.sourceId,
    debit_account: entry.debit,
    credit_account: entry.credit,
    amount_minor: entry.amountMinor.toString(),
    currency: entry.currency,
    posted_at: isoText(entry.postedAt),
  }));
  return sql`insert into ledger_entries select e.*
    from json_populate_recordset(null::ledger_entries, ${JSON.stringify(rows)}::json) e
    where ${where}`;
}

/** Books entries by themselves. Breaks the primary key where their source is booked already. */
export async function postEntries(tx: Tx, entries: readonly Entry[]): Promise<void> {
  if (entries.length > 0) await entriesInsert(entries, sql`true`).execute(tx);
}

export type Balance = Readonly<{ account: string; currency: string; balanceMinor: bigint }>;

/** Debits less credits of every account, by all entries posted from `from` and before `to`. */
const movements = (merchant: MerchantId, from: Date, to: Date) => sql`
  select account, currency, sum(amount)::bigint as moved from (
    select debit_account as account, currency, amount_minor as amount from ledger_entries
      where merchant_id = ${merchant} and posted_at >= ${from} and posted_at < ${to}
    union all
    select credit_account, currency, -amount_minor from ledger_entries
      where merchant_id = ${merchant} and posted_at >= ${from} and posted_at < ${to}
  ) as sides group by account, currency`;

const EARLIEST = new Date(0);
const LATEST = new Date(8_640_000_000_000);

async function lastCut(db: Db | Tx, merchant: MerchantId, before: Date): Promise<Date> {
  const runner = "kysely" in db ? db.kysely : db;
  const row = await runner
    .selectFrom("ledger_snapshots")
    .select((eb) => eb.fn.max("cut_at").as("cut_at"))
    .where("merchant_id", "=", merchant)
    .where("cut_at", "<=", before)
    .executeTakeFirst();
  return row?.cut_at ?? EARLIEST;
}

/** Balances of all accounts by what was posted before `at`: last snapshot and what came after. */
export async function readBalances(db: Db, merchant: MerchantId, at: Date): Promise<Balance[]> {
  const cut = await lastCut(db, merchant, at);
  const { rows } = await sql<{ account: string; currency: string; balance: bigint }>`
    select account, currency, sum(moved)::bigint as balance from (
      select account, currency, balance_minor as moved from ledger_snapshots
        where merchant_id = ${merchant} and cut_at = ${cut}
      union all (${movements(merchant, cut, at)})
    ) as all_moves group by account, currency order by account, currency`.execute(db.kysely);
  return rows.map((row) => ({
    account: row.account,
    currency: row.currency,
    balanceMinor: row.balance,
  }));
}

/** Writes the balances as of `cut`, unless a snapshot of that moment is there. */
export async function insertSnapshot(tx: Tx, merchant: MerchantId, cut: Date): Promise<number> {
  const last = await lastCut(tx, merchant, cut);
  const done = await sql`
    insert into ledger_snapshots (merchant_id, account, currency, cut_at, balance_minor)
    select ${merchant}::text, account, currency, ${cut}::timestamptz, sum(moved)::bigint from (
      select account, currency, balance_minor as moved from ledger_snapshots
        where merchant_id = ${merchant} and cut_at = ${last}
      union all (${movements(merchant, last, cut)})
    ) as all_moves group by account, currency
    on conflict do nothing`.execute(tx);
  return Number(done.numAffectedRows ?? 0n);
}

/** Accounts whose kept balance is not what all entries before its moment add up to. */
export async function checkSnapshots(db: Db, merchant: MerchantId): Promise<string[]> {
  const cut = await lastCut(db, merchant, LATEST);
  if (cut === EARLIEST) return [];
  const { rows } = await sql<{ account: string }>`
    select coalesce(s.account, m.account) as account
    from (select account, currency, balance_minor from ledger_snapshots
        where merchant_id = ${merchant} and cut_at = ${cut}) as s
      full join (${movements(merchant, EARLIEST, cut)}) as m
        on m.account = s.account and m.currency = s.currency
    where coalesce(s.balance_minor, 0) <> coalesce(m.moved, 0)`.execute(db.kysely);
  return rows.map((row) => row.account);
}

/** The entries that book the given attempts. */
export async function readEntriesOf(db: Db, merchant: MerchantId, sourceIds: readonly string[]) {
  if (sourceIds.length === 0) return [];
  // An entry's id begins with its source's characters, so a page of attempts is a span of the key.
  const bare = sourceIds.map((id) => id.slice(id.indexOf("_") + 1)).toSorted();
  const rows = await db.kysely
    .selectFrom("ledger_entries")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("id", ">=", `ent_${bare[0]}`)
    .where("id", "<=", `ent_${bare.at(-1)}~`)
    .where("source_id", "in", sourceIds)
    .execute();
  return rows.map((row) => ({
    kind: row.kind,
    sourceId: row.source_id,
    debit: row.debit_account as Account,
    credit: row.credit_account as Account,
    amountMinor: row.amount_minor,
  }));
}
