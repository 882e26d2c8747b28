import type { Selectable } from "kysely";
import type { PayoutConnections } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import { type Keyring, seal, unseal } from "../lib/seal.ts";
import type { Connection } from "./provider.rules.ts";

const boundTo = (merchant: string, number: bigint) => `${merchant}/payout/${number}`;

const connectionOf = (ring: Keyring, row: Selectable<PayoutConnections>): Connection => ({
  merchantId: row.merchant_id as MerchantId,
  number: row.number,
  provider: row.provider,
  key: row.key,
  currency: row.currency,
  baseUrl: row.base_url,
  account: row.account,
  secret: unseal(ring.sealing, row.sealed, boundTo(row.merchant_id, row.number)),
  isMain: row.is_main,
  isOpen: row.is_open,
});

/** A connection by its number, whether it is open or not; the open one of a key or a currency. */
export type ConnectionName = Readonly<
  { number: bigint } | { main: Currency } | { key: string; currency?: Currency }
>;

export async function findConnection(
  { ring }: Readonly<{ ring: Keyring }>,
  db: Reader,
  merchant: MerchantId,
  name: ConnectionName,
): Promise<Connection | undefined> {
  const all = db.selectFrom("payout_connections").selectAll().where("merchant_id", "=", merchant);
  const open = all.where("is_open", "=", true).orderBy("number").limit(1);
  let named = open;
  if ("number" in name) named = all.where("number", "=", name.number);
  else if ("main" in name) {
    named = open.where("is_main", "=", true).where("currency", "=", name.main);
  } else {
    named = open.where("key", "=", name.key);
    if (name.currency) named = named.where("currency", "=", name.currency);
  }
  const row = await named.executeTakeFirst();
  return row && connectionOf(ring, row);
}

/** Every way of a merchant to pay out, closed ones too, without what opens it. */
export async function listConnections(
  db: Reader,
  merchant: MerchantId,
): Promise<Omit<Connection, "secret">[]> {
  const rows = await db
    .selectFrom("payout_connections")
    .select(["number", "provider", "key", "currency", "base_url", "account", "is_main", "is_open"])
    .where("merchant_id", "=", merchant)
    .orderBy("number")
    .execute();
  return rows.map(({ base_url: baseUrl, is_main: isMain, is_open: isOpen, ...row }) => ({
    ...{ ...row, merchantId: merchant, baseUrl, isMain, isOpen },
  }));
}

/** The key of the bank's interface comes in as plain text and rests sealed, bound to its row. */
export type NewConnection = Pick<
  Connection,
  "merchantId" | "provider" | "key" | "currency" | "baseUrl" | "account" | "isMain"
> &
  Readonly<{ secret: string }>;

/** Opens a way to pay out. False when the merchant has an open one of this key and currency. */
export async function openConnection(tx: Tx, ring: Keyring, connection: NewConnection, now: Date) {
  const { merchantId, key, currency } = connection;
  const rows = await tx
    .selectFrom("payout_connections")
    .select(["number", "key", "currency", "is_open"])
    .where("merchant_id", "=", merchantId)
    .execute();
  const isSame = (row: (typeof rows)[number]) => row.key === key && row.currency === currency;
  if (rows.some((row) => row.is_open && isSame(row))) return false;
  const number = rows.reduce((most, row) => (row.number > most ? row.number : most), 0n) + 1n;
  await tx
    .insertInto("payout_connections")
    .values({
      merchant_id: merchantId,
      number,
      provider: connection.provider,
      key,
      currency,
      base_url: connection.baseUrl,
      account: connection.account,
      sealed: seal(ring.sealing, connection.secret, boundTo(merchantId, number)),
      is_main: connection.isMain,
      is_open: true,
      created_at: now,
    })
    .execute();
  return true;
}

/** Tells a sandbox merchant's ways to pay out where the offline bank listens now. */
export async function moveSandboxConnections(tx: Tx, merchant: MerchantId, bankUrl: string) {
  await tx
    .updateTable("payout_connections")
    .set({ base_url: bankUrl })
    .where("merchant_id", "=", merchant)
    .where("provider", "=", "simulator")
    .where("base_url", "<>", bankUrl)
    .execute();
}
