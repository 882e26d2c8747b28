import { sql } from "kysely";
import type { Tx } from "../db/transaction.ts";
import type { CardId, MerchantId } from "../lib/id.ts";
import type { KeyId } from "./data-key.ts";

export type RetiringCard = Readonly<{
  id: CardId;
  keyId: KeyId;
  sealed: Buffer;
  wrapped: Buffer;
}>;

/**
 * Locks cards that are still under retiring keys. Those that another transaction has now are left
 * out: two rotations at once share the work, and neither waits for the other.
 */
export async function lockRetiringCards(
  tx: Tx,
  merchant: MerchantId,
  most: number,
): Promise<RetiringCard[]> {
  const { rows } = await sql<RetiringCard>`
    select c.id, c.key_id as "keyId", c.sealed, k.wrapped
      from vault_keys k
      join cards c on c.merchant_id = k.merchant_id and c.key_id = k.id and c.sealed is not null
     where k.merchant_id = ${merchant} and k.status = 'retiring' and c.merchant_id = ${merchant}
     limit ${most} for update of c skip locked`.execute(tx);
  return rows;
}

export type Resealed = Readonly<{ id: CardId; from: KeyId; sealed: Buffer }>;

/** Puts cards under another key, each only if it is still under the one it was read with. */
export async function saveResealed(
  tx: Tx,
  merchant: MerchantId,
  to: KeyId,
  cards: readonly Resealed[],
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update cards c set key_id = ${to}, sealed = r.sealed
      from unnest(${cards.map((each) => each.id)}::text[],
                  ${cards.map((each) => each.from)}::text[],
                  ${cards.map((each) => each.sealed)}::bytea[]) r(id, key_id, sealed)
     where c.merchant_id = ${merchant} and c.id = r.id and c.key_id = r.key_id`.execute(tx);
  return Number(numAffectedRows);
}
