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

/** In place of the member where the platform itself is paid; no member has it. */
const NOBODY = 0n;

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

/** What was put into a payout, and the lowest and highest of what approvals say of it. */
export type Part = Readonly<{
  number: bigint;
  amount: bigint;
  count: number;
  lowest: string | null;
  highest: string | null;
}>;

/**
 * Puts what is due in a round into these payouts, each to its receiver, and says what that was.
 * They are told again, since the database has not counted yet how many it has, and whose they are
 * is one value, by which they are found at once.
 */
export async function markDue(
  tx: Tx,
  round: Round,
  all: readonly NewTransfer[],
): Promise<readonly Part[]> {
  const rows = all.map(({ number, member, currency }) => ({
    ...{ number: `${number}`, whose: `${member ?? NOBODY}`, currency },
  }));
  const receivers = sql`json_to_recordset(${JSON.stringify(rows)}::json)
    as r (number bigint, whose bigint, currency text)`;
  const earned = await sql<Part>`
    with marked as (
      update earnings e set payout = r.number, is_retried = false from ${receivers}
      where ${earningsIn(round)} and e.currency = r.currency
        and case e.party when 'member' then e.member else ${NOBODY} end = r.whose
      returning r.number, e.amount_minor, e.approval_id
    )
    select m.number, sum(m.amount_minor)::bigint as amount, count(*)::integer as count,
      min(a.description collate "C") as lowest, max(a.description collate "C") as highest
    from marked m
    join approvals a on a.merchant_id = ${round.merchantId} and a.id = m.approval_id
    group by m.number`.execute(tx);
  const owed = await sql<Part>`
    with marked as (
      update debts d set payout = r.number from ${receivers}
      where ${debtsIn(round)} and d.currency = r.currency and d.member = r.whose
      returning r.number, d.amount_minor
    )
    select number, sum(amount_minor)::bigint as amount, count(*)::integer as count,
      null as lowest, null as highest
    from marked group by number`.execute(tx);
  return [...earned.rows, ...owed.rows];
}

/** What a payout of a batch is, once all is in it. */
export type TransferTotal = Readonly<{
  number: bigint;
  amountMinor: bigint;
  count: number;
  description: string;
}>;

/** Writes what the payouts of a batch are. Fails where one is of nothing. */
export async function saveTotals(
  tx: Tx,
  merchant: MerchantId,
  all: readonly TransferTotal[],
): Promise<void> {
  const rows = all.map(({ number, amountMinor, count, description }) => ({
    ...{ number: `${number}`, amount: `${amountMinor}`, count, description },
  }));
  await sql`update payouts p
    set amount_minor = t.amount, count = t.count, description = t.description
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as t (number bigint, amount bigint, count integer, description text)
    where p.merchant_id = ${merchant} and p.number = t.number`.execute(tx);
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
    returned: number;
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
      count(*) filter (where p.state = 'failed' and p.failure <> 'came_back')::integer as failed,
      count(*) filter (where p.state = 'failed' and p.failure = 'came_back')::integer as returned
    from listed b join payouts p on p.merchant_id = b.merchant_id and p.batch = b.number
    group by b.number, b.through_day, b.made_by, b.made_at, p.currency
    order by b.number desc, p.currency`.execute(db);
  return rows.map((row) => ({
    ...{ batch: row.batch, day: row.day, by: row.by, at: row.at, currency: row.currency },
    ...{ count: row.count, amountMinor: row.amount },
    ...{ openCount: row.open, openMinor: row.open_amount },
    ...{ paidCount: row.paid, failedCount: row.failed, returnedCount: row.returned },
  }));
}
