import { sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { AgentId, CardId, MerchantId } from "../lib/id.ts";

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

export type NewPlace = Readonly<{
  merchantId: MerchantId;
  /** The wire's `subscription_card_id`. */
  number: bigint;
  subscriptionId: string;
  card: bigint;
  now: Date;
}>;

/** Puts a locked card on a locked order, after its other cards. False where it is on it already. */
export async function placeCard(tx: Tx, place: NewPlace): Promise<boolean> {
  const { merchantId, number, subscriptionId, card, now } = place;
  const { rows } = await sql`
    insert into subscription_cards
      (merchant_id, number, subscription_id, card, position, created_at)
    select ${merchantId}, ${number}, ${subscriptionId}, ${card}, coalesce(max(position), 0) + 1,
      ${now}
    from subscription_cards where merchant_id = ${merchantId}
      and subscription_id = ${subscriptionId} and removed_at is null
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

/** Orders of a group that are not deleted, of this agent if one is named, the oldest first. */
export async function readGroup(
  db: Db,
  merchant: MerchantId,
  group: string,
  agent?: AgentId,
): Promise<Readonly<{ id: string; reference: string }>[]> {
  const query = db.kysely
    .selectFrom("subscriptions")
    .select(["id", "reference"])
    .where("merchant_id", "=", merchant)
    .where("group_reference", "=", group)
    .where("status", "<>", "deleted");
  const seen = agent ? query.where("agent_id", "=", agent) : query;
  return seen.orderBy("created_at").orderBy("id").execute();
}
