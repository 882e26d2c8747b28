import type { Selectable } from "kysely";
import type { Db } from "../db/pool.ts";
import type { MarketplaceSettings } from "../db/tables.gen.ts";
import type { Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { refuseMarket } from "../lib/refusal.ts";
import type { BankAccount } from "../members/account.rules.ts";

/** How money is paid out: not at all, by transfers, or by hand from a file. */
export type Distribution = "developer" | "payout" | "excel";
export type Settings = Readonly<{
  distribution: Distribution;
  /** Whether the platform's own earnings wait for an order. */
  hasManualTrigger: boolean;
  /** Days from an approval to the platform's own earning. */
  platformDays: number;
  /** The longest span of an order, in days; null sets none. */
  orderDaysMax: number | null;
}>;

/** The settings of a marketplace. Refuses `not_a_marketplace` for a merchant that is none. */
export async function readSettings(db: Db, merchant: MerchantId): Promise<Settings> {
  const settings = await findSettings(db, merchant);
  return settings ?? refuseMarket("not_a_marketplace");
}

const settingsOf = (row: Selectable<MarketplaceSettings>): Settings => ({
  distribution: row.distribution,
  hasManualTrigger: row.has_manual_trigger,
  platformDays: row.platform_days,
  orderDaysMax: row.order_days_max,
});

export async function findSettings(db: Db, merchant: MerchantId): Promise<Settings | undefined> {
  const row = await db.kysely
    .selectFrom("marketplace_settings")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .executeTakeFirst();
  return row && settingsOf(row);
}

/**
 * Changes some settings of a marketplace at once, and says what all are now. `undefined` where they
 * would not go together: orders pay by transfers. Nobody pays out meanwhile: what is between two
 * settings is never seen.
 */
export async function changeSettings(
  tx: Tx,
  merchant: MerchantId,
  change: Partial<Settings>,
): Promise<Settings | undefined> {
  const row = await tx
    .selectFrom("marketplace_settings")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return refuseMarket("not_a_marketplace");
  const next = { ...settingsOf(row), ...change };
  if (next.hasManualTrigger && next.distribution !== "payout") return undefined;
  await saveSettings(tx, merchant, next);
  return next;
}

/** Makes a merchant a marketplace, or changes how it is one. */
export async function saveSettings(tx: Tx, merchant: MerchantId, settings: Settings) {
  const row = {
    distribution: settings.distribution,
    has_manual_trigger: settings.hasManualTrigger,
    platform_days: settings.platformDays,
    order_days_max: settings.orderDaysMax,
  };
  await tx
    .insertInto("marketplace_settings")
    .values({ merchant_id: merchant, ...row })
    .onConflict((conflict) => conflict.column("merchant_id").doUpdateSet(row))
    .execute();
}

/** Where the platform's own money goes, by currency. */
export async function readPlatformAccounts(db: Db, merchant: MerchantId): Promise<BankAccount[]> {
  return db.kysely
    .selectFrom("platform_accounts")
    .select(["currency", "title", "iban"])
    .where("merchant_id", "=", merchant)
    .orderBy("currency")
    .execute();
}

/** Sets where the platform's own money of a currency goes. */
export async function savePlatformAccount(
  tx: Tx,
  merchant: MerchantId,
  account: BankAccount,
  now: Date,
) {
  const { currency, title, iban } = account;
  await tx
    .insertInto("platform_accounts")
    .values({ merchant_id: merchant, currency, title, iban, created_at: now })
    .onConflict((conflict) =>
      conflict.columns(["merchant_id", "currency"]).doUpdateSet({ title, iban }),
    )
    .execute();
}
