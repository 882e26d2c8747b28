import type { Db } from "../db/pool.ts";
import type { Tx } from "../db/transaction.ts";
import type { AgentId, MerchantId } from "../lib/id.ts";
import type { KeyKind } from "./keys.rules.ts";

export type FoundKey = Readonly<{
  merchantId: MerchantId;
  agentId: AgentId | null;
  kind: KeyKind;
  /** The second half of a pair. */
  client: string | null;
  allowedIps: string[] | null;
}>;

/** The directory: the only read that begins without a merchant. Revoked keys are not found. */
export async function findKey(db: Db, hash: Buffer): Promise<FoundKey | undefined> {
  const row = await db.kysely
    .selectFrom("api_keys")
    .select(["merchant_id", "agent_id", "kind", "client", "allowed_ips"])
    .where("key_hash", "=", hash)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    merchantId: row.merchant_id as MerchantId,
    agentId: row.agent_id as AgentId | null,
    kind: row.kind,
    client: row.client,
    allowedIps: row.allowed_ips,
  };
}

export async function insertKey(
  tx: Tx,
  key: FoundKey & { hash: Buffer; hint: string; createdAt: Date },
): Promise<void> {
  await tx
    .insertInto("api_keys")
    .values({
      key_hash: key.hash,
      merchant_id: key.merchantId,
      agent_id: key.agentId,
      kind: key.kind,
      client: key.client,
      hint: key.hint,
      allowed_ips: key.allowedIps,
      created_at: key.createdAt,
    })
    .execute();
}

export async function revokeKey(tx: Tx, merchant: MerchantId, hash: Buffer, at: Date) {
  const done = await tx
    .updateTable("api_keys")
    .set({ revoked_at: at })
    .where("merchant_id", "=", merchant)
    .where("key_hash", "=", hash)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

export async function listKeys(db: Db, merchant: MerchantId) {
  return db.kysely
    .selectFrom("api_keys")
    .select(["kind", "hint", "agent_id", "allowed_ips", "created_at", "revoked_at"])
    .where("merchant_id", "=", merchant)
    .orderBy("created_at")
    .execute();
}
