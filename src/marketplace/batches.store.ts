import { sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import { isoText } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import type { BatchLine, DueTransfer } from "./distribution.rules.ts";
import { debtsIn, earningsIn, type Round } from "./distribution.store.ts";

/** A file that was taken: what was due up to a day, by whom and when. */
export type BatchName = Readonly<{ merchantId: MerchantId; batch: bigint }>;
type NewBatch = Readonly<{ day: string; by: string; at: Date }>;

/** Opens a marketplace's next batch. The caller holds the marketplace's lock. */
export async function insertBatch(
  tx: Tx,
  merchant: MerchantId,
  { day, by, at }: NewBatch,
): Promise<bigint> {
  const { rows } = await sql<{ number: bigint }>`
    insert into payout_batches (merchant_id, number, through_day, made_by, made_at)
    select ${merchant}, coalesce(max(number), 0) + 1, ${day}::date, ${by}, ${at}::timestamptz
    from payout_batches where merchant_id = ${merchant}
    returning number`.execute(tx);
  return rows[0]!.number;
}

export type NewTransfer = DueTransfer & Readonly<{ number: bigint; guid: string }>;

/** Stores the payouts of a batch, of what was read. `saveTotals` says what they are. */
export async function insertTransfers(
  tx: Tx,
  { merchantId, batch }: BatchName,
  all: readonly NewTransfer[],
  at: Date,
): Promise<void> {
  const rows = all.map((each) => ({
    ...{ merchant_id: merchantId, number: `${each.number}`, guid: each.guid, batch: `${batch}` },
    ...{ kind: "hand", party: each.party, member: each.member?.toString() ?? null },
    ...{ currency: each.currency, amount_minor: `${each.amountMinor}`, count: each.count },
    ...{ title: each.title, iban: each.iban, description: each.description, details: {} },
    ...{ state: "queued", runs: 0, failure: "", is_bound: false, created_at: isoText(at) },
  }));
  await sql`insert into payouts
    select * from json_populate_recordset(null::payouts, ${JSON.stringify(rows)}::json)
    `.execute(tx);
}

/** Puts what is due in a round into the payouts of a batch, each to its receiver. */
export async function markDue(
  tx: Tx,
  { merchantId, batch }: BatchName,
  round: Round,
): Promise<void> {
  const inBatch = sql`p.merchant_id = ${merchantId} and p.batch = ${batch}`;
  await sql`update earnings e set payout = p.number, is_retried = false from payouts p
    where ${inBatch} and ${earningsIn(round)} and e.party = p.party and e.currency = p.currency
      and (p.member is null or e.member = p.member)`.execute(tx);
  await sql`update debts d set payout = p.number from payouts p
    where ${inBatch} and ${debtsIn(round)} and d.currency = p.currency and d.member = p.member
    `.execute(tx);
}

/**
 * Writes what the payouts of a batch are, by what is in them, and says for how many that is more
 * than nothing.
 */
export async function saveTotals(
  tx: Tx,
  { merchantId, batch }: BatchName,
  text: string,
): Promise<number> {
  const inBatch = sql`p.merchant_id = ${merchantId} and p.batch = ${batch}`;
  const done = await sql`
    with part as (
      select p.number, e.amount_minor, a.description collate "C" as said from payouts p
        join earnings e on e.merchant_id = p.merchant_id and e.payout = p.number
        join approvals a on a.merchant_id = e.merchant_id and a.id = e.approval_id
        where ${inBatch}
      union all
      select p.number, d.amount_minor, null from payouts p
        join debts d on d.merchant_id = p.merchant_id and d.payout = p.number where ${inBatch}
    ), total as (
      select number, sum(amount_minor)::bigint as amount, count(*)::integer as count,
        min(said) as lowest, max(said) as highest
      from part group by number having sum(amount_minor) > 0
    )
    update payouts p set amount_minor = t.amount, count = t.count,
      description = case when t.lowest = t.highest and t.lowest <> '' then t.lowest
        else ${text} end
    from total t where ${inBatch} and p.number = t.number`.execute(tx);
  return Number(done.numAffectedRows ?? 0n);
}

/** The newest batches, at most so many, the newest first; a line for each currency. */
export async function listBatches(
  db: Reader,
  merchant: MerchantId,
  { most, onlyOpen }: Readonly<{ most: number; onlyOpen: boolean }>,
): Promise<BatchLine[]> {
  const { rows } = await sql<{
    batch: bigint;
    day: string;
    by: string;
    at: Date;
    currency: Currency;
    count: number;
    amount: bigint;
    open: number;
    open_amount: bigint;
    paid: number;
    failed: number;
  }>`
    with listed as (
      select * from payout_batches b where b.merchant_id = ${merchant}
        and (not ${onlyOpen}::boolean or exists (select from payouts p
          where p.merchant_id = ${merchant} and p.batch = b.number and p.state = 'queued'))
      order by b.number desc limit ${most}
    )
    select b.number as batch, b.through_day as day, b.made_by as by, b.made_at as at, p.currency,
      count(*)::integer as count, sum(p.amount_minor)::bigint as amount,
      count(*) filter (where p.state = 'queued')::integer as open,
      coalesce(sum(p.amount_minor) filter (where p.state = 'queued'), 0)::bigint as open_amount,
      count(*) filter (where p.state = 'paid')::integer as paid,
      count(*) filter (where p.state = 'failed')::integer as failed
    from listed b join payouts p on p.merchant_id = b.merchant_id and p.batch = b.number
    group by b.number, b.through_day, b.made_by, b.made_at, p.currency
    order by b.number desc, p.currency`.execute(db);
  return rows.map((row) => ({
    ...{ batch: row.batch, day: row.day, by: row.by, at: row.at, currency: row.currency },
    ...{ count: row.count, amountMinor: row.amount },
    ...{ openCount: row.open, openMinor: row.open_amount },
    ...{ paidCount: row.paid, failedCount: row.failed },
  }));
}
