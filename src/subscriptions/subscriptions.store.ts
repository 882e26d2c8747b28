import { sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { AgentId, CardId, MerchantId } from "../lib/id.ts";
import { invoiceOf, subscriptionOf, subscriptionRow } from "./rows.ts";
import type { Invoice, OrderCard, Subscription, Tally } from "./subscription.rules.ts";

/** False when the reference is another order's. */
export async function insertOrder(tx: Tx, order: Subscription): Promise<boolean> {
  const json = JSON.stringify(subscriptionRow(order));
  const { rows } = await sql`insert into subscriptions
    select * from json_populate_record(null::subscriptions, ${json}::json)
    on conflict on constraint one_order_per_reference do nothing returning id`.execute(tx);
  return rows.length > 0;
}

/** Whose order it is that a page's address names. */
export async function ownerOfOrder(
  db: Db,
  { companyCode, id }: Readonly<{ companyCode: string; id: string }>,
): Promise<MerchantId | undefined> {
  const row = await db.kysely
    .selectFrom("merchants as m")
    .innerJoin("subscriptions as s", "s.merchant_id", "m.id")
    .select("m.id")
    .where("m.company_code", "=", companyCode)
    .where("s.id", "=", id)
    .executeTakeFirst();
  return row?.id as MerchantId | undefined;
}

/** Orders by their ids, in no order. */
export async function readOrders(
  db: Reader,
  merchant: MerchantId,
  ids: readonly string[],
): Promise<Subscription[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("subscriptions")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("id", "in", ids)
    .execute();
  return rows.map(subscriptionOf);
}

/**
 * The order of a reference: the one that has it now, else the newest that had it; of one agent
 * where that is given.
 */
export async function readOrderByReference(
  db: Reader,
  merchant: MerchantId,
  reference: string,
  agentId?: AgentId,
): Promise<Subscription | undefined> {
  let query = db
    .selectFrom("subscriptions")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("reference", "=", reference);
  if (agentId) query = query.where("agent_id", "=", agentId);
  const row = await query
    .orderBy(sql`reference_slot <> ''`)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && subscriptionOf(row);
}

export type OrderFilter = Readonly<{
  /** From the first moment on, and before the second: by the time the order was made. */
  from: Date;
  to: Date;
  /** One agent's, the main firm's own (null), or everybody's where nothing is said. */
  agentId?: AgentId | null | undefined;
  groupReference?: string | undefined;
  /** Rows to leave out from the newest, and rows to give. */
  offset: number;
  limit: number;
}>;

/** Orders of a merchant, newest first, with the number and sum of all that match. */
export async function readOrdersPage(
  db: Reader,
  merchant: MerchantId,
  filter: OrderFilter,
): Promise<Readonly<{ rows: Subscription[]; total: number; totalMinor: bigint }>> {
  let query = db
    .selectFrom("subscriptions")
    .where("merchant_id", "=", merchant)
    .where("created_at", ">=", filter.from)
    .where("created_at", "<", filter.to);
  if (filter.agentId) query = query.where("agent_id", "=", filter.agentId);
  if (filter.agentId === null) query = query.where("agent_id", "is", null);
  if (filter.groupReference) query = query.where("group_reference", "=", filter.groupReference);
  const [sums, rows] = await Promise.all([
    query
      .select((eb) => [eb.fn.countAll<bigint>().as("total"), sumOfOrders.as("sum")])
      .executeTakeFirstOrThrow(),
    query
      .selectAll()
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .offset(filter.offset)
      .limit(filter.limit)
      .execute(),
  ]);
  const { total, sum } = sums;
  return { rows: rows.map(subscriptionOf), total: Number(total), totalMinor: sum ?? 0n };
}
const sumOfOrders = sql<bigint | null>`sum(amount_minor)::bigint`;

/**
 * Locks orders until the transaction ends, each as it then is. Always in one order, and always
 * before their invoices: whoever changes an order's invoices holds the order.
 */
export async function lockOrders(
  tx: Tx,
  merchant: MerchantId,
  ids: readonly string[],
): Promise<Subscription[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .selectFrom("subscriptions")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("id", "in", ids)
    .orderBy("id")
    .forUpdate()
    .execute();
  return rows.map(subscriptionOf);
}

/** Writes what of a locked order can change. */
export async function saveOrder(tx: Tx, order: Subscription): Promise<void> {
  const row = subscriptionRow(order);
  await tx
    .updateTable("subscriptions")
    .set({
      status: row.status,
      reference_slot: row.reference_slot,
      amount_minor: order.amountMinor,
      company_minor: order.companyMinor,
      plan_numbers: [...order.planNumbers],
      accepted_at: order.acceptedAt,
      accepted_from: order.acceptedFrom,
      stopped_at: order.stoppedAt,
    })
    .where("merchant_id", "=", order.merchantId)
    .where("id", "=", order.id)
    .execute();
}

/** Every invoice of an order that is not deleted, by its term. */
export async function readInvoices(
  db: Reader,
  merchant: MerchantId,
  subscriptionId: string,
): Promise<Invoice[]> {
  const rows = await db
    .selectFrom("invoices")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("subscription_id", "=", subscriptionId)
    .where("status", "<>", "deleted")
    .orderBy("term")
    .execute();
  return rows.map(invoiceOf);
}

/** What of its invoices tells how an order stands, by the order's id. */
export async function readTallies(
  db: Reader,
  merchant: MerchantId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Tally>> {
  const none: Tally = { all: 0, waiting: 0, last: null };
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; all: bigint; waiting: bigint; last: Tally["last"] }>`
    select subscription_id as id, count(*) as all,
      count(*) filter (where status = 'waiting') as waiting,
      (array_agg(status order by term desc) filter (where status in ('paid', 'failed')))[1] as last
    from invoices
    where merchant_id = ${merchant} and subscription_id = any(${[...ids]}::text[])
      and status <> 'deleted'
    group by subscription_id`.execute(db);
  const found = new Map<string, Tally>(
    rows.map(({ id, all, waiting, last }) => [
      id,
      { all: Number(all), waiting: Number(waiting), last },
    ]),
  );
  return new Map(ids.map((id) => [id, found.get(id) ?? none]));
}

/** The cards of orders, in the order in which they are tried, by the order's id. */
export async function readCards(
  db: Reader,
  merchant: MerchantId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly OrderCard[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("subscription_cards as s")
    .innerJoin("payer_cards as p", (join) =>
      join.onRef("p.merchant_id", "=", "s.merchant_id").onRef("p.number", "=", "s.card"),
    )
    .innerJoin("cards as c", (join) =>
      join.onRef("c.merchant_id", "=", "p.merchant_id").onRef("c.id", "=", "p.card_id"),
    )
    .select(["s.subscription_id", "s.number", "s.card", "s.position", "p.card_id", "p.label"])
    .select(["c.mask", "c.holder_mask"])
    .where("s.merchant_id", "=", merchant)
    .where("s.subscription_id", "in", ids)
    .where("s.removed_at", "is", null)
    .orderBy("s.position")
    .orderBy("s.number")
    .execute();
  const cards = rows.map((row) => ({
    order: row.subscription_id,
    card: {
      number: row.number,
      card: row.card,
      cardId: row.card_id as CardId,
      position: row.position,
      label: row.label,
      mask: row.mask,
      holderMask: row.holder_mask,
    },
  }));
  const byOrder = Map.groupBy(cards, ({ order }) => order);
  return new Map([...byOrder].map(([order, list]) => [order, list.map(({ card }) => card)]));
}
