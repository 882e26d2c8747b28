import { type RawBuilder, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import { RUN_HOUR_MS } from "./distribution.rules.ts";
import type { DayCount } from "./order.rules.ts";
import { isFree } from "./transfers.store.ts";

/** What is neither paid nor about to go back. */
const waits = sql`state = 'open' and payout is null and not is_held`;

/** One look into the index for what of these rows is due first. */
const firstDue = (rows: RawBuilder<unknown>) => sql`(select 1 ${rows}
  and pay_date <= c.day and amount_minor > 0 and ${waits} order by pay_date limit 1)`;

/**
 * Marketplaces that pay by transfers and for whom something is due whose hour has come, by their
 * own clocks; of what members owe back alone nothing is due. `now` is the real time. The limits
 * keep it at a look into the index for each: an `exists` was planned as a walk through the whole
 * table in the hope that the first row is due.
 */
export async function merchantsToPay(db: Db, now: Date): Promise<MerchantId[]> {
  const { rows } = await sql<{ id: MerchantId }>`
    select m.id from marketplace_settings s
    join merchants m on m.id = s.merchant_id
    cross join lateral (
      select ((${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond')
        at time zone 'Europe/Istanbul' - ${RUN_HOUR_MS} * interval '1 millisecond')::date as day) c
    cross join lateral (
      ${firstDue(sql`from earnings where merchant_id = m.id and party = 'member'`)}
      union all ${firstDue(sql`from earnings where merchant_id = m.id and party = 'platform'
        and not s.has_manual_trigger`)}
      union all ${firstDue(sql`from debts where merchant_id = m.id`)}
      limit 1) due
    where s.distribution = 'payout' and m.status = 'active' order by m.id`.execute(db.kysely);
  return rows.map((row) => row.id);
}

/**
 * What a round pays: of whom, up to which day, and whether the platform's own is among it. `again`:
 * failed payouts out of which earnings and debts are taken over by it.
 */
export type Round = Readonly<{
  merchantId: MerchantId;
  through: string;
  withPlatform: boolean;
  again?: Readonly<{ earnings: readonly bigint[]; debts: readonly bigint[] }>;
}>;

/** In no payout, or in one of these. */
const isOutside = (payout: RawBuilder<unknown>, among: readonly bigint[] = []) =>
  among.length === 0
    ? sql`${payout} is null`
    : sql`(${payout} is null or ${payout} = any(${[...among]}::bigint[]))`;

export const earningsIn = ({ merchantId, through, withPlatform, again }: Round) => sql`
  e.merchant_id = ${merchantId} and (e.party = 'member' or ${withPlatform}::boolean)
  and e.pay_date <= ${through}::date and e.amount_minor > 0
  and e.state = 'open' and ${isOutside(sql`e.payout`, again?.earnings)} and not e.is_held`;
/** What a member owes back is taken off as soon as there is something to take it off from. */
export const debtsIn = ({ merchantId, through, again }: Round) => sql`d.merchant_id = ${merchantId}
  and (d.pay_date <= ${through}::date or d.kind = 'clawback')
  and d.state = 'open' and ${isOutside(sql`d.payout`, again?.debts)} and not d.is_held`;

/** Of a payout `p`: whether its member has an account by now, where it failed for want of one. */
const canReceive = sql`(p.failure <> 'account_missing' or exists (select from member_accounts a
  where a.merchant_id = p.merchant_id and a.member = p.member and a.currency = p.currency
    and a.deleted_at is null))`;

/**
 * Locks the payouts of members that failed before a moment with debts in them, and names them.
 * Nobody asks for a debt again: it goes with whatever its member is paid next. Of a member without
 * an account it stays where it is: it would fail each day anew.
 */
export async function lockStuck(tx: Tx, merchant: MerchantId, before: Date): Promise<bigint[]> {
  const { rows } = await sql<{ number: bigint }>`
    select p.number from payouts p
    where p.merchant_id = ${merchant} and p.party = 'member'
      and ${isFree} and p.kind <> 'direct' and p.settled_at < ${before}
      and ${canReceive}
      and exists (select from debts d where d.merchant_id = ${merchant} and d.payout = p.number)
    order by p.number for update`.execute(tx);
  return rows.map((row) => row.number);
}

/** On which days how many earnings and debts became due, day after day. */
export async function readPayDays(db: Reader, round: Round): Promise<DayCount[]> {
  const { rows } = await sql<DayCount>`
    select day, count(*)::integer as count from (
      select e.pay_date as day from earnings e where ${earningsIn(round)}
      union all
      select least(d.pay_date, ${round.through}::date) from debts d where ${debtsIn(round)}
    ) due group by day order by day`.execute(db);
  return rows;
}

/** Who is to be paid in one transfer. */
export type Receiving = Readonly<{
  party: "member" | "platform";
  member: bigint | null;
  currency: Currency;
  connection: bigint;
}>;

/**
 * Who is due more than nothing, earnings and debts together; of currencies that can be paid out.
 * At most so many.
 */
export async function readReceiving(db: Reader, round: Round, most: number): Promise<Receiving[]> {
  const { rows } = await sql<Receiving>`
    select due.party, due.member, due.currency, c.number as connection
    from (
      select e.party, case e.party when 'member' then e.member end as member, e.currency,
        e.amount_minor
      from earnings e where ${earningsIn(round)}
      union all
      select 'member', d.member, d.currency, d.amount_minor from debts d where ${debtsIn(round)}
    ) due
    join payout_connections c on c.merchant_id = ${round.merchantId}
      and c.currency = due.currency and c.is_main and c.is_open
    group by due.party, due.member, due.currency, c.number
    having sum(due.amount_minor) > 0
    order by due.party, due.member, due.currency limit ${most}`.execute(db);
  return rows;
}

export type NewDaily = Receiving & Readonly<{ number: bigint; guid: string }>;

const rowOf = ({ party, member, currency, connection, number, guid }: NewDaily) => ({
  ...{ party, currency, guid },
  member: member?.toString() ?? null,
  connection: connection.toString(),
  number: number.toString(),
});

/**
 * Puts all that is due of these receivers into one payout each, in one statement. Where something
 * was changed so that a receiver is due nothing any more, the statement fails, and a new round sees
 * it. Says how many payouts were made.
 */
export async function insertDaily(
  tx: Tx,
  round: Round,
  all: readonly NewDaily[],
  { text, now }: Readonly<{ text: string; now: Date }>,
): Promise<number> {
  const receivers = JSON.stringify(all.map(rowOf));
  const done = await sql`
    with receiver as materialized (
      select * from json_to_recordset(${receivers}::json)
        as r (number bigint, guid text, party text, member bigint, currency text, connection bigint)
    ), earned as (
      update earnings e set payout = r.number, is_retried = false from receiver r
      where ${earningsIn(round)} and e.party = r.party and e.currency = r.currency
        -- One value, so that many receivers are found by it and not tried one by one.
        and case e.party when 'member' then e.member else 0 end = coalesce(r.member, 0)
      returning r.number, e.amount_minor, e.approval_id
    ), owed as (
      update debts d set payout = r.number from receiver r
      where ${debtsIn(round)} and d.currency = r.currency and d.member = r.member
      returning r.number, d.amount_minor
    ), total as (
      select number, sum(amount_minor)::bigint as amount, count(*)::integer as count from (
        select number, amount_minor from earned union all select number, amount_minor from owed
      ) part group by number
    ), said as (
      select m.number, min(a.description collate "C") as lowest,
        max(a.description collate "C") as highest
      from earned m join approvals a on a.merchant_id = ${round.merchantId} and a.id = m.approval_id
      group by m.number
    )
    insert into payouts (merchant_id, number, kind, guid, party, member, connection, currency,
      amount_minor, count, description, details, state, runs, failure, due_at, created_at)
    select ${round.merchantId}, r.number, 'daily', r.guid, r.party, r.member, r.connection,
      r.currency, t.amount, t.count,
      case when s.lowest = s.highest and s.lowest <> '' then s.lowest else ${text} end,
      '{}', 'queued', 0, '', ${now}::timestamptz, ${now}::timestamptz
    from receiver r join total t on t.number = r.number left join said s on s.number = r.number
    `.execute(tx);
  return Number(done.numAffectedRows ?? 0n);
}
