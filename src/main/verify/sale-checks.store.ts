import { sql } from "kysely";
import type { Check } from "./checks.store.ts";
import { earnings } from "./due-checks.store.ts";
import { placesOf, stepOf, takenLines } from "./step.store.ts";

const sales = sql<{ n: bigint }>`select count(*) as n from sales`;
const returns = sql<{ n: bigint }>`select count(*) as n from sale_returns`;

/** What each line of a sale that was captured must have of it: its step on the way of all lines. */
const shares = sql`
  select number, captured_minor, ${stepOf("total")} as share from (
    select *, div(2 * whole * taken + asked, 2 * asked) as total from (
      select p.number, p.captured_minor, y.captured_minor as taken, y.amount_minor as asked,
        ${placesOf("amount_minor")}
      from ${takenLines}
    ) lines
  ) ways`;

/** What is held and is in no payout that may still pay it, so that nobody would let go of it. */
const kept = sql`
  select h.merchant_id, h.sale, h.what from (
    select merchant_id, sale, payout, 'earning ' || number as what
      from earnings where is_held and state = 'open'
    union all
    select merchant_id, sale, payout, 'debt ' || number
      from debts where is_held and state = 'open'
  ) h left join payouts p on p.merchant_id = h.merchant_id and p.number = h.payout
  where p.number is null or p.state = 'failed' and not p.is_bound`;

/**
 * What members have, or are due, of sales that are back, but for shipping, which was paid for.
 * Where somebody changed by hand what is due, or forgave it, it is not looked at.
 */
const leftOfBack = sql`
  select d.sale, d.product, sum(d.minor) as minor from (
    select merchant_id, sale, product, amount_minor as minor
      from earnings where party = 'member' and state <> 'deleted'
    union all
    select merchant_id, sale, product, amount_minor
      from debts where kind <> 'cargo' and state <> 'deleted'
  ) d
  join sales s on s.merchant_id = d.merchant_id and s.number = d.sale
  join payments y on y.merchant_id = s.merchant_id and y.id = s.payment_id
    and (y.status <> 'captured' or y.refunded_minor = y.captured_minor)
  left join (select distinct merchant_id, sale from earning_changes
    where what in ('raise', 'lower', 'debt')) c on c.merchant_id = d.merchant_id and c.sale = d.sale
  where c.sale is null group by d.merchant_id, d.sale, d.product`;

/** For which return of which sale money was asked back, and whether the bank has given it. */
const given = sql`
  select a.merchant_id, s.number as sale, a.request_key,
    bool_or(a.status = 'approved' or other.status is not distinct from 'approved') as is_given
  from payment_attempts a
  join sales s on s.merchant_id = a.merchant_id and s.payment_id = a.payment_id
  left join payment_attempts other on other.merchant_id = a.merchant_id
    and other.instead_of_id = a.id
  where starts_with(a.request_key, 'return:' || s.number || ':')
  group by a.merchant_id, s.number, a.request_key`;

/** That what is due comes of a sale, and of what became of its money. */
export const saleChecks: readonly Check[] = [
  {
    promise:
      "I9 a sale is what its payment is, and its products have their shares of what was taken",
    counted: "sales",
    count: sales,
    broken: sql`
      select 'sale ' || s.number || ' of ' || s.amount_minor || ' ' || s.currency
        || ' has a payment of ' || y.amount_minor || ' ' || y.currency as what
      from sales s join payments y on y.merchant_id = s.merchant_id and y.id = s.payment_id
      where s.amount_minor <> y.amount_minor or s.currency <> y.currency
      union all
      select 'product ' || number || ' has ' || captured_minor || ' of what was taken, and '
        || share || ' is its share'
      from (${shares}) shares where captured_minor <> share`,
  },
  {
    promise: "I9 what is due is of its product's sale, member, currency and approval",
    counted: "earnings",
    count: earnings,
    broken: sql`
      select 'earning ' || e.number || ' of ' || e.approval_id || ', member ' || e.member
        || ', in ' || e.currency || ' is not as its product ' || p.number as what
      from earnings e
      join sale_products p on p.merchant_id = e.merchant_id and p.number = e.product
      join sales s on s.merchant_id = p.merchant_id and s.number = p.sale
      join approvals a on a.merchant_id = e.merchant_id and a.id = e.approval_id
      where e.sale <> p.sale or e.member is distinct from p.member or e.currency <> s.currency
        or a.sale <> e.sale
        or e.state <> 'deleted' and e.approval_id is distinct from p.approval_id
      union all
      select 'debt ' || d.number || ' of member ' || d.member || ', in ' || d.currency
        || ' is not as its product ' || p.number
      from debts d
      join sale_products p on p.merchant_id = d.merchant_id and p.number = d.product
      join sales s on s.merchant_id = p.merchant_id and s.number = p.sale
      where d.sale <> p.sale or d.member is distinct from p.member or d.currency <> s.currency`,
  },
  {
    promise: "I9 what is held waits for money of its sale that goes back, or has gone",
    counted: "earnings",
    count: earnings,
    broken: sql`
      select k.what || ' is held, and nothing of sale ' || k.sale || ' goes back' as what
      from (${kept}) k
      join sales s on s.merchant_id = k.merchant_id and s.number = k.sale
      join payments y on y.merchant_id = s.merchant_id and y.id = s.payment_id
      left join sale_returns r on r.merchant_id = k.merchant_id and r.sale = k.sale
        and r.state = 'open'
      where r.sale is null and y.status = 'captured' and y.refunded_minor <> y.captured_minor`,
  },
  {
    promise: "I9 a return is done where the bank gave money back for it, and nowhere else",
    counted: "returns",
    count: returns,
    broken: sql`
      select case when r.no is null then g.request_key || ' is not there, though asked for'
        else 'return ' || r.no || ' of sale ' || r.sale || ' is ' || r.state || ', and its money '
          || case when g.is_given then 'went back' else 'did not go back' end end as what
      from sale_returns r full join (${given}) g on g.merchant_id = r.merchant_id
        and g.request_key = 'return:' || r.sale || ':' || r.no
      where r.no is null or (r.state = 'done') <> coalesce(g.is_given, false)`,
  },
  {
    promise: "I9 of a sale that is back its members keep nothing, paid out or not",
    counted: "returns",
    count: returns,
    broken: sql`
      select 'product ' || product || ' of sale ' || sale || ', which is back, leaves ' || minor
        || ' to its member' as what
      from (${leftOfBack}) rest where minor <> 0`,
  },
];
