import { randomBytes } from "node:crypto";
import type { Db } from "../db/pool.ts";
import type { Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { type Keyring, seal, unseal } from "../lib/seal.ts";
import type { Secret } from "../lib/secret.ts";
import { CALLBACKS_MAX, type Heard, type Scenario } from "./callback.rules.ts";

/** Where a merchant's servers hear of its payments, and of what. */
export type CallbackAddress = Readonly<{ url: string; hears: readonly Heard[] }>;

export async function listCallbacks(db: Db, merchant: MerchantId): Promise<CallbackAddress[]> {
  const rows = await db.kysely
    .selectFrom("callback_addresses")
    .select(["url", "hears"])
    .where("merchant_id", "=", merchant)
    .orderBy("place")
    .execute();
  return rows.map(({ url, hears }) => ({ url, hears: hears as Heard[] }));
}

/** Sets what an address hears. False where `CALLBACKS_MAX` others have been set. */
export async function saveCallback(
  tx: Tx,
  merchant: MerchantId,
  { url, hears }: CallbackAddress,
  now: Date,
): Promise<boolean> {
  // Two that are set at once would otherwise choose the same place.
  await tx
    .selectFrom("merchants")
    .select("id")
    .where("id", "=", merchant)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const rows = await tx
    .selectFrom("callback_addresses")
    .select(["place", "url"])
    .where("merchant_id", "=", merchant)
    .execute();
  const places = new Set(rows.map(({ place }) => place));
  const all = Array.from({ length: CALLBACKS_MAX }, (_, i) => i + 1);
  const place = rows.find((row) => row.url === url)?.place ?? all.find((at) => !places.has(at));
  if (!place) return false;
  await tx
    .insertInto("callback_addresses")
    .values({ merchant_id: merchant, place, url, hears: [...hears], created_at: now })
    .onConflict((conflict) =>
      conflict.columns(["merchant_id", "place"]).doUpdateSet({ hears: [...hears] }),
    )
    .execute();
  return true;
}

/** False when there is no such address. */
export async function dropCallback(tx: Tx, merchant: MerchantId, url: string): Promise<boolean> {
  const done = await tx
    .deleteFrom("callback_addresses")
    .where("merchant_id", "=", merchant)
    .where("url", "=", url)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

const boundTo = (merchant: MerchantId, scenario: Scenario) => `callback/${merchant}/${scenario}`;
const KEY_BYTES = 32;

/** Makes a new key of a scenario, which takes the place of the one there was. */
export async function newCallbackKey(
  { tx, ring }: Readonly<{ tx: Tx; ring: Keyring }>,
  merchant: MerchantId,
  scenario: Scenario,
  now: Date,
): Promise<string> {
  const key = randomBytes(KEY_BYTES).toString("base64url");
  const sealed = seal(ring.sealing, key, boundTo(merchant, scenario));
  await tx
    .insertInto("callback_keys")
    .values({ merchant_id: merchant, scenario, sealed, created_at: now })
    .onConflict((conflict) =>
      conflict.columns(["merchant_id", "scenario"]).doUpdateSet({ sealed, created_at: now }),
    )
    .execute();
  return key;
}

/** From now on nothing of a scenario is signed. False when nothing was. */
export async function dropCallbackKey(
  tx: Tx,
  merchant: MerchantId,
  scenario: Scenario,
): Promise<boolean> {
  const done = await tx
    .deleteFrom("callback_keys")
    .where("merchant_id", "=", merchant)
    .where("scenario", "=", scenario)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** The key of a scenario; `undefined` where nothing is signed. */
export async function readCallbackKey(
  { db, ring }: Readonly<{ db: Db; ring: Keyring }>,
  merchant: MerchantId,
  scenario: Scenario,
): Promise<Secret | undefined> {
  const row = await db.kysely
    .selectFrom("callback_keys")
    .select("sealed")
    .where("merchant_id", "=", merchant)
    .where("scenario", "=", scenario)
    .executeTakeFirst();
  return row && unseal(ring.sealing, row.sealed, boundTo(merchant, scenario));
}
