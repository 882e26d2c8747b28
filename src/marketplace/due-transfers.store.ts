import { type RawBuilder, sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { DueTransfer } from "./distribution.rules.ts";
import { debtsIn, earningsIn, type Round } from "./distribution.store.ts";
import { isFree } from "./transfers.store.ts";

/** Failed payouts with something in them that is due again, and for whom. */
export type Again = NonNullable<Round["again"]>;

async function readFailed(db: Reader, merchant: MerchantId, lock: RawBuilder<unknown>) {
  const { rows } = await sql<{ number: bigint; is_by_hand: boolean }>`
    select p.number, p.kind = 'hand' as is_by_hand from payouts p
    where p.merchant_id = ${merchant} and ${isFree} and p.kind <> 'direct' and (
      exists (select from debts d where d.merchant_id = ${merchant} and d.payout = p.number)
      or p.kind = 'hand' and exists (select from earnings e
        where e.merchant_id = ${merchant} and e.payout = p.number))
    order by p.number ${lock}`.execute(db);
  return {
    earnings: rows.filter((row) => row.is_by_hand).map(({ number }) => number),
    debts: rows.map(({ number }) => number),
  };
}

/**
 * Failed payouts of which a file takes over what is in them: earnings of those that were made by
 * hand, debts of any. Earnings that a bank failed to pay wait until they are asked for.
 */
export const readAgain = (db: Reader, merchant: MerchantId): Promise<Again> =>
  readFailed(db, merchant, sql``);

/** The same, and nobody else takes anything out of them until the transaction ends. */
export const lockAgain = (tx: Tx, merchant: MerchantId): Promise<Again> =>
  readFailed(tx, merchant, sql`for update`);

/**
 * What is due in a round, at most so many lines, one for each receiver and currency: those that
 * have an account first. Who is due nothing in the end stands in no line. `text` is said of those
 * whose approvals say nothing, or not all the same.
 */
export async function readDueTransfers(
  db: Reader,
  round: Round,
  { text, most }: Readonly<{ text: string; most: number }>,
): Promise<DueTransfer[]> {
  const merchant = round.merchantId;
  const { rows } = await sql<Omit<DueTransfer, "amountMinor" | "number"> & { amount: bigint }>`
    with due as (
      select e.party, case e.party when 'member' then e.member end as member, e.currency,
        e.amount_minor, a.description collate "C" as said
      from earnings e
      join approvals a on a.merchant_id = e.merchant_id and a.id = e.approval_id
      where ${earningsIn(round)}
      union all
      select 'member', d.member, d.currency, d.amount_minor, null from debts d
      where ${debtsIn(round)}
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
    order by coalesce(a.iban, p.iban) is null, t.party desc, t.member, t.currency
    limit ${most}`.execute(db);
  return rows.map(({ amount, ...rest }) => ({ ...rest, number: null, amountMinor: amount }));
}
