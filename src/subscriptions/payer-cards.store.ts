import { sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { AgentId, CardId, MerchantId, OwnerId } from "../lib/id.ts";

/** A card of a payer, whatever the orders that it is on. */
export type PayerCard = Readonly<{
  /** The wire's `card_id`. */
  card: bigint;
  label: string;
  mask: string;
  holderMask: string;
}>;

/** An order that is deleted holds no card any more; of an agent only its own orders count. */
const isOnOrder = (agent: AgentId | undefined) => sql<boolean>`exists (
  select from subscription_cards s join subscriptions o
    on o.merchant_id = s.merchant_id and o.id = s.subscription_id
  where s.merchant_id = p.merchant_id and s.card = p.number and s.removed_at is null
    and o.status <> 'deleted'
    and (${agent ?? null}::text is null or o.agent_id = ${agent ?? null}))`;

/** Whether a card is on an order of the merchant's, or of this agent's. */
export async function isCardOnOrder(
  db: Reader,
  merchant: MerchantId,
  card: bigint,
  agent?: AgentId,
): Promise<boolean> {
  const { rows } = await sql`select from payer_cards p
    where p.merchant_id = ${merchant} and p.number = ${card} and ${isOnOrder(agent)}`.execute(db);
  return rows.length > 0;
}

/**
 * Locks a payer's card until the transaction ends, and answers its number in the vault; `undefined`
 * for one that is unknown or forgotten. Whoever puts a card on an order or takes it off holds it,
 * after the order: so no card is forgotten while another order gets it.
 */
export async function lockCard(
  tx: Tx,
  merchant: MerchantId,
  card: bigint,
): Promise<CardId | undefined> {
  const row = await tx
    .selectFrom("payer_cards as p")
    .innerJoin("cards as c", (join) =>
      join.onRef("c.merchant_id", "=", "p.merchant_id").onRef("c.id", "=", "p.card_id"),
    )
    .select("c.id")
    .where("p.merchant_id", "=", merchant)
    .where("p.number", "=", card)
    .where("c.deleted_at", "is", null)
    // The row that storing the number again and forgetting it write.
    .forNoKeyUpdate("c")
    .executeTakeFirst();
  return row?.id as CardId | undefined;
}

/** Places on orders whose card is kept, with it; what is forgotten has no number to compare. */
const keptPlaces = sql`subscription_cards s
  join payer_cards p on p.merchant_id = s.merchant_id and p.number = s.card
  join cards c on c.merchant_id = p.merchant_id and c.id = p.card_id and c.deleted_at is null`;

/**
 * The owner, in the vault, of the card by which these orders have the number of a held card, of the
 * order that is named first; `undefined` where none has it.
 */
export async function ownerOfNumber(
  tx: Tx,
  merchant: MerchantId,
  orders: readonly string[],
  held: CardId,
): Promise<OwnerId | undefined> {
  const { rows } = await sql<{ owner_id: OwnerId }>`
    select c.owner_id from ${keptPlaces}
    where s.merchant_id = ${merchant} and s.subscription_id = any(${[...orders]}::text[])
      and s.removed_at is null and c.fingerprint = (
        select h.fingerprint from cards h where h.merchant_id = ${merchant} and h.id = ${held})
    order by array_position(${[...orders]}::text[], s.subscription_id), s.position
    limit 1`.execute(tx);
  return rows[0]?.owner_id;
}

const printOf = (merchant: MerchantId, card: bigint) => sql`(
  select k.fingerprint from payer_cards w
    join cards k on k.merchant_id = w.merchant_id and k.id = w.card_id
  where w.merchant_id = ${merchant} and w.number = ${card})`;

/** Those of these orders that have a card, or another one with its number; each with that one. */
export async function placesOf(
  db: Reader,
  merchant: MerchantId,
  orders: readonly string[],
  card: bigint,
): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await sql<{ subscription_id: string; card: bigint }>`
    select s.subscription_id, s.card from ${keptPlaces}
    where s.merchant_id = ${merchant} and s.subscription_id = any(${[...orders]}::text[])
      and s.removed_at is null
      and (s.card = ${card} or c.fingerprint = ${printOf(merchant, card)})`.execute(db);
  return new Map(rows.map((row) => [row.subscription_id, row.card]));
}

export type NewPlace = Readonly<{
  merchantId: MerchantId;
  /** The wire's `subscription_card_id`. */
  number: bigint;
  subscriptionId: string;
  card: bigint;
  now: Date;
}>;

/**
 * Puts a locked card on a locked order, after its other cards. False where it is on it already, or
 * another card of the payer's with the same number is: a number is tried once in a round.
 */
export async function placeCard(tx: Tx, place: NewPlace): Promise<boolean> {
  const { merchantId, number, subscriptionId, card, now } = place;
  const { rows } = await sql`
    insert into subscription_cards
      (merchant_id, number, subscription_id, card, position, created_at)
    select ${merchantId}, ${number}, ${subscriptionId}, ${card}, coalesce(max(position), 0) + 1,
      ${now}
    from subscription_cards where merchant_id = ${merchantId}
      and subscription_id = ${subscriptionId} and removed_at is null
    having not exists (
      select from ${keptPlaces} where s.merchant_id = ${merchantId}
        and s.subscription_id = ${subscriptionId} and s.removed_at is null
        and c.fingerprint = ${printOf(merchantId, card)})
    on conflict (merchant_id, subscription_id, card) where removed_at is null do nothing
    returning number`.execute(tx);
  return rows.length > 0;
}

/** Takes a card off a locked order; its tries go on naming it. */
export async function removePlace(
  tx: Tx,
  merchant: MerchantId,
  place: bigint,
  now: Date,
): Promise<void> {
  await tx
    .updateTable("subscription_cards")
    .set({ removed_at: now })
    .where("merchant_id", "=", merchant)
    .where("number", "=", place)
    .execute();
}

/** Writes in which order the cards of a locked order are tried: their places, the first first. */
export async function savePositions(
  tx: Tx,
  merchant: MerchantId,
  places: readonly bigint[],
): Promise<void> {
  await sql`update subscription_cards s set position = w.position
    from unnest(${places.map(String)}::bigint[]) with ordinality w(number, position)
    where s.merchant_id = ${merchant} and s.number = w.number`.execute(tx);
}

/** False when the card is on no order of the merchant's, or of this agent's. */
export async function saveLabel(
  db: Db,
  merchant: MerchantId,
  card: bigint,
  label: string,
  agent?: AgentId,
): Promise<boolean> {
  const { numAffectedRows } = await sql`update payer_cards p set label = ${label}
    where p.merchant_id = ${merchant} and p.number = ${card} and ${isOnOrder(agent)}`.execute(
    db.kysely,
  );
  return (numAffectedRows ?? 0n) > 0n;
}

export type CardFilter = Readonly<{
  agentId?: AgentId | undefined;
  /** The whole label, letter by letter. */
  label?: string | undefined;
  offset: number;
  limit: number;
}>;
export type CardPage = Readonly<{ rows: PayerCard[]; total: number }>;

/** Cards that are on orders, the newest first, with the number of all that match. */
export async function filterPayerCards(
  db: Db,
  merchant: MerchantId,
  { agentId, label, offset, limit }: CardFilter,
): Promise<CardPage> {
  const matching = sql`p.merchant_id = ${merchant}
    and (${label ?? null}::text is null or p.label = ${label ?? null}) and ${isOnOrder(agentId)}`;
  const [counted, { rows }] = await Promise.all([
    sql<{ total: bigint }>`select count(*) as total from payer_cards p where ${matching}`.execute(
      db.kysely,
    ),
    sql<PayerCard>`select p.number as card, p.label, c.mask, c.holder_mask as "holderMask"
      from payer_cards p join cards c on c.merchant_id = p.merchant_id and c.id = p.card_id
      where ${matching} order by p.number desc limit ${limit} offset ${offset}`.execute(db.kysely),
  ]);
  return { rows, total: Number(counted.rows[0]?.total ?? 0n) };
}

/**
 * Orders of a group that are not deleted, the oldest first. A group is this agent's, or with `null`
 * the main firm's own; with `undefined` it is all of that name, whosever they are, which is for a
 * main firm that names it.
 */
export async function readGroup(
  db: Db,
  merchant: MerchantId,
  group: string,
  agent: AgentId | null | undefined,
): Promise<Readonly<{ id: string; reference: string }>[]> {
  const query = db.kysely
    .selectFrom("subscriptions")
    .select(["id", "reference"])
    .where("merchant_id", "=", merchant)
    .where("group_reference", "=", group)
    .where("status", "<>", "deleted");
  const ofOne = (by: AgentId | null) =>
    by === null ? query.where("agent_id", "is", null) : query.where("agent_id", "=", by);
  const seen = agent === undefined ? query : ofOne(agent);
  return seen.orderBy("created_at").orderBy("id").execute();
}
