import { sql } from "kysely";
import type { Check } from "./checks.store.ts";

const invoices = sql<{ n: bigint }>`select count(*) as n from invoices`;
const tries = sql<{ n: bigint }>`select count(*) as n from invoice_tries`;

/** The charges that are tries of invoices, with the number in their request key as a text. */
const draws = sql`
  select merchant_id, id, payment_id, status, request_key,
    split_part(request_key, ':', 2) as invoice
  from payment_attempts where kind = 'sale' and request_key like 'invoice:%'`;

/** What each try is kept for: at most one takes money, and it is the one its invoice names. */
export const invoiceChecks: readonly Check[] = [
  {
    promise: "I10 an order has one invoice of each term, and of none beyond its plan",
    counted: "invoices",
    count: invoices,
    broken: sql`
      select subscription_id || ' has ' || count(*) || ' invoices of term ' || term as what
        from invoices where status <> 'deleted'
        group by merchant_id, subscription_id, term having count(*) > 1
      union all
      select i.number || ' is of term ' || i.term || ', which the plan does not have'
        from invoices i join subscriptions s on s.merchant_id = i.merchant_id
          and s.id = i.subscription_id
        where i.term >= s.interval_count * cardinality(s.plan_numbers)
      union all
      select s.id || ' lacks ' || s.interval_count - count(distinct i.term) || ' invoices'
        from subscriptions s left join invoices i on i.merchant_id = s.merchant_id
          and i.subscription_id = s.id
        where s.is_fixed_price and not s.renews
        group by s.merchant_id, s.id having count(distinct i.term) < s.interval_count`,
  },
  {
    promise: "I10 what is paid took its money once, and what took money is paid",
    counted: "tries",
    count: tries,
    broken: sql`
      with draws as materialized (${draws})
      select i.number || ' counts as paid by ' || i.paid_by_id || ', which did not' as what
        from invoices i where i.paid_by_id is not null and not exists (
          select from invoice_tries t join draws d on d.merchant_id = t.merchant_id
            and d.payment_id = t.payment_id
          where t.merchant_id = i.merchant_id and t.invoice = i.number and t.is_paid
            and t.payment_id = i.paid_by_id and d.status = 'approved'
            and d.request_key = 'invoice:' || t.invoice || ':' || t.no)
      union all
      select d.id || ' took money for ' || d.invoice || ', which is not paid by it'
        from draws d where d.status = 'approved' and not exists (select from invoices i
          where i.merchant_id = d.merchant_id and i.paid_by_id = d.payment_id
            and i.number::text = d.invoice)
      union all
      select t.invoice || ' has a paid try that does not pay it, ' || t.no
        from invoice_tries t where t.is_paid and not exists (select from invoices i
          where i.merchant_id = t.merchant_id and i.number = t.invoice
            and i.paid_by_id = t.payment_id)`,
  },
  {
    promise: "I10 what is at the bank for an invoice is what the invoice waits for",
    counted: "tries",
    count: tries,
    broken: sql`
      with open as materialized (
        select * from (${draws}) as draws where status in ('open', 'doubtful'))
      select i.number || ' waits for ' || i.open_payment_id || ', which is not at the bank' as what
        from invoices i where i.open_payment_id is not null and not exists (select from open o
          where o.merchant_id = i.merchant_id and o.payment_id = i.open_payment_id
            and o.request_key = 'invoice:' || i.number || ':' || i.tries)
      union all
      select o.id || ' is at the bank for ' || o.invoice || ', which does not wait for it'
        from open o where not exists (select from invoices i
          where i.merchant_id = o.merchant_id and i.open_payment_id = o.payment_id
            and i.number::text = o.invoice)
      union all
      select i.number || ' says that it was tried ' || i.tries || ' times, not ' || count(t.no)
        from invoices i left join invoice_tries t on t.merchant_id = i.merchant_id
          and t.invoice = i.number
        group by i.merchant_id, i.number having count(t.no) <> i.tries`,
  },
  {
    promise: "I10 no invoice of an order that goes on, or is deleted, waits for nothing",
    counted: "invoices",
    count: invoices,
    broken: sql`
      select i.number || ' is never looked at again' as what
        from invoices i join subscriptions s on s.merchant_id = i.merchant_id
          and s.id = i.subscription_id
        where i.status = 'waiting' and i.due_at is null and i.open_payment_id is null
          and s.status <> 'stopped' and not (s.status = 'active'
            and i.last_reason is not distinct from 'no_card'
            and not exists (select from subscription_cards c where c.merchant_id = s.merchant_id
              and c.subscription_id = s.id and c.removed_at is null))`,
  },
];
