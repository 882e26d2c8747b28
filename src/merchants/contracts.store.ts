import type { Selectable } from "kysely";
import type { PosAccounts } from "../db/tables.gen.ts";
import type { Tx } from "../db/transaction.ts";
import type { MerchantId, PosId } from "../lib/id.ts";
import { type Keyring, seal, unseal } from "../lib/seal.ts";
import type { MerchantPos } from "./merchant.rules.ts";

/** Between password and store key; neither can hold a control character. */
const SEPARATOR = "\u0000";
const boundTo = (merchant: string, pos: string) => `${merchant}/${pos}`;

/** A bank contract with its credentials opened. */
export function contractOf(ring: Keyring, each: Selectable<PosAccounts>): MerchantPos {
  const sealed = unseal(ring.sealing, each.sealed, boundTo(each.merchant_id, each.id));
  const [password, storeKey] = sealed.parts(SEPARATOR);
  return {
    id: each.id as PosId,
    dialect: each.dialect,
    bankId: each.bank_id,
    bankName: each.bank_name,
    baseUrl: each.base_url,
    clientId: each.client_id,
    user: each.api_user,
    password: password!,
    storeKey: storeKey!,
    isDefault: each.is_default,
    isOpen: each.status === "active",
    acceptsHalfSecure: each.accepts_half_secure,
    threeDModel: each.three_d_model,
  };
}

/** The password and store key come in as plain texts and rest sealed, bound to their row. */
export type NewPos = Omit<MerchantPos, "password" | "storeKey" | "isOpen"> &
  Readonly<{ password: string; storeKey: string }>;

export async function insertPos(
  tx: Tx,
  ring: Keyring,
  merchant: MerchantId,
  pos: NewPos,
  now: Date,
): Promise<void> {
  const packed = `${pos.password}${SEPARATOR}${pos.storeKey}`;
  await tx
    .insertInto("pos_accounts")
    .values({
      merchant_id: merchant,
      id: pos.id,
      dialect: pos.dialect,
      bank_id: pos.bankId,
      bank_name: pos.bankName,
      base_url: pos.baseUrl,
      client_id: pos.clientId,
      api_user: pos.user,
      sealed: seal(ring.sealing, packed, boundTo(merchant, pos.id)),
      is_default: pos.isDefault,
      status: "active",
      accepts_half_secure: pos.acceptsHalfSecure,
      three_d_model: pos.threeDModel,
      created_at: now,
    })
    .execute();
}

/**
 * Tells a sandbox merchant's contracts where the simulator listens now; each keeps its own path.
 * Real banks move by a new contract.
 */
export async function moveSandboxPos(tx: Tx, merchant: MerchantId, bankUrl: string): Promise<void> {
  const rows = await tx
    .selectFrom("pos_accounts")
    .innerJoin("merchants", "merchants.id", "pos_accounts.merchant_id")
    .select(["pos_accounts.id", "pos_accounts.base_url"])
    .where("pos_accounts.merchant_id", "=", merchant)
    .where("merchants.mode", "=", "sandbox")
    .execute();
  for (const row of rows) {
    const moved = `${bankUrl}${new URL(row.base_url).pathname}`;
    if (moved === row.base_url) continue;
    await tx
      .updateTable("pos_accounts")
      .set({ base_url: moved })
      .where("merchant_id", "=", merchant)
      .where("id", "=", row.id)
      .execute();
  }
}

/** What of a contract's 3-D Secure an operator may change. */
export type SecureChange = Readonly<
  Partial<Pick<MerchantPos, "acceptsHalfSecure" | "threeDModel">>
>;

/**
 * Says of the open contract of a programme whether it takes 3-D Secure where the card's bank took
 * no part, or who takes the money after it. Payers who are on their way go on as they began. False
 * when there is no such contract.
 */
export async function setSecure(
  tx: Tx,
  merchant: MerchantId,
  bankId: string,
  { acceptsHalfSecure, threeDModel }: SecureChange,
): Promise<boolean> {
  const done = await tx
    .updateTable("pos_accounts")
    .set({
      ...(acceptsHalfSecure !== undefined && { accepts_half_secure: acceptsHalfSecure }),
      ...(threeDModel !== undefined && { three_d_model: threeDModel }),
    })
    .where("merchant_id", "=", merchant)
    .where("bank_id", "=", bankId)
    .where("status", "=", "active")
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}
