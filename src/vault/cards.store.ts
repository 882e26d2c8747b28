import { type Insertable, type Selectable, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Cards } from "../db/tables.gen.ts";
import type { Reader } from "../db/transaction.ts";
import type { CardId, MerchantId } from "../lib/id.ts";
import type { KeyId, WrappedKey } from "./data-key.ts";

export type CardRow = Selectable<Cards>;
export type NewCardRow = Insertable<Cards> & Readonly<{ key_id: KeyId; sealed: Buffer }>;
/** A stored card with the merchant's name for its owner. */
export type OwnedRow = CardRow & Readonly<{ customer: string }>;
/** How a client names a stored card, and whose it has to be. */
export type StoredName = Readonly<
  ({ token: string } | { id: CardId }) & { ownerId?: string | undefined }
>;
const columnOf = (name: StoredName) =>
  "id" in name ? (["id", name.id] as const) : (["token", name.token] as const);
export type Paging = Readonly<{ offset: number; limit: number }>;

/** Nothing that could be charged, or found by its number, stays of a card that is forgotten. */
const erased = (now: Date) => ({
  key_id: null,
  sealed: null,
  fingerprint: Buffer.alloc(0),
  deleted_at: now,
});

const bytea = (bytes: Buffer) => `\\x${bytes.toString("hex")}`;

/**
 * Keeps a card, or finds it kept already: the same number of the same owner is one card, whose
 * description and later expiry are taken over. `undefined` when its key is not the active one. The
 * key is locked meanwhile, so a key that was retired gets no card any more.
 */
export async function insertCard(db: Reader, card: NewCardRow): Promise<CardRow | undefined> {
  const row = { ...card, sealed: bytea(card.sealed), fingerprint: bytea(card.fingerprint) };
  const { rows } = await sql<CardRow>`/* keep_card */
    with k as (
      select id from vault_keys
       where merchant_id = ${card.merchant_id} and id = ${card.key_id} and status = 'active'
         for share
    )
    insert into cards as c
    select r.* from k, json_populate_record(null::cards, ${JSON.stringify(row)}::json) r
    on conflict (merchant_id, owner_id, fingerprint)
      where owner_id is not null and deleted_at is null
    do update set
      description = coalesce(nullif(excluded.description, ''), c.description),
      expiry_month = case
        when (excluded.expiry_year, excluded.expiry_month) > (c.expiry_year, c.expiry_month)
        then excluded.expiry_month else c.expiry_month end,
      expiry_year = greatest(excluded.expiry_year, c.expiry_year)
    returning c.*`.execute(db);
  return rows[0];
}

export type SealedRow = CardRow & Readonly<{ sealed: Buffer; key: WrappedKey }>;

/** Those of these cards that can still be opened, each with its key as it was at that moment. */
export async function readSealed(
  db: Db,
  merchant: MerchantId,
  ids: readonly CardId[],
): Promise<SealedRow[]> {
  if (ids.length === 0) return [];
  const rows = await db.kysely
    .selectFrom("cards as c")
    .innerJoin("vault_keys as k", (join) =>
      join.onRef("k.merchant_id", "=", "c.merchant_id").onRef("k.id", "=", "c.key_id"),
    )
    .selectAll("c")
    .select("k.wrapped")
    .where("c.merchant_id", "=", merchant)
    .where("c.id", "in", ids)
    .execute();
  return rows.flatMap((row) => {
    const key = { id: row.key_id as KeyId, wrapped: row.wrapped };
    return row.sealed ? [{ ...row, sealed: row.sealed, key }] : [];
  });
}

const owned = (db: Reader, merchant: MerchantId) =>
  db
    .selectFrom("cards as c")
    .innerJoin("card_owners as o", (join) =>
      join.onRef("o.merchant_id", "=", "c.merchant_id").onRef("o.id", "=", "c.owner_id"),
    )
    .where("c.merchant_id", "=", merchant)
    .where("c.deleted_at", "is", null);

export async function findOwned(
  db: Db,
  merchant: MerchantId,
  name: StoredName,
): Promise<OwnedRow | undefined> {
  const [column, value] = columnOf(name);
  let query = owned(db.kysely, merchant).where(`c.${column}`, "=", value);
  if (name.ownerId) query = query.where("c.owner_id", "=", name.ownerId);
  return query.selectAll("c").select("o.customer").executeTakeFirst();
}

/** An owner's cards, the newest first, with the number of all. */
export async function listOwned(
  db: Db,
  merchant: MerchantId,
  owner: string,
  { offset, limit }: Paging,
): Promise<{ rows: OwnedRow[]; total: number }> {
  const query = owned(db.kysely, merchant).where("c.owner_id", "=", owner);
  const [counted, rows] = await Promise.all([
    query.select((eb) => eb.fn.countAll<bigint>().as("total")).executeTakeFirstOrThrow(),
    query
      .selectAll("c")
      .select("o.customer")
      .orderBy("c.id", "desc")
      .offset(offset)
      .limit(limit)
      .execute(),
  ]);
  return { rows, total: Number(counted.total) };
}

const changing = (db: Reader, merchant: MerchantId) =>
  db.updateTable("cards").where("merchant_id", "=", merchant).where("deleted_at", "is", null);

const named = (db: Reader, merchant: MerchantId, name: StoredName) => {
  const [column, value] = columnOf(name);
  const query = changing(db, merchant)
    .where(column, "=", value)
    // A card that is held for a payment has none, and is not named so.
    .where("owner_id", "is not", null);
  return name.ownerId ? query.where("owner_id", "=", name.ownerId) : query;
};

/** Until when a card is good. False when there is no such card. */
export async function saveExpiry(
  db: Db,
  merchant: MerchantId,
  name: StoredName,
  { month, year }: Readonly<{ month: number; year: number }>,
): Promise<boolean> {
  const done = await named(db.kysely, merchant, name)
    .set({ expiry_month: month, expiry_year: year })
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** False when there is no such card. */
export async function saveDescription(
  db: Db,
  merchant: MerchantId,
  name: StoredName,
  description: string,
): Promise<boolean> {
  const done = await named(db.kysely, merchant, name).set({ description }).executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** False when there is no such card. */
export async function eraseOwned(
  db: Db,
  merchant: MerchantId,
  name: StoredName,
  now: Date,
): Promise<boolean> {
  const done = await named(db.kysely, merchant, name).set(erased(now)).executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** False when there is no such card, or it is forgotten. */
export async function eraseCard(
  db: Reader,
  merchant: MerchantId,
  id: CardId,
  now: Date,
): Promise<boolean> {
  const done = await changing(db, merchant)
    .where("id", "=", id)
    .set(erased(now))
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** False when there is no such card, or it is forgotten, or it has an owner. */
export async function eraseHeld(
  db: Db,
  merchant: MerchantId,
  id: CardId,
  now: Date,
): Promise<boolean> {
  const done = await changing(db.kysely, merchant)
    .where("id", "=", id)
    .where("owner_id", "is", null)
    .set(erased(now))
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Erases cards whose time has passed, the oldest first; those that others hold now wait. */
export async function erasePassed(
  db: Db,
  merchant: MerchantId,
  now: Date,
  most: number,
): Promise<number> {
  const done = await db.kysely
    .with("passed", (with_) =>
      with_
        .selectFrom("cards")
        .select("id")
        .where("merchant_id", "=", merchant)
        .where("purge_at", "<=", now)
        .where("deleted_at", "is", null)
        .orderBy("purge_at")
        .limit(most)
        .forUpdate()
        .skipLocked(),
    )
    .updateTable("cards as c")
    .from("passed")
    .set(erased(now))
    .where("c.merchant_id", "=", merchant)
    .whereRef("c.id", "=", "passed.id")
    .executeTakeFirst();
  return Number(done.numUpdatedRows);
}

/** Merchants by whose own clocks some card's time has passed. `now` is the real time. */
export async function merchantsWithPassed(db: Db, now: Date): Promise<MerchantId[]> {
  const { rows } = await sql<{ id: MerchantId }>`
    select m.id from merchants m where exists (
      select from cards c where c.merchant_id = m.id and c.deleted_at is null
        and c.purge_at <= ${now}::timestamptz + m.clock_offset_ms * interval '1 millisecond')
    order by m.id`.execute(db.kysely);
  return rows.map((row) => row.id);
}
