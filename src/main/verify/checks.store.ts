import { type RawBuilder, sql } from "kysely";
import { without } from "../../db/planned.ts";
import type { Db } from "../../db/pool.ts";
import { dueChecks } from "./due-checks.store.ts";
import { invoiceChecks } from "./invoice-checks.store.ts";
import { payoutChecks } from "./payout-checks.store.ts";
import { saleChecks } from "./sale-checks.store.ts";
import { stockChecks } from "./stock-checks.store.ts";

/** One promise, and what breaks it: each row names a thing and says what is wrong with it. */
export type Check = Readonly<{
  promise: string;
  /** What the numbers of the report count. */
  counted: string;
  count: RawBuilder<{ n: bigint }>;
  broken: RawBuilder<{ what: string }>;
}>;

/** An attempt may be asked about this late before it counts as forgotten. */
const LATE_INTERVAL = "15 minutes";
const SHOWN_MAX = 20;

const bankLegs = sql`
  select merchant_id, source_id,
    sum(case when debit_account like 'bank.%' then amount_minor
             when credit_account like 'bank.%' then -amount_minor else 0 end) as drawn,
    sum(case when credit_account = 'platform:commission' then amount_minor
             when debit_account = 'platform:commission' then -amount_minor else 0 end)
      as commission,
    sum(case when credit_account = 'state:commission_tax' then amount_minor
             when debit_account = 'state:commission_tax' then -amount_minor else 0 end) as tax
  from ledger_entries where starts_with(source_id, 'att_') group by merchant_id, source_id`;

/** What approved attempts of a payment add up to, since its last capture was taken back. */
const moved = sql`
  select a.merchant_id, a.payment_id,
    coalesce(sum(a.amount_minor) filter (where a.kind in ('sale', 'capture')
      and not exists (select from payment_attempts u where u.merchant_id = a.merchant_id
        and u.payment_id = a.payment_id and u.original_id = a.id
        and u.kind in ('void', 'reopen') and u.status = 'approved')), 0) as captured,
    coalesce(sum(a.amount_minor) filter (where a.kind = 'refund'), 0) as refunded
  from payment_attempts a where a.status = 'approved' group by a.merchant_id, a.payment_id`;

const payments = sql<{ n: bigint }>`select count(*) as n from payments`;
const entries = sql<{ n: bigint }>`select count(*) as n from ledger_entries`;
const attempts = sql<{ n: bigint }>`select count(*) as n from payment_attempts`;

const checks: readonly Check[] = [
  {
    promise: "I1 debits equal credits, in every posting and in total",
    counted: "entries",
    count: entries,
    broken: sql`
      with sides as (
        select merchant_id, source_id, currency, debit_account as account, amount_minor as amount
          from ledger_entries
        union all
        select merchant_id, source_id, currency, credit_account, -amount_minor from ledger_entries)
      select source_id as what from sides group by merchant_id, source_id, currency
        having sum(amount) <> 0`,
  },
  {
    promise: "I1 the books hold what approved attempts moved, and nothing else",
    counted: "attempts",
    count: attempts,
    broken: sql`
      with legs as (${bankLegs})
      select a.id as what from payment_attempts a
        left join legs l on l.merchant_id = a.merchant_id and l.source_id = a.id
      where coalesce(l.drawn, 0) <> case when a.status <> 'approved' then 0
        when a.kind in ('sale', 'capture') then a.amount_minor
        when a.kind in ('void', 'reopen', 'refund') then -a.amount_minor else 0 end
      union all
      select l.source_id from legs l where not exists (select from payment_attempts a
        where a.merchant_id = l.merchant_id and a.id = l.source_id)`,
  },
  {
    promise: "I2 captured never exceeds authorised, and is what captures add up to",
    counted: "payments",
    count: payments,
    broken: sql`
      with moved as (${moved})
      select p.id as what from payments p
        left join moved m on m.merchant_id = p.merchant_id and m.payment_id = p.id
      where p.captured_minor > p.amount_minor or p.captured_minor <> coalesce(m.captured, 0)`,
  },
  {
    promise: "I2 each try was charged once, as it was priced, and a paid link was paid",
    counted: "tries",
    count: sql`select count(*) as n from checkout_tokens`,
    broken: sql`
      select t.id || ' was priced otherwise than ' || p.id as what
        from checkout_tokens t join payments p on p.merchant_id = t.merchant_id
          and p.id = t.payment_id
        where p.amount_minor <> (t.planned ->> 'amount_minor')::bigint
          or p.pos_id <> t.planned ->> 'pos_id'
      union all
      select s.id || ' is charged by another try than ' || s.charged_token_id
        from checkout_sessions s join checkout_tokens t on t.merchant_id = s.merchant_id
          and t.session_id = s.id and t.id <> s.charged_token_id
        where exists (select from payments p where p.merchant_id = t.merchant_id
          and p.id = t.payment_id and p.status <> 'declined')
      union all
      select l.id || ' counts as paid by ' || p.id || ', which is ' || p.status
        from pay_links l join payments p on p.merchant_id = l.merchant_id and p.id = l.paid_by_id
        where p.status in ('pending', 'declined')`,
  },
  {
    promise: "I3 refunds done and under way never exceed captured",
    counted: "payments",
    count: payments,
    broken: sql`
      with moved as (${moved}), reserved as (
        select merchant_id, payment_id, sum(amount_minor) as amount from payment_attempts
        where kind = 'refund' and status in ('open', 'doubtful') group by merchant_id, payment_id)
      select p.id as what from payments p
        left join moved m on m.merchant_id = p.merchant_id and m.payment_id = p.id
        left join reserved r on r.merchant_id = p.merchant_id and r.payment_id = p.id
      where p.refunded_minor <> coalesce(m.refunded, 0)
        or p.refunded_minor + coalesce(r.amount, 0) > greatest(p.captured_minor, p.refunded_minor)`,
  },
  {
    promise: "I4 nothing left a terminal state",
    counted: "payments",
    count: payments,
    broken: sql`
      select p.id as what from payments p join payment_attempts c
        on c.merchant_id = p.merchant_id and c.id = 'att_' || substr(p.id, 5)
      where (p.status = 'declined') <> (c.status = 'declined')
        or (p.status in ('held', 'captured', 'voided')) <> (c.status = 'approved')
        or (p.status = 'voided') <> exists (select from payment_attempts v
          where v.merchant_id = p.merchant_id and v.payment_id = p.id
            and v.kind in ('void', 'release') and v.original_id = c.id and v.status = 'approved')
      union all
      select p.id from payments p where not exists (select from payment_attempts c
        where c.merchant_id = p.merchant_id and c.id = 'att_' || substr(p.id, 5))`,
  },
  {
    promise: "I6 no doubt is forgotten: each has a next question or a person to look",
    counted: "attempts in doubt",
    count: sql`select count(*) as n from payment_attempts where status in ('open', 'doubtful')`,
    broken: sql`
      select id as what from payment_attempts
      where status in ('open', 'doubtful') and flagged_at is null and due_at is null`,
  },
  {
    promise: "I7 every settled attempt is told by an event",
    counted: "events",
    count: sql`select count(*) as n from events`,
    broken: sql`
      select a.id as what from payment_attempts a where a.status in ('approved', 'declined')
        and not exists (select from events e where e.merchant_id = a.merchant_id
          and substr(e.id, 5, 20) = substr(a.id, 5) and substr(e.id, 25) in ('_held', '_captured',
            '_declined', '_voided', '_reopened', '_refunded', '_operation_declined'))`,
  },
  {
    promise: "I9 commission, tax and the sides' parts add up to the kuruş",
    counted: "attempts",
    count: attempts,
    broken: sql`
      with legs as (${bankLegs})
      select a.id as what from payment_attempts a
        left join legs l on l.merchant_id = a.merchant_id and l.source_id = a.id
      where a.status = 'approved' and a.kind not in ('hold', 'release') and (
        abs(coalesce(l.commission, 0)) <> a.commission_minor
        or abs(coalesce(l.tax, 0)) <> a.commission_tax_minor)`,
  },
];

/**
 * Attempts that should have been asked about by now, and tries that should have been given back:
 * the worker does not run, or falls behind.
 */
const late = (now: Date) => sql<{ what: string }>`
  select a.id as what from payment_attempts a join merchants m on m.id = a.merchant_id
  where a.status in ('open', 'doubtful') and a.flagged_at is null
    and a.due_at + ${LATE_INTERVAL}::interval
      < ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond'
  union all
  select t.id || ' was charged by the bank''s page and is neither told nor given back'
  from checkout_tokens t join merchants m on m.id = t.merchant_id
  where t.unclaimed_at + ${LATE_INTERVAL}::interval
    < ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond'`;

export type Finding = Readonly<{
  promise: string;
  counted: string;
  broken: readonly string[];
  /** What differs and mends itself, since a bank is asked about it again. */
  open?: readonly string[];
}>;

const marketplaceChecks = [...saleChecks, ...dueChecks, ...payoutChecks];
export const everyCheck = [...checks, ...invoiceChecks, ...marketplaceChecks, ...stockChecks];

/**
 * Lets statements inside `view` join by hashing alone: what compares whole tables in time. Other
 * ways look cheap on tables taken for small ones, as young or grown ones are.
 */
export const joinedByHash = <T>(view: Db, read: () => Promise<T>): Promise<T> =>
  without(view, ["enable_nestloop", "enable_mergejoin"], read);

/** Runs every check inside `view`, and says after each how many are done. */
export const runChecks = (
  view: Db,
  now: Date,
  onDone: (done: number, total: number) => void,
): Promise<Finding[]> =>
  joinedByHash(view, async () => {
    const found: Finding[] = [];
    const counts = new Map<Check["count"], bigint>();
    for (const { promise, counted, count, broken } of everyCheck) {
      const n = counts.get(count) ?? (await count.execute(view.kysely)).rows[0]?.n ?? 0n;
      counts.set(count, n);
      const wrong = await sql<{ what: string }>`select what from (${broken}) as broken
        limit ${SHOWN_MAX}`.execute(view.kysely);
      const what = `${n} ${counted}`;
      found.push({ promise, counted: what, broken: wrong.rows.map((row) => row.what) });
      onDone(found.length, everyCheck.length);
    }
    const { rows } = await late(now).execute(view.kysely);
    const promise = "I6 doubts are asked about, and unclaimed charges given back, in time";
    return [...found, { promise, counted: "", broken: rows.map((row) => row.what) }];
  });

/** Payments of all merchants. */
export async function countPayments(view: Db): Promise<number> {
  const { rows } = await payments.execute(view.kysely);
  return Number(rows[0]?.n ?? 0n);
}

/** Attempts that a person must look at: the bank never said what became of them. */
export async function readFlagged(db: Db) {
  return db.kysely
    .selectFrom("payment_attempts")
    .select(["id", "payment_id", "kind", "amount_minor", "currency", "flagged_at", "doubt"])
    .where("status", "in", ["open", "doubtful"])
    .where("flagged_at", "is not", null)
    .orderBy("id")
    .limit(SHOWN_MAX)
    .execute();
}
