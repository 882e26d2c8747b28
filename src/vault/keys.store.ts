import { sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { KeyId, WrappedKey } from "./data-key.ts";

const retiring = (db: Reader, merchant: MerchantId) =>
  db.selectFrom("vault_keys").where("merchant_id", "=", merchant).where("status", "=", "retiring");

export async function findActiveKey(
  db: Reader,
  merchant: MerchantId,
): Promise<WrappedKey | undefined> {
  const row = await db
    .selectFrom("vault_keys")
    .select(["id", "wrapped"])
    .where("merchant_id", "=", merchant)
    .where("status", "=", "active")
    .executeTakeFirst();
  return row && { id: row.id as KeyId, wrapped: row.wrapped };
}

/** Nothing happens when there is an active key: of two that come together one is kept. */
export async function insertActiveKey(
  db: Reader,
  merchant: MerchantId,
  { id, wrapped }: WrappedKey,
  now: Date,
): Promise<void> {
  await db
    .insertInto("vault_keys")
    .values({ merchant_id: merchant, id, wrapped, status: "active", created_at: now })
    .onConflict((conflict) =>
      conflict.column("merchant_id").where("status", "=", "active").doNothing(),
    )
    .execute();
}

/**
 * Makes the active key a retiring one, unless there is one already: then an earlier rotation is not
 * over. False when nothing was changed.
 */
export async function retireActiveKey(tx: Tx, merchant: MerchantId): Promise<boolean> {
  const done = await tx
    .updateTable("vault_keys")
    .set({ status: "retiring" })
    .where("merchant_id", "=", merchant)
    .where("status", "=", "active")
    .where((eb) => eb.not(eb.exists(retiring(tx, merchant).select("id"))))
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** How many keys are on their way out, and how many cards are still under them. */
export async function countRetiring(
  db: Reader,
  merchant: MerchantId,
): Promise<{ keys: number; cards: number }> {
  const keys = await retiring(db, merchant).select("id").execute();
  if (keys.length === 0) return { keys: 0, cards: 0 };
  const { count } = await db
    .selectFrom("cards")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .where("merchant_id", "=", merchant)
    .where(
      "key_id",
      "in",
      keys.map(({ id }) => id),
    )
    .where("sealed", "is not", null)
    .executeTakeFirstOrThrow();
  return { keys: keys.length, cards: Number(count) };
}

/**
 * Deletes retiring keys that no card uses, and says how many are left. A key is locked before its
 * cards are looked for: whoever stores a card locks its key too, and only an active one.
 */
export async function dropUnusedKeys(tx: Tx, merchant: MerchantId): Promise<number> {
  const keys = await retiring(tx, merchant).select("id").orderBy("id").forUpdate().execute();
  if (keys.length === 0) return 0;
  const done = await tx
    .deleteFrom("vault_keys as k")
    .where("k.merchant_id", "=", merchant)
    .where(
      "k.id",
      "in",
      keys.map(({ id }) => id),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("cards as c")
            .select("c.id")
            .where("c.merchant_id", "=", merchant)
            .whereRef("c.key_id", "=", "k.id")
            .where("c.sealed", "is not", null),
        ),
      ),
    )
    .executeTakeFirst();
  return keys.length - Number(done.numDeletedRows);
}

export type VaultKey = Readonly<{
  id: KeyId;
  status: "active" | "retiring";
  createdAt: Date;
  /** How many cards are sealed under it. */
  cards: number;
}>;

/** A merchant's data keys, the oldest first. */
export async function listVaultKeys(db: Db, merchant: MerchantId): Promise<VaultKey[]> {
  const { rows } = await sql<Omit<VaultKey, "cards"> & { cards: bigint }>`
    select k.id, k.status, k.created_at as "createdAt", coalesce(c.count, 0) as cards
      from vault_keys k
      left join (
        select key_id, count(*) as count from cards
         where merchant_id = ${merchant} and sealed is not null group by key_id
      ) c on c.key_id = k.id
     where k.merchant_id = ${merchant} order by k.id`.execute(db.kysely);
  return rows.map((row) => ({ ...row, cards: Number(row.cards) }));
}
