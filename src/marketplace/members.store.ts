import type { Selectable } from "kysely";
import type { MemberAccounts, Members, MemberValueDates } from "../db/tables.gen.ts";
import type { Reader } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import type { Member, MemberAccount, ValueDate } from "./member.rules.ts";

export const memberOf = (row: Selectable<Members>): Member => ({
  merchantId: row.merchant_id as MerchantId,
  number: row.number,
  externalId: row.external_id,
  isSubMerchant: row.is_sub_merchant,
  kind: row.kind,
  name: row.name,
  title: row.title,
  taxOffice: row.tax_office,
  taxNumber: row.tax_number,
  identityNumber: row.identity_number,
  email: row.email,
  phone: row.phone,
  address: row.address,
  contactName: row.contact_name,
  contactLastname: row.contact_lastname,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
});

const accountFrom = (row: Selectable<MemberAccounts>): MemberAccount => ({
  number: row.number,
  member: row.member,
  currency: row.currency,
  title: row.title,
  iban: row.iban,
});

const valueDateFrom = (row: Selectable<MemberValueDates>): ValueDate => ({
  number: row.number,
  kind: row.kind,
  value: row.value,
  commissionPpm: row.commission_ppm,
});

/** Those of a merchant's members that there are, or were: who is gone is still due what it earned. */
export async function readMembers(
  db: Reader,
  merchant: MerchantId,
  numbers: readonly bigint[],
): Promise<Member[]> {
  if (numbers.length === 0) return [];
  const rows = await db
    .selectFrom("members")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("number", "in", numbers)
    .orderBy("number")
    .execute();
  return rows.map(memberOf);
}

/** The terms that hold for each member at a moment: the newest of those that began by then. */
export async function valueDatesAt(
  db: Reader,
  merchant: MerchantId,
  members: readonly bigint[],
  at: Date,
): Promise<Map<bigint, ValueDate>> {
  if (members.length === 0) return new Map();
  const rows = await db
    .selectFrom("member_value_dates")
    .selectAll()
    .distinctOn("member")
    .where("merchant_id", "=", merchant)
    .where("member", "in", members)
    .where("effective_from", "<=", at)
    .orderBy("member")
    .orderBy("number", "desc")
    .execute();
  return new Map(rows.map((row) => [row.member, valueDateFrom(row)]));
}

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
