import { sql } from "kysely";
import type { Check } from "./checks.store.ts";

const earnings = sql<{ n: bigint }>`select count(*) as n from earnings`;
const payouts = sql<{ n: bigint }>`select count(*) as n from payouts`;
const handPayouts = sql<{ n: bigint }>`select count(*) as n from payouts where kind = 'hand'`;
const entries = sql<{ n: bigint }>`
  select count(*) as n from ledger_entries where kind in
    ('member_earning', 'platform_earning', 'debt', 'earning_change', 'payout')`;

/** What is due and not paid, by the account it is due to. */
const due = sql`
  select d.merchant_id, d.account, d.currency, sum(d.amount_minor)::bigint as minor from (
    select merchant_id, currency, amount_minor, payout, case party when 'member'
        then 'member.' || member || ':payable' else 'company:earnings' end as account
      from earnings where state = 'open'
    union all
    select merchant_id, currency, amount_minor, payout, 'member.' || member || ':payable'
      from debts where state = 'open'
  ) d left join payouts p on p.merchant_id = d.merchant_id and p.number = d.payout
  where p.state is distinct from 'paid'
  group by d.merchant_id, d.account, d.currency`;

/** What was paid out, by the account at the bank it was drawn from, or by hand. */
const drawn = sql`
  select merchant_id, 'payout.' || coalesce(connection::text, 'hand') || ':drawn' as account,
    currency, sum(amount_minor)::bigint as minor
  from payouts where state = 'paid' group by merchant_id, connection, currency`;

/** Credits less debits of the accounts of a marketplace. */
const booked = sql`
  select merchant_id, account, currency, sum(minor)::bigint as minor from (
    select merchant_id, credit_account as account, currency, amount_minor as minor
      from ledger_entries
    union all
    select merchant_id, debit_account, currency, -amount_minor from ledger_entries
  ) sides
  where account ~ '^(member[.][0-9]+:payable|company:earnings|payout[.]([0-9]+|hand):drawn)$'
  group by merchant_id, account, currency`;

/** What a marketplace owes, what it paid, and that nothing of it is paid twice. */
export const marketplaceChecks: readonly Check[] = [
  {
    promise: "I9 what is owed to members and platform is what their earnings and debts add up to",
    counted: "earnings",
    count: earnings,
    broken: sql`
      with asked as (select * from (${due}) due union all select * from (${drawn}) drawn)
      select coalesce(a.account, b.account) || ' is booked with ' || coalesce(b.minor, 0) || ' '
        || coalesce(a.currency, b.currency) || ' and comes to ' || coalesce(a.minor, 0) as what
      from asked a full join (${booked}) b on b.merchant_id = a.merchant_id
        and b.account = a.account and b.currency = a.currency
      where coalesce(a.minor, 0) <> coalesce(b.minor, 0)`,
  },
  {
    promise:
      "I9 the books of a marketplace come of approvals, changes and transfers that there are",
    counted: "entries",
    count: entries,
    broken: sql`
      select e.id || ' books ' || e.source_id || ', which is not there' as what
      from ledger_entries e
      where e.kind in ('member_earning', 'platform_earning', 'debt', 'earning_change', 'payout')
        and not exists (select from approvals a
          where a.merchant_id = e.merchant_id and a.id = e.source_id)
        and not exists (select from earning_changes c
          where c.merchant_id = e.merchant_id and c.id = e.source_id)
        and not exists (select from payout_runs r
          where r.merchant_id = e.merchant_id and r.id = e.source_id
            and r.state in ('paid', 'returned'))`,
  },
  {
    promise:
      "I9 a product has earnings while it is approved, one of each party, and none otherwise",
    counted: "earnings",
    count: earnings,
    broken: sql`
      select 'product ' || p.number || ' has ' || count(e.number) || ' earnings' as what
      from sale_products p left join earnings e on e.merchant_id = p.merchant_id
        and e.product = p.number and e.state <> 'deleted'
      group by p.merchant_id, p.number, p.approval_id
      having count(e.number) <> case when p.approval_id is null then 0 else 2 end`,
  },
  {
    promise: "I11 a payout is what its earnings and debts add up to, and each is in one alone",
    counted: "payouts",
    count: payouts,
    broken: sql`
      with parts as (
        select merchant_id, payout, amount_minor from earnings where payout is not null
        union all
        select merchant_id, payout, amount_minor from debts where payout is not null)
      select 'payout ' || p.number || ' of ' || p.amount_minor || ' pays '
        || coalesce(sum(d.amount_minor), 0) || ' in ' || count(d.payout) || ' parts' as what
      from payouts p left join parts d on d.merchant_id = p.merchant_id and d.payout = p.number
      where p.kind <> 'direct' and p.state <> 'failed'
      group by p.merchant_id, p.number
      having coalesce(sum(d.amount_minor), 0) <> p.amount_minor or count(d.payout) <> p.count`,
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
