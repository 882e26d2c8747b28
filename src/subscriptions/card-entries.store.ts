import { type Selectable, sql } from "kysely";
import type { CardEntries, Invoices } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { CardId, MerchantId, PaymentId, SessionId } from "../lib/id.ts";
import type { CardEntry } from "./card-entry.rules.ts";
import { invoiceOf } from "./rows.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";

const entryOf = (row: Selectable<CardEntries>): CardEntry => ({
  merchantId: row.merchant_id as MerchantId,
  sessionId: row.session_id as SessionId,
  subscriptionId: row.subscription_id,
  coversGroup: row.covers_group,
  orders: row.orders,
  origin: row.origin,
  label: row.label,
  acceptedFrom: row.accepted_from,
  card: row.card,
  storedAt: row.stored_at,
  createdAt: row.created_at,
});

export async function insertEntry(tx: Tx, entry: CardEntry): Promise<void> {
  await tx
    .insertInto("card_entries")
    .values({
      merchant_id: entry.merchantId,
      session_id: entry.sessionId,
      subscription_id: entry.subscriptionId,
      covers_group: entry.coversGroup,
      orders: [...entry.orders],
      origin: entry.origin,
      label: entry.label,
      accepted_from: entry.acceptedFrom,
      card: entry.card,
      stored_at: entry.storedAt,
      created_at: entry.createdAt,
    })
    .execute();
}

type SessionName = Readonly<{ merchantId: MerchantId; id: SessionId }>;
const ofSession = (db: Reader, { merchantId, id }: SessionName) =>
  db
    .selectFrom("card_entries")
    .selectAll()
    .where("merchant_id", "=", merchantId)
    .where("session_id", "=", id);

/** The entry of a session, if it is one of a card. */
export async function readEntry(db: Reader, session: SessionName): Promise<CardEntry | undefined> {
  const row = await ofSession(db, session).executeTakeFirst();
  return row && entryOf(row);
}

/** The same, for nobody else to end until the transaction does. */
export async function lockEntry(tx: Tx, session: SessionName): Promise<CardEntry | undefined> {
  const row = await ofSession(tx, session).forUpdate().executeTakeFirst();
  return row && entryOf(row);
}

/** How many entries were begun on an order's page since a moment of which no card came. */
export async function countUnfinished(
  db: Reader,
  { merchantId, id }: Pick<Subscription, "merchantId" | "id">,
  since: Date,
): Promise<number> {
  const { count } = await db
    .selectFrom("card_entries")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .where("merchant_id", "=", merchantId)
    .where("subscription_id", "=", id)
    .where("origin", "=", "page")
    .where("card", "is", null)
    .where("created_at", ">=", since)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/**
 * Sessions of entries that began before a moment and of which no card came, by their ids, from
 * behind the last one that was looked at.
 */
export async function readUnfinished(
  db: Reader,
  merchant: MerchantId,
  { before, last }: Readonly<{ before: Date; last: SessionId | undefined }>,
  most: number,
): Promise<SessionId[]> {
  const rows = await db
    .selectFrom("card_entries")
    .select("session_id")
    .where("merchant_id", "=", merchant)
    .where("card", "is", null)
    .where("created_at", "<", before)
    .where("session_id", ">", last ?? "")
    .orderBy("session_id")
    .limit(most)
    .execute();
  return rows.map((row) => row.session_id as SessionId);
}

/** Notes the card that came of a locked entry. */
export async function markEntry(tx: Tx, entry: CardEntry, card: bigint, now: Date): Promise<void> {
  await tx
    .updateTable("card_entries")
    .set({ card, stored_at: now })
    .where("merchant_id", "=", entry.merchantId)
    .where("session_id", "=", entry.sessionId)
    .execute();
}

export type NewPayerCard = Readonly<{
  merchantId: MerchantId;
  number: bigint;
  cardId: CardId;
  label: string;
  now: Date;
}>;

/**
 * Gives a card of the vault its number on the wire, or finds the one that it has; a label that is
 * not empty is taken over.
 */
export async function numberCard(tx: Tx, card: NewPayerCard): Promise<bigint> {
  const { merchantId, number, cardId, label, now } = card;
  const { rows } = await sql<{ number: bigint }>`
    insert into payer_cards as p (merchant_id, number, card_id, label, created_at)
    values (${merchantId}, ${number}, ${cardId}, ${label}, ${now})
    on conflict (merchant_id, card_id)
      do update set label = coalesce(nullif(excluded.label, ''), p.label)
    returning number`.execute(tx);
  return rows[0]!.number;
}

/** What was drawn of an order: an invoice, and the payment of one of its tries. */
type OrderDraw = Readonly<{ invoice: Invoice; paymentId: PaymentId }>;

/**
 * Of each of these orders the first try of its card in a span of time, with the invoice as it now
 * is, by the order's id.
 */
export async function readFirstDraws(
  db: Reader,
  merchant: MerchantId,
  cards: ReadonlyMap<string, bigint>,
  { from, to }: Readonly<{ from: Date; to: Date }>,
): Promise<ReadonlyMap<string, OrderDraw>> {
  const numbers = [...cards.values()].map(String);
  const { rows } = await sql<Selectable<Invoices> & { try_payment_id: string }>`
    select distinct on (i.subscription_id) i.*, t.payment_id as try_payment_id
    from unnest(${[...cards.keys()]}::text[], ${numbers}::bigint[]) w(subscription_id, card)
      join invoices i on i.merchant_id = ${merchant} and i.subscription_id = w.subscription_id
      join invoice_tries t on t.merchant_id = i.merchant_id and t.invoice = i.number
        and t.card = w.card
    where i.status <> 'deleted' and t.opened_at between ${from} and ${to}
    order by i.subscription_id, t.opened_at, i.term, t.no`.execute(db);
  return new Map(
    rows.map((row) => [
      row.subscription_id,
      { invoice: invoiceOf(row), paymentId: row.try_payment_id as PaymentId },
    ]),
  );
}
