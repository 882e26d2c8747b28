import { type Selectable, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { PayLinks } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { AgentId, AttemptId, MerchantId, PaymentId, TokenId } from "../lib/id.ts";
import type { Link, LinkTerms, PaidBy, TimedState } from "./link.rules.ts";
import { KEY_PREFIX } from "./session.rules.ts";
import { leftOfStock } from "./stock.store.ts";

type BesideRow = Readonly<{ paid_by: PaidBy | null; left: number | null }>;

const linkOf = (row: Selectable<PayLinks> & BesideRow): Link => ({
  merchantId: row.merchant_id as MerchantId,
  id: row.id,
  status: row.status,
  reference: row.reference,
  amountMinor: row.amount_minor,
  currency: row.currency,
  agentId: row.agent_id as AgentId | null,
  isMulti: row.is_multi,
  terms: row.terms as LinkTerms,
  paidBy: row.paid_by,
  left: row.left,
  expiresAt: row.expires_at,
  createdAt: row.created_at,
});

/** Stores a link. False when its id is taken: the same request made it before. */
export async function insertLink(tx: Tx, link: Link): Promise<boolean> {
  const done = await tx
    .insertInto("pay_links")
    .values({
      merchant_id: link.merchantId,
      id: link.id,
      status: link.status,
      reference: link.reference,
      amount_minor: link.amountMinor,
      currency: link.currency,
      agent_id: link.agentId,
      is_multi: link.isMulti,
      terms: JSON.stringify(link.terms),
      expires_at: link.expiresAt,
      created_at: link.createdAt,
    })
    .onConflict((conflict) => conflict.columns(["merchant_id", "id"]).doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/**
 * What is shown of the payment that paid a link, as a column beside `pay_links l`: looked up link
 * by link. A join to it was planned, by what was known of younger tables, as a walk through all
 * payments.
 */
const paidBy = sql<PaidBy | null>`(select json_build_object(
    'paymentId', p.id, 'posId', p.pos_id, 'instalments', p.instalments)
  from payments p where p.merchant_id = l.merchant_id and p.id = l.paid_by_id)`;

/** Links of a merchant, each with what is shown of the payment that paid it. */
const linksOf = (db: Reader, merchant: MerchantId) =>
  db
    .selectFrom("pay_links as l")
    .where("l.merchant_id", "=", merchant)
    .selectAll("l")
    .select([paidBy.as("paid_by"), leftOfStock.as("left")]);

/** A link by its id, or the newest one of a reference; of one agent where that is given. */
export async function readLink(
  db: Reader,
  merchant: MerchantId,
  by: Readonly<{ id: string } | { reference: string }>,
  agentId?: AgentId,
): Promise<Link | undefined> {
  let query = linksOf(db, merchant);
  if ("id" in by) query = query.where("l.id", "=", by.id);
  else query = query.where("l.reference", "=", by.reference);
  if (agentId) query = query.where("l.agent_id", "=", agentId);
  const row = await query
    .orderBy("l.created_at", "desc")
    .orderBy("l.id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && linkOf(row);
}

/** Whose link it is that an address names. */
export async function ownerOfLink(
  db: Db,
  { companyCode, id }: Readonly<{ companyCode: string; id: string }>,
): Promise<MerchantId | undefined> {
  const row = await db.kysely
    .selectFrom("pay_links as l")
    .innerJoin("merchants as m", "m.id", "l.merchant_id")
    .select("l.merchant_id")
    .where("m.company_code", "=", companyCode)
    .where("l.id", "=", id)
    .executeTakeFirst();
  return row?.merchant_id as MerchantId | undefined;
}

export type LinkFilter = Readonly<{
  /** From the first moment on, and before the second: by the time the link was made. */
  from: Date;
  to: Date;
  agentId?: AgentId | undefined;
  reference?: string | undefined;
  state?: TimedState | undefined;
  /** Rows to leave out from the newest, and rows to give. */
  offset: number;
  limit: number;
}>;
export type LinkPage = Readonly<{ rows: Link[]; total: number; totalMinor: bigint }>;

/** Links of a merchant, newest first, with the number and sum of all that match at a moment. */
export async function readLinks(
  db: Db,
  merchant: MerchantId,
  filter: LinkFilter,
  now: Date,
): Promise<LinkPage> {
  const { agentId, reference, state } = filter;
  let query = linksOf(db.kysely, merchant)
    .where("l.created_at", ">=", filter.from)
    .where("l.created_at", "<", filter.to);
  if (agentId) query = query.where("l.agent_id", "=", agentId);
  if (reference) query = query.where("l.reference", "=", reference);
  if (state) query = query.where("l.status", "=", state === "expired" ? "waiting" : state);
  if (state === "expired") query = query.where("l.expires_at", "<=", now);
  if (state === "waiting") query = query.where("l.expires_at", ">", now);
  const [sums, rows] = await Promise.all([
    query
      .clearSelect()
      .select((eb) => [eb.fn.countAll<bigint>().as("total"), sumOfLinks.as("sum")])
      .executeTakeFirstOrThrow(),
    query
      .orderBy("l.created_at", "desc")
      .orderBy("l.id", "desc")
      .offset(filter.offset)
      .limit(filter.limit)
      .execute(),
  ]);
  return { rows: rows.map(linkOf), total: Number(sums.total), totalMinor: sums.sum ?? 0n };
}

const sumOfLinks = sql<bigint | null>`sum(l.amount_minor)::bigint`;

/** Opens or closes a link, unless it has been paid meanwhile. Says whether it did. */
export async function setLinkStatus(
  db: Db,
  { merchantId, id }: Pick<Link, "merchantId" | "id">,
  status: "waiting" | "passive",
): Promise<boolean> {
  const done = await db.kysely
    .updateTable("pay_links")
    .set({ status })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .where("status", "<>", "paid")
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** The link whose session a try belongs to, if it is a link's. */
export async function readLinkOfToken(
  db: Reader,
  merchant: MerchantId,
  token: TokenId,
): Promise<Link | undefined> {
  const row = await db
    .selectFrom("checkout_tokens as t")
    .innerJoin("checkout_sessions as s", (join) =>
      join.onRef("s.merchant_id", "=", "t.merchant_id").onRef("s.id", "=", "t.session_id"),
    )
    .select("s.link_id")
    .where("t.merchant_id", "=", merchant)
    .where("t.id", "=", token)
    .executeTakeFirst();
  return row?.link_id ? readLink(db, merchant, { id: row.link_id }) : undefined;
}

/** A charge that took money on a link whose maker named an address for calls about that. */
export type WantedCall = Readonly<{ attemptId: AttemptId; url: string }>;

/**
 * Those of a merchant's events that its links want calls about: one statement, however many events
 * there are, since each payment's event comes by here and most merchants have no such link.
 */
export async function wantedCalls(
  { kysely }: Db,
  merchant: MerchantId,
  events: readonly string[],
): Promise<WantedCall[]> {
  if (events.length === 0) return [];
  const { rows } = await sql<WantedCall>`
    select distinct a.id as "attemptId", l.terms ->> 'callbackUrl' as url
    from events e
    -- The limit makes it one look for each event, however many charges pages have made.
    cross join lateral (select id, kind, status, request_key from payment_attempts
      where merchant_id = ${merchant} and id = e.payload ->> 'attempt_id' limit 1) a
    join checkout_tokens t on t.merchant_id = ${merchant}
      and t.id = substr(a.request_key, ${KEY_PREFIX.length + 1})
    join checkout_sessions s on s.merchant_id = ${merchant} and s.id = t.session_id
    join pay_links l on l.merchant_id = ${merchant} and l.id = s.link_id
    where e.merchant_id = ${merchant} and e.id = any(${[...events]})
      and a.kind = 'sale' and a.status = 'approved'
      and starts_with(a.request_key, ${KEY_PREFIX}) and l.terms ->> 'callbackUrl' is not null
    `.execute(kysely);
  return rows;
}

/**
 * Writes on a link that a payment has paid it. Money that has moved counts, whatever was made of
 * the link meanwhile. One that may be paid many times stays open and knows its newest payment.
 */
export async function markPaid(
  tx: Tx,
  { merchantId, id }: Pick<Link, "merchantId" | "id">,
  paymentId: PaymentId,
): Promise<void> {
  await tx
    .updateTable("pay_links")
    .set({
      paid_by_id: paymentId,
      status: sql`case when is_multi then status else 'paid' end`,
    })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .where((eb) => eb.or([eb("is_multi", "=", true), eb("paid_by_id", "is", null)]))
    .execute();
}
