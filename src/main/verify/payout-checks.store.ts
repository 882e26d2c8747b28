import { sql } from "kysely";
import { claimOf, DENIALS_MIN } from "../../payouts/doubt.rules.ts";
import type { Check } from "./checks.store.ts";

const payouts = sql<{ n: bigint }>`select count(*) as n from payouts`;
const handPayouts = sql<{ n: bigint }>`select count(*) as n from payouts where kind = 'hand'`;
const runs = sql<{ n: bigint }>`select count(*) as n from payout_runs`;

/** What is in payouts, and whom it is due to. */
const parts = sql`
  select merchant_id, payout, 'earning ' || number as what, amount_minor, currency, party,
      case party when 'member' then member end as member
    from earnings where payout is not null
  union all
  select merchant_id, payout, 'debt ' || number, amount_minor, currency, 'member', member
    from debts where payout is not null`;

/** Of a run `r`: whether its bank has denied it, or a person, as `wasDenied` says it. */
const wasDenied = sql`(r.state = 'refused'
  and (r.verdict is not null or r.not_found_count + 1 >= ${sql.lit(DENIALS_MIN)}))`;

/** Whether its bank called it paid after it was given up: that is for a person, bound or not. */
const isClaimed = sql`starts_with(r.message, ${sql.lit(claimOf(""))})`;

/** That what is due is paid once, to whom it is due, and as it says. */
export const payoutChecks: readonly Check[] = [
  {
    promise: "I11 a payout is what its earnings and debts add up to, and each is in one alone",
    counted: "payouts",
    count: payouts,
    broken: sql`
      select 'payout ' || p.number || ' of ' || p.amount_minor || ' pays '
        || coalesce(sum(d.amount_minor), 0) || ' in ' || count(d.payout) || ' parts' as what
      from payouts p left join (${parts}) d on d.merchant_id = p.merchant_id
        and d.payout = p.number
      where p.kind <> 'direct' and (p.state <> 'failed' or p.is_bound)
      group by p.merchant_id, p.number
      having coalesce(sum(d.amount_minor), 0) <> p.amount_minor or count(d.payout) <> p.count`,
  },
  {
    promise: "I11 what is in a payout is due to whom it pays, in its currency",
    counted: "payouts",
    count: payouts,
    broken: sql`
      select d.what || ' of ' || coalesce('member ' || d.member, d.party) || ' in ' || d.currency
        || ' is in payout ' || p.number || ', which is ' || p.kind || ', to '
        || coalesce('member ' || p.member, p.party) || ', in ' || p.currency as what
      from (${parts}) d join payouts p on p.merchant_id = d.merchant_id and p.number = d.payout
      where p.kind = 'direct' or d.party <> p.party or d.member is distinct from p.member
        or d.currency <> p.currency
      union all
      select 'payout ' || p.number || ' in ' || p.currency || ' is drawn from connection '
        || c.number || ', which is in ' || c.currency
      from payouts p join payout_connections c on c.merchant_id = p.merchant_id
        and c.number = p.connection
      where c.currency <> p.currency`,
  },
  {
    promise: "I11 a payout is paid by one transfer of its amount, or by none",
    counted: "payouts",
    count: payouts,
    broken: sql`
      select 'payout ' || p.number || ' is ' || p.state || ' and has '
        || count(r.id) filter (where r.state = 'paid') || ' paid transfers' as what
      from payouts p left join payout_runs r on r.merchant_id = p.merchant_id
        and r.payout = p.number and r.amount_minor = p.amount_minor
      group by p.merchant_id, p.number
      having count(r.id) filter (where r.state = 'paid')
        - count(r.id) filter (where r.state = 'returned')
        <> case p.state when 'paid' then 1 else 0 end`,
  },
  {
    promise: "I11 each transfer of a payout is known, and kept in mind where its bank denied it",
    counted: "payouts",
    count: payouts,
    broken: sql`
      select 'payout ' || p.number || ' is ' || p.state || ' by ' || p.runs || ' transfers, and '
        || 'has ' || count(r.id) || ', of them '
        || count(r.id) filter (where r.state in ('open', 'doubtful')) || ' under way and '
        || count(r.id) filter (where ${wasDenied}) || ' denied' as what
      from payouts p left join payout_runs r on r.merchant_id = p.merchant_id
        and r.payout = p.number
      group by p.merchant_id, p.number
      having count(r.id) <> p.runs or coalesce(max(r.run), 0) <> p.runs
        or count(r.id) filter (where r.state in ('open', 'doubtful'))
          <> case p.state when 'sending' then 1 else 0 end
        or p.state in ('paid', 'failed')
          and case when p.is_bound then count(r.id) filter (where ${wasDenied}) = 0
            else count(r.id) filter (where ${wasDenied} and not ${isClaimed}) > 0 end`,
  },
  {
    promise: "I11 the last transfer of a payout is of its amount, and all go where it says",
    counted: "transfers",
    count: runs,
    broken: sql`
      select 'transfer ' || r.id || ' of ' || r.amount_minor || ' to '
        || coalesce(r.iban, r.account_no, 'nowhere') || ' is of payout ' || p.number || ' of '
        || p.amount_minor || coalesce(' to ' || coalesce(p.iban, p.account_no), '') as what
      from payout_runs r
      join payouts p on p.merchant_id = r.merchant_id and p.number = r.payout
      where p.title is not null
          and (r.iban is distinct from p.iban or r.account_no is distinct from p.account_no)
        -- What is left of an order that failed may be less, which its next transfer is then of.
        or r.run = p.runs and p.state <> 'queued' and r.amount_minor <> p.amount_minor`,
  },
  {
    promise: "I11 what is paid by hand is told by a person, and by no bank",
    counted: "payouts",
    count: handPayouts,
    broken: sql`
      select 'payout ' || p.number || ' is of kind ' || p.kind || ', and its transfer ' || r.id
        || ' was told by ' || coalesce(r.marked_by, 'a bank') as what
      from payouts p
      join payout_runs r on r.merchant_id = p.merchant_id and r.payout = p.number
      where (p.kind = 'hand') <> (r.marked_by is not null)`,
  },
];
