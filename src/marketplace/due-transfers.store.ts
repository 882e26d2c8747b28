import { sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { MerchantId } from "../lib/id.ts";
import type { DueTransfer } from "./distribution.rules.ts";

/**
 * What is due on a day, `yyyy-MM-dd`, one line for each receiver and currency: members with what
 * the platform owes them and what they owe back, and the platform itself. Who is due nothing in the
 * end stands in no line. `text` is said of those whose approvals say nothing, or not all the same.
 */
export async function readDueTransfers(
  { kysely }: Db,
  merchant: MerchantId,
  day: string,
  text: string,
): Promise<DueTransfer[]> {
  const { rows } = await sql<Omit<DueTransfer, "amountMinor"> & { amount: bigint }>`
    with due as (
      select e.party, case e.party when 'member' then e.member end as member, e.currency,
        e.amount_minor, a.description collate "C" as said
      from earnings e
      join approvals a on a.merchant_id = e.merchant_id and a.id = e.approval_id
      where e.merchant_id = ${merchant} and e.pay_date = ${day}::date and e.amount_minor > 0
        and e.state = 'open' and e.payout is null and not e.is_held
      union all
      select 'member', member, currency, amount_minor, null from debts
      where merchant_id = ${merchant} and pay_date = ${day}::date
        and state = 'open' and payout is null and not is_held
    ), total as (
      select party, member, currency, sum(amount_minor)::bigint as amount,
        count(*)::integer as count, min(said) as lowest, max(said) as highest
      from due group by party, member, currency having sum(amount_minor) > 0
    )
    select t.party, t.member, t.currency, t.amount, t.count,
      coalesce(a.title, p.title, m.title, '') as title, coalesce(a.iban, p.iban, '') as iban,
      case when t.lowest = t.highest and t.lowest <> '' then t.lowest else ${text} end
        as description
    from total t
    left join members m on m.merchant_id = ${merchant} and m.number = t.member
    left join member_accounts a on a.merchant_id = ${merchant} and a.member = t.member
      and a.currency = t.currency and a.deleted_at is null
    left join platform_accounts p on t.party = 'platform' and p.merchant_id = ${merchant}
      and p.currency = t.currency
    order by t.party desc, t.member, t.currency`.execute(kysely);
  return rows.map(({ amount, ...rest }) => ({ ...rest, amountMinor: amount }));
}
