import type { Selectable } from "kysely";
import type { MemberAccounts } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import type { BankAccount } from "./account.rules.ts";
import type { MemberAccount } from "./member.rules.ts";

const accountFrom = (row: Selectable<MemberAccounts>): MemberAccount => ({
  number: row.number,
  member: row.member,
  currency: row.currency,
  title: row.title,
  iban: row.iban,
});

/** Where a member's money of a currency goes; also of one who is gone. */
export async function accountOf(
  db: Reader,
  merchant: MerchantId,
  member: bigint,
  currency: Currency,
): Promise<MemberAccount | undefined> {
  const row = await db
    .selectFrom("member_accounts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("member", "=", member)
    .where("currency", "=", currency)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row && accountFrom(row);
}

/** The accounts of members, each member's in the order in which they were given. */
export async function accountsOf(
  db: Reader,
  merchant: MerchantId,
  members: readonly bigint[],
): Promise<MemberAccount[]> {
  if (members.length === 0) return [];
  const rows = await db
    .selectFrom("member_accounts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("member", "in", members)
    .where("deleted_at", "is", null)
    .orderBy("number")
    .execute();
  return rows.map(accountFrom);
}

/** An account by its number; with `isLocked` it stands still until the transaction ends. */
export async function readAccount(
  db: Reader,
  merchant: MerchantId,
  number: bigint,
  { isLocked = false } = {},
): Promise<MemberAccount | undefined> {
  const query = db
    .selectFrom("member_accounts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("number", "=", number)
    .where("deleted_at", "is", null);
  const row = await (isLocked ? query.forUpdate() : query).executeTakeFirst();
  return row && accountFrom(row);
}

export async function insertAccounts(
  tx: Tx,
  merchant: MerchantId,
  accounts: readonly MemberAccount[],
  now: Date,
): Promise<void> {
  if (accounts.length === 0) return;
  const rows = accounts.map((each) => ({ merchant_id: merchant, ...each, created_at: now }));
  await tx.insertInto("member_accounts").values(rows).execute();
}

export async function updateAccount(
  tx: Tx,
  merchant: MerchantId,
  number: bigint,
  { currency, title, iban }: BankAccount,
): Promise<void> {
  await tx
    .updateTable("member_accounts")
    .set({ currency, title, iban })
    .where("merchant_id", "=", merchant)
    .where("number", "=", number)
    .execute();
}

export async function closeAccount(
  tx: Tx,
  merchant: MerchantId,
  number: bigint,
  now: Date,
): Promise<void> {
  await tx
    .updateTable("member_accounts")
    .set({ deleted_at: now })
    .where("merchant_id", "=", merchant)
    .where("number", "=", number)
    .execute();
}
