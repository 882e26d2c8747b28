import type { Db } from "../db/pool.ts";
import type { Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { hasPlatformAccount } from "./orders.store.ts";
import { readSettings, type Settings } from "./settings.store.ts";
import { mainConnection } from "./transfers.store.ts";

/** The settings of a marketplace that works with orders; refuses `not_a_marketplace` of others. */
export async function readTriggered(db: Db, merchant: MerchantId): Promise<Settings> {
  const settings = await readSettings(db, merchant);
  return settings.hasManualTrigger ? settings : refuseMarket("not_a_marketplace");
}

/**
 * From where the platform's own money of a currency is paid. Refuses `platform_account_missing`
 * where it could not go anywhere, and `main_connection_missing` where it could not come from.
 */
export async function placesOf(tx: Tx, merchant: MerchantId, currency: Currency): Promise<bigint> {
  if (!(await hasPlatformAccount(tx, merchant, currency))) refuseMarket("platform_account_missing");
  const connection = await mainConnection(tx, merchant, currency);
  return connection ?? refuseMarket("main_connection_missing");
}
