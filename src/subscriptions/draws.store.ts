import { type Selectable, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Invoices } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { AgentId, MerchantId, PaymentId } from "../lib/id.ts";
import { invoiceOf, invoiceRow } from "./rows.ts";
import type { Invoice } from "./subscription.rules.ts";

/**
 * Merchants with invoices that are due by their own clocks. `now` is the real time. The limit makes
 * it one look into the index for each merchant: an `exists` was planned as a join that reads every
 * invoice there is.
 */
export async function merchantsWithDue(db: Db, now: Date): Promise<MerchantId[]> {
  const { rows } = await sql<{ id: MerchantId }>`
    select m.id from merchants m
    cross join lateral (
      select ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond' as at) c
    cross join lateral (
      select from invoices i where i.merchant_id = m.id and i.due_at <= c.at
        and (i.leased_until is null or i.leased_until <= c.at)
      order by i.due_at limit 1) due
    where m.status = 'active' order by m.id`.execute(db.kysely);
  return rows.map((row) => row.id);
}

/** A moment before anything was due. */
export const FROM_THE_FIRST = new Date(0);

/**
 * Takes invoices of one merchant that fell due from `from` to `now`, the oldest first, until
 * `until`: a crashed worker's fall due again. The lease is in no index, so taking it writes no
 * index. What was drawn before leaves dead entries at the beginning of the index of due invoices:
 * whoever leases again begins where it left off.
 */
export async function leaseDue(
  db: Db,
  merchant: MerchantId,
  { from, now, until }: Readonly<{ from: Date; now: Date; until: Date }>,
  most: number,
): Promise<Invoice[]> {
  const { rows } = await sql<Selectable<Invoices>>`
    with due as materialized (
      select number from invoices
      where merchant_id = ${merchant} and due_at >= ${from} and due_at <= ${now}
        and (leased_until is null or leased_until <= ${now})
      order by due_at limit ${most} for update skip locked
    )
    update invoices i set leased_until = ${until}, version = version + 1 from due
    where i.merchant_id = ${merchant} and i.number = due.number
    returning i.*`.execute(db.kysely);
  return rows.map(invoiceOf);
}

const invoicesJson = (invoices: readonly Invoice[]) => JSON.stringify(invoices.map(invoiceRow));
/** Whoever writes many writes them in one order: two who write at once never wait in turn. */
const inOrder = (invoices: readonly Invoice[]) =>
  invoices.toSorted((a, b) => (a.number < b.number ? -1 : Number(a.number > b.number)));

/** An invoice by its whole key: two merchants may give one number. */
export const keyOf = ({ merchantId, number }: Pick<Invoice, "merchantId" | "number">): string =>
  `${merchantId} ${number}`;

/**
 * Writes invoices whole, each only over the version before its own, and answers the keys of those
 * that were written: the others were changed by somebody else meanwhile. Found by conflict with the
 * primary key, like payments. Who goes on with them keeps the lease it has.
 */
export async function saveInvoices(
  db: Reader,
  invoices: readonly Invoice[],
  { keepsLease = false }: Readonly<{ keepsLease?: boolean }> = {},
): Promise<Set<string>> {
  if (invoices.length === 0) return new Set();
  const { rows } = await sql<{ merchant_id: MerchantId; number: bigint }>`
    insert into invoices as i
    select * from json_populate_recordset(null::invoices, ${invoicesJson(inOrder(invoices))}::json)
    on conflict (merchant_id, number) do update set
      version = excluded.version, status = excluded.status, term_slot = excluded.term_slot,
      drawn_from = excluded.drawn_from, amount_minor = excluded.amount_minor,
      company_minor = excluded.company_minor, due_at = excluded.due_at, tries = excluded.tries,
      leased_until = ${sql.raw(keepsLease ? "i.leased_until" : "null")},
      refused_cards = excluded.refused_cards, last_reason = excluded.last_reason,
      last_message = excluded.last_message, attempted_at = excluded.attempted_at,
      attempted_on = excluded.attempted_on, attempts_today = excluded.attempts_today,
      attempt_days = excluded.attempt_days, open_payment_id = excluded.open_payment_id,
      open_card = excluded.open_card, wanted_status = excluded.wanted_status,
      wanted_minor = excluded.wanted_minor, wanted_company_minor = excluded.wanted_company_minor
      where i.version = excluded.version - 1
    returning i.merchant_id, i.number`.execute(db);
  return new Set(rows.map(({ merchant_id: merchantId, number }) => keyOf({ merchantId, number })));
}

export type Dealer = Readonly<{ merchantId: MerchantId; agentId: AgentId }>;
export const dealerKey = ({ merchantId, agentId }: Dealer): string => `${merchantId} ${agentId}`;

/** The keys of those of these dealers that are blocked now. */
export async function blockedDealers(tx: Tx, dealers: readonly Dealer[]): Promise<Set<string>> {
  if (dealers.length === 0) return new Set();
  const merchants = dealers.map((each) => each.merchantId);
  const agents = dealers.map((each) => each.agentId);
  const { rows } = await sql<Dealer>`
    select a.merchant_id as "merchantId", a.id as "agentId" from agents a
    where a.status = 'blocked' and (a.merchant_id, a.id) in (
      select * from unnest(${merchants}::text[], ${agents}::text[]))`.execute(tx);
  return new Set(rows.map(dealerKey));
}

/** A try as it is stored beside its payment. */
export type NewTry = Readonly<{
  merchantId: MerchantId;
  invoice: bigint;
  no: number;
  paymentId: PaymentId;
  card: bigint;
  isManual: boolean;
  openedAt: Date;
}>;

export async function insertTries(tx: Tx, tries: readonly NewTry[]): Promise<void> {
  const rows = tries.map((each) => ({
    merchant_id: each.merchantId,
    invoice: each.invoice.toString(),
    no: each.no,
    payment_id: each.paymentId,
    card: each.card.toString(),
    is_manual: each.isManual,
    is_paid: false,
    opened_at: each.openedAt,
  }));
  await sql`insert into invoice_tries select * from
    json_populate_recordset(null::invoice_tries, ${JSON.stringify(rows)}::json)`.execute(tx);
}

/** What the bank's answer makes of the invoice whose try it was. */
export type TryEnd = Readonly<{
  merchantId: MerchantId;
  invoice: bigint;
  no: number;
  paymentId: PaymentId;
  isPaid: boolean;
  /** Whether the card said no; a try that was lost on the way says nothing of it. */
  isRefused: boolean;
  reason: string | null;
  message: string | null;
  at: Date;
}>;
export type EndedTry = Readonly<{ merchantId: MerchantId; number: bigint; isTold: boolean }>;

/**
 * Ends tries: a paid invoice is paid for good, a refused one is due at once, for the next card or
 * the end of its round; whoever drew it goes on with it under the lease that it has. Only the try
 * that the invoice waits for ends it. What its merchant wanted of it meanwhile holds from a no on.
 * Answers those that were ended.
 */
export async function endTries(tx: Tx, ends: readonly TryEnd[]): Promise<EndedTry[]> {
  const rows = ends.map((each) => ({ ...each, invoice: each.invoice.toString() }));
  const { rows: ended } = await sql<{ merchant_id: MerchantId; number: bigint; is_told: boolean }>`
    with r as (select * from json_to_recordset(${JSON.stringify(rows)}::json) as r(
      "merchantId" text, invoice bigint, no integer, "paymentId" text, "isPaid" boolean,
      "isRefused" boolean, reason text, message text, at timestamptz)
    ), ended as (
      update invoices i set version = i.version + 1, open_payment_id = null, open_card = null,
        status = case when r."isPaid" then 'paid' else coalesce(i.wanted_status, 'waiting') end,
        term_slot = case when not r."isPaid" and i.wanted_status = 'deleted' then null
          else i.term_slot end,
        amount_minor = case when r."isPaid" then i.amount_minor
          else coalesce(i.wanted_minor, i.amount_minor) end,
        company_minor = case when r."isPaid" or i.wanted_minor is null then i.company_minor
          else i.wanted_company_minor end,
        wanted_status = null, wanted_minor = null, wanted_company_minor = null,
        paid_by_id = case when r."isPaid" then r."paymentId" end,
        paid_at = case when r."isPaid" then r.at end,
        refused_cards = case when r."isPaid" or i.wanted_status is not null then '{}'
          when r."isRefused" then i.refused_cards || i.open_card else i.refused_cards end,
        last_reason = r.reason, last_message = r.message,
        due_at = case when r."isPaid" or i.wanted_status is not null then null else r.at end
      from r
      where i.merchant_id = r."merchantId" and i.number = r.invoice
        and i.open_payment_id = r."paymentId"
      returning i.merchant_id, i.number, i.is_told, r.no, r."isPaid"
    ), marked as (
      update invoice_tries t set is_paid = true from ended e
      where e."isPaid" and t.merchant_id = e.merchant_id and t.invoice = e.number and t.no = e.no
    )
    select merchant_id, number, is_told from ended`.execute(tx);
  return ended.map((row) => ({
    merchantId: row.merchant_id,
    number: row.number,
    isTold: row.is_told,
  }));
}
