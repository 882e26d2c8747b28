import { sql } from "kysely";
import type { Db } from "../db/pool.ts";
import { idEdge, type MerchantId } from "../lib/id.ts";
import { RUN_HOUR_MS } from "../marketplace/distribution.rules.ts";
import { RETURN_LEASE_MS } from "../marketplace/return.rules.ts";
import { OPEN_LEASE_MS } from "../payments/plan.rules.ts";
import { OPEN_LEASE_MS as PAYOUT_LEASE_MS } from "../payouts/doubt.rules.ts";

const UNDER_WAY_MAX = 1_000;

const waits = sql`state = 'open' and payout is null and not is_held and amount_minor > 0`;
const nextPayDate = sql`select min(day) from marketplace_settings s
  cross join lateral (select (c.at at time zone 'Europe/Istanbul'
    - ${RUN_HOUR_MS} * interval '1 millisecond')::date as last) run
  cross join lateral (
    select min(pay_date) as day from earnings
      where merchant_id = m.id and party = 'member' and pay_date > run.last and ${waits}
    union all select min(pay_date) from earnings
      where merchant_id = m.id and party = 'platform' and pay_date > run.last and ${waits}
        and not s.has_manual_trigger
    union all select min(pay_date) from debts
      where merchant_id = m.id and pay_date > run.last and ${waits}
  ) due
  where s.merchant_id = m.id and s.distribution = 'payout' and m.status = 'active'`;
/** When the marketplace `m`, whose time is `c.at`, next pays by itself what is due. */
const nextRun = sql`((${nextPayDate})::timestamp + ${RUN_HOUR_MS} * interval '1 millisecond')
  at time zone 'Europe/Istanbul'`;

/**
 * How many milliseconds ahead of these merchants' own clocks the next thing falls due for one of
 * them: an attempt to ask about, a charge to give back, a payment to look at, an invoice to draw, a
 * payout to send or to ask about, or one of these whose lease runs out. `undefined` where nothing
 * does. What is due already does not count, and cards that are to be erased do not: nothing is
 * decided by when that is. `now` is the real time.
 */
export async function nextDueMs(
  db: Db,
  merchants: readonly MerchantId[],
  now: Date,
): Promise<number | undefined> {
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from min(d.at - c.at)) * 1000)::float8 as ms
    from merchants m
    cross join lateral (
      select ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond' as at) c
    cross join lateral (
      select min(a.due_at) as at from payment_attempts a
        where a.merchant_id = m.id and a.status in ('open', 'doubtful') and a.due_at > c.at
      union all select min(t.unclaimed_at) from checkout_tokens t
        where t.merchant_id = m.id and t.unclaimed_at > c.at
      union all select min(r.late_at) from (
        select opened_at + ${RETURN_LEASE_MS} * interval '1 millisecond' as late_at
        from sale_returns where merchant_id = m.id and state = 'open'
      ) r where r.late_at > c.at
      union all select min(w.due_at) from payment_watches w
        where w.merchant_id = m.id and w.due_at > c.at
      union all select min(w.leased_until) from payment_watches w
        where w.merchant_id = m.id and w.due_at <= c.at and w.leased_until > c.at
      union all select min(i.due_at) from invoices i
        where i.merchant_id = m.id and i.due_at > c.at and m.status = 'active'
      union all select min(i.leased_until) from invoices i
        where i.merchant_id = m.id and i.due_at <= c.at and i.leased_until > c.at
      union all select min(p.due_at) from payouts p
        where p.merchant_id = m.id and p.due_at > c.at
          and (m.status = 'active' or p.state <> 'queued')
      union all select min(p.leased_until) from payouts p
        where p.merchant_id = m.id and p.due_at <= c.at and p.leased_until > c.at
      union all select ${nextRun}
    ) d
    where m.id = any(${merchants})`.execute(db.kysely);
  return rows[0]?.ms ?? undefined;
}

/**
 * What some process is probably at this very moment: attempts that no bank has answered and nobody
 * has been asked about, invoices that somebody has taken to draw them, and transfers likewise. A
 * payer who is at the bank's page holds up nothing: such an attempt falls due much later.
 */
export async function readUnderWay(
  db: Db,
  merchants: readonly MerchantId[],
  now: Date,
): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    select w.what from merchants m
    cross join lateral (
      select ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond' as at) c
    cross join lateral (
      select a.id as what from payment_attempts a where a.merchant_id = m.id
        and a.status = 'open' and a.due_at <= c.at + ${OPEN_LEASE_MS} * interval '1 millisecond'
      union all select m.id || ' ' || i.number from invoices i
        where i.merchant_id = m.id and i.due_at <= c.at and i.leased_until > c.at
      union all select m.id || ' payout ' || p.number from payouts p
        where p.merchant_id = m.id and p.due_at <= c.at and p.leased_until > c.at
      union all select m.id || ' watch ' || w.number from payment_watches w
        where w.merchant_id = m.id and w.due_at <= c.at and w.leased_until > c.at
      union all select r.id from payout_runs r
        join payouts p on p.merchant_id = r.merchant_id and p.number = r.payout
        where r.merchant_id = m.id and r.state = 'open'
          and p.due_at <= c.at + ${PAYOUT_LEASE_MS} * interval '1 millisecond'
    ) w
    where m.id = any(${merchants}) limit ${UNDER_WAY_MAX}`.execute(db.kysely);
  return rows.map((row) => row.what);
}

/** Tries to draw invoices, by whoever made them: those that took money, and those refused. */
export type Draws = Readonly<{ drawn: number; refused: number }>;

/** What a merchant's draws from `from` to `to`, by its own clock, came to. */
export async function countDraws(
  db: Db,
  merchant: MerchantId,
  from: Date,
  to: Date,
): Promise<Draws> {
  const { rows } = await sql<{ drawn: number; refused: number }>`
    select count(*) filter (where t.is_paid)::integer as drawn,
      count(*) filter (where a.status = 'declined')::integer as refused
    from invoice_tries t
    join payment_attempts a on a.merchant_id = t.merchant_id
      and a.id = 'att_' || substr(t.payment_id, 5)
    where t.merchant_id = ${merchant}
      and t.payment_id >= ${idEdge("pay", from)} and t.payment_id < ${idEdge("pay", to)}
    `.execute(db.kysely);
  return rows[0]!;
}
