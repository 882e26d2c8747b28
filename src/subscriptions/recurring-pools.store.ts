import { sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { MerchantId } from "../lib/id.ts";
import type { RecurringCustomer, RecurringItem } from "./recurring.rules.ts";

/** Customers and items are pooled by use: each has the number of where it was first named. */
export type Pooled<Thing> = Thing & Readonly<{ id: bigint; firstAt: Date }>;
export type PooledCustomer = Pooled<RecurringCustomer>;
export type PooledItem = Pooled<RecurringItem>;

export type PoolPage = Readonly<{ offset: number; limit: number; isDescending: boolean }>;
export type PoolRows<Thing> = Readonly<{ rows: Pooled<Thing>[]; total: number }>;
/** From the first moment on, and before the second. */
export type PoolSpan = Readonly<{ from?: Date | undefined; to?: Date | undefined }>;

export type CustomerFilter = PoolSpan &
  Readonly<{
    id?: bigint | undefined;
    /** Part of the whole name. */
    fullName?: string | undefined;
    /** Parts of single members, whatever their case. */
    parts?: Partial<RecurringCustomer>;
  }>;
export type ItemFilter = PoolSpan &
  Readonly<{
    id?: bigint | undefined;
    type?: number | undefined;
    name?: string | undefined;
    amountMinor?: bigint | undefined;
  }>;

/** An order has fewer items; so the number of an item names its order's number too. */
const ITEMS = 1_000n;

const and = sql` and `;
const has = (text: ReturnType<typeof sql>, part: string) =>
  sql`strpos(lower(${text}), lower(${part})) > 0`;
const within = ({ from, to }: PoolSpan) => [
  ...(from ? [sql`p.first_at >= ${from}`] : []),
  ...(to ? [sql`p.first_at < ${to}`] : []),
];

type Row<Thing> = Readonly<{ id: bigint; first_at: Date; thing: Thing; total: bigint }>;

async function page<Thing extends object>(
  db: Db,
  pool: ReturnType<typeof sql>,
  conditions: readonly ReturnType<typeof sql>[],
  { offset, limit, isDescending }: PoolPage,
): Promise<PoolRows<Thing>> {
  const matching = sql`(${pool}) p where ${sql.join([sql`true`, ...conditions], and)}`;
  const direction = sql.raw(isDescending ? "desc" : "asc");
  const [counted, { rows }] = await Promise.all([
    sql<{ total: bigint }>`select count(*) as total from ${matching}`.execute(db.kysely),
    sql<Row<Thing>>`select p.id, p.first_at, p.thing from ${matching}
      order by p.id ${direction} limit ${limit} offset ${offset}`.execute(db.kysely),
  ]);
  const found = rows.map((row) => ({ ...row.thing, id: BigInt(row.id), firstAt: row.first_at }));
  return { rows: found, total: Number(counted.rows[0]?.total ?? 0n) };
}

/** The customers of a merchant's recurring payments, each once. */
export function listPooledCustomers(
  db: Db,
  merchant: MerchantId,
  { id, fullName, parts = {}, ...span }: CustomerFilter,
  at: PoolPage,
): Promise<PoolRows<RecurringCustomer>> {
  const pool = sql`select min(number) as id, min(created_at) as first_at, customer as thing
    from recurrings where merchant_id = ${merchant} and state <> 'opening' group by customer`;
  const named = Object.entries(parts).map(([name, part]) => has(sql`p.thing ->> ${name}`, part));
  const whole = sql`(p.thing ->> 'name') || ' ' || (p.thing ->> 'lastname')`;
  const conditions = [
    ...(id === undefined ? [] : [sql`p.id = ${id}`]),
    ...(fullName === undefined ? [] : [has(whole, fullName)]),
    ...named,
    ...within(span),
  ];
  return page(db, pool, conditions, at);
}

/** What a merchant's recurring payments are for, each once. */
export function listPooledItems(
  db: Db,
  merchant: MerchantId,
  { id, type, name, amountMinor, ...span }: ItemFilter,
  at: PoolPage,
): Promise<PoolRows<RecurringItem>> {
  const pool = sql`select min(r.number * ${ITEMS}::bigint + i.no) as id,
      min(r.created_at) as first_at, i.thing
    from recurrings r, jsonb_array_elements(r.items) with ordinality i(thing, no)
    where r.merchant_id = ${merchant} and r.state <> 'opening' group by i.thing`;
  const conditions = [
    ...(id === undefined ? [] : [sql`p.id = ${id}`]),
    ...(type === undefined ? [] : [sql`(p.thing ->> 'type')::int = ${type}`]),
    ...(name === undefined ? [] : [has(sql`p.thing ->> 'name'`, name)]),
    ...(amountMinor === undefined
      ? []
      : [sql`(p.thing ->> 'amountMinor')::bigint = ${amountMinor}`]),
    ...within(span),
  ];
  return page(db, pool, conditions, at);
}
