import { accountOf } from "../members/index.ts";
import type { AccountOf } from "../payouts/index.ts";

/** Where a payout goes: to the account of its member, or to the platform's own of its currency. */
export const receiverOf: AccountOf = async (db, { merchantId, party, member, currency }) => {
  if (party === "other") return undefined;
  if (party === "member") {
    const account = member === null ? undefined : await accountOf(db, merchantId, member, currency);
    return account && { title: account.title, iban: account.iban };
  }
  return db
    .selectFrom("platform_accounts")
    .select(["title", "iban"])
    .where("merchant_id", "=", merchantId)
    .where("currency", "=", currency)
    .executeTakeFirst();
};
