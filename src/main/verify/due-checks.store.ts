import { sql } from "kysely";
import type { Check } from "./checks.store.ts";
import { placesOf, stepOf, takenLines } from "./step.store.ts";

export const earnings = sql<{ n: bigint }>`select count(*) as n from earnings`;
const approvals = sql<{ n: bigint }>`select count(*) as n from approvals`;
const entries = sql<{ n: bigint }>`
  select count(*) as n from ledger_entries where kind in
    ('member_earning', 'platform_earning', 'debt', 'earning_change', 'payout')`;

/** Everything that is or was due, with the account of whom it is due to. */
const dues = sql`
  select merchant_id, sale, currency, amount_minor, payout, state, case party
      when 'member' then 'member.' || member || ':payable' else 'company:earnings' end as account
    from earnings
  union all
  select merchant_id, sale, currency, amount_minor, payout, state, 'member.' || member || ':payable'
    from debts`;

/** What is due and not paid, by the account it is due to. */
const due = sql`
  select d.merchant_id, d.account, d.currency, sum(d.amount_minor)::bigint as minor
  from (${dues}) d left join payouts p on p.merchant_id = d.merchant_id and p.number = d.payout
  where d.state = 'open' and p.state is distinct from 'paid'
  group by d.merchant_id, d.account, d.currency`;

/** The same of each sale, paid or not. */
const dueOfSales = sql`
  select merchant_id, sale, account, currency, sum(amount_minor)::bigint as minor
  from (${dues}) dues where state <> 'deleted' group by merchant_id, sale, account, currency`;

/** What was paid out, by the account at the bank it was drawn from, or by hand. */
const drawn = sql`
  select merchant_id, 'payout.' || coalesce(connection::text, 'hand') || ':drawn' as account,
    currency, sum(amount_minor)::bigint as minor
  from payouts where state = 'paid' group by merchant_id, connection, currency`;

/** Credits less debits of the accounts of a marketplace, by what they were booked for. */
const sides = sql`
  select merchant_id, source_id, account, currency, minor from (
    select merchant_id, source_id, credit_account as account, currency, amount_minor as minor
      from ledger_entries
    union all
    select merchant_id, source_id, debit_account, currency, -amount_minor from ledger_entries
  ) entries
  where account ~ '^(member[.][0-9]+:payable|company:earnings|payout[.]([0-9]+|hand):drawn)$'`;
const booked = sql`
  select merchant_id, account, currency, sum(minor)::bigint as minor
  from (${sides}) sides group by merchant_id, account, currency`;

/** What made something of a sale due, or changed it, has booked. */
const bookedOfSales = sql`
  select s.merchant_id, c.sale, s.account, s.currency, sum(s.minor)::bigint as minor
  from (${sides}) s join (
    select merchant_id, id, sale from approvals
    union all select merchant_id, id, sale from earning_changes
  ) c on c.merchant_id = s.merchant_id and c.id = s.source_id
  group by s.merchant_id, c.sale, s.account, s.currency`;

/** What each approval that stands must have made due: what was paid of its lines, less the fee. */
const approved = sql`
  select merchant_id, approval_id, count(*) as products,
    sum(${stepOf("paid")} - ${stepOf("fee")}) as minor
  from (
    select p.merchant_id, p.approval_id, y.captured_minor as paid,
      a.commission_minor + a.commission_tax_minor as fee,
      ${placesOf("captured_minor")}
    from ${takenLines}
    join payment_attempts a on a.merchant_id = y.merchant_id and a.id = y.live_attempt_id
  ) lines
  where approval_id is not null and whole > 0 group by merchant_id, approval_id`;

/**
 * What approvals booked, of how many products, and whether that may be more than was left: where a
 * member was due more, the platform was due nothing, which an amount that was changed hides. What
 * goes back just now is not looked at.
 */
const earned = sql`
  select e.merchant_id, e.approval_id, e.products, b.minor, e.has_none or exists (
      select from earning_changes c where c.merchant_id = e.merchant_id and c.sale = e.sale
        and c.what in ('raise', 'lower')) as may_exceed from (
    select merchant_id, approval_id, sale, count(*) / 2 as products,
      bool_or(party = 'platform' and amount_minor = 0) as has_none
    from earnings group by merchant_id, approval_id, sale having not bool_or(is_held)
  ) e left join (
    select merchant_id, source_id, sum(amount_minor) as minor from ledger_entries
    where kind in ('member_earning', 'platform_earning') group by merchant_id, source_id
  ) b on b.merchant_id = e.merchant_id and b.source_id = e.approval_id`;

/** What a marketplace owes, and that its books say so. */
export const dueChecks: readonly Check[] = [
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
    promise: "I9 an approval made due what was paid of its products less the commission",
    counted: "approvals",
    count: approvals,
    broken: sql`
      select 'approval ' || a.approval_id || ' made ' || coalesce(e.minor, 0) || ' due, and '
        || a.minor || ' was left of its products' as what
      from (${approved}) a join (${earned}) e on e.merchant_id = a.merchant_id
        and e.approval_id = a.approval_id and e.products = a.products
      where coalesce(e.minor, 0) < a.minor
        or (coalesce(e.minor, 0) > a.minor and not e.may_exceed)`,
  },
  {
    promise: "I9 what is due of a sale is what its approvals and changes have booked",
    counted: "earnings",
    count: earnings,
    broken: sql`
      select 'sale ' || coalesce(d.sale, b.sale) || ' makes ' || coalesce(d.minor, 0) || ' '
        || coalesce(d.currency, b.currency) || ' due to ' || coalesce(d.account, b.account)
        || ', and has booked ' || coalesce(b.minor, 0) as what
      from (${dueOfSales}) d full join (${bookedOfSales}) b on b.merchant_id = d.merchant_id
        and b.sale = d.sale and b.account = d.account and b.currency = d.currency
      where coalesce(d.minor, 0) <> coalesce(b.minor, 0)`,
  },
];
