import { type Selectable, sql } from "kysely";
import type { Members } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Member, MemberFacts } from "./member.rules.ts";

const memberOf = (row: Selectable<Members>): Member => ({
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

/**
 * Members that there are, or were: who is gone is still due what it earned. With `isLocked` they
 * stand still until the transaction ends.
 */
export async function readMembers(
  db: Reader,
  merchant: MerchantId,
  numbers: readonly bigint[],
  { isLocked = false } = {},
): Promise<Member[]> {
  if (numbers.length === 0) return [];
  const query = db
    .selectFrom("members")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("number", "in", numbers)
    .orderBy("number");
  // Their numbers stay, so sales that name them need not wait.
  const rows = await (isLocked ? query.forNoKeyUpdate() : query).execute();
  return rows.map(memberOf);
}

/** By what a living member is found; where both are said, it is the one that both name. */
export type MemberName = Readonly<{ number?: bigint | undefined; externalId?: string | undefined }>;

/** A member who is not gone; with `isLocked` it stands still until the transaction ends. */
export async function findMember(
  db: Reader,
  merchant: MerchantId,
  { number, externalId }: MemberName,
  { isLocked = false } = {},
): Promise<Member | undefined> {
  let query = db
    .selectFrom("members")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("deleted_at", "is", null);
  if (number !== undefined) query = query.where("number", "=", number);
  if (externalId !== undefined) query = query.where("external_id", "=", externalId);
  // Its number stays, so sales that name it need not wait.
  const row = await (isLocked ? query.forNoKeyUpdate() : query).executeTakeFirst();
  return row && memberOf(row);
}

/** Living members that go by either of two names: two where each names another. */
export async function findEither(
  db: Reader,
  merchant: MerchantId,
  { number, externalId }: MemberName,
): Promise<Member[]> {
  const rows = await db
    .selectFrom("members")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("deleted_at", "is", null)
    .where((is) =>
      is.or([
        ...(number === undefined ? [] : [is("number", "=", number)]),
        ...(externalId === undefined ? [] : [is("external_id", "=", externalId)]),
      ]),
    )
    .execute();
  return rows.map(memberOf);
}

export async function pageOfMembers(
  db: Reader,
  merchant: MerchantId,
  { start, length }: Readonly<{ start: number; length: number }>,
): Promise<Member[]> {
  const rows = await db
    .selectFrom("members")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("deleted_at", "is", null)
    .orderBy("number")
    .offset(start)
    .limit(length)
    .execute();
  return rows.map(memberOf);
}

const factsRow = (facts: MemberFacts) => ({
  external_id: facts.externalId,
  is_sub_merchant: facts.isSubMerchant,
  kind: facts.kind,
  name: facts.name,
  title: facts.title,
  tax_office: facts.taxOffice,
  tax_number: facts.taxNumber,
  identity_number: facts.identityNumber,
  email: facts.email,
  phone: facts.phone,
  address: facts.address,
  contact_name: facts.contactName,
  contact_lastname: facts.contactLastname,
});

/** Whether it was stored: a living member that has its external id keeps it. */
export async function insertMember(tx: Tx, member: Member): Promise<boolean> {
  const { merchantId: merchant_id, number, createdAt: created_at } = member;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("members")
    .values({ merchant_id, number, external_slot: "", ...factsRow(member), created_at })
    .onConflict((conflict) => conflict.constraint("one_member_per_external_id").doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** An external id of another living member violates `one_member_per_external_id`. */
export async function updateMember(tx: Tx, member: Member, facts: MemberFacts, now: Date) {
  await tx
    .updateTable("members")
    .set({ ...factsRow(facts), updated_at: now })
    .where("merchant_id", "=", member.merchantId)
    .where("number", "=", member.number)
    .execute();
}

/** The external id is free from then on; the row stays for what was sold. */
export async function closeMember(tx: Tx, { merchantId, number }: Member, now: Date) {
  await tx
    .updateTable("members")
    .set({ deleted_at: now, external_slot: number.toString() })
    .where("merchant_id", "=", merchantId)
    .where("number", "=", number)
    .execute();
}

/** The numbers that one person or company has alone. */
export type Identity = Pick<MemberFacts, "taxNumber" | "identityNumber">;

/**
 * Whoever stores a member with one of these numbers waits until the transaction ends: of two at
 * once, the second sees the first.
 */
export async function lockIdentity(tx: Tx, merchant: MerchantId, identity: Identity) {
  const { taxNumber, identityNumber } = identity;
  // In one order for all, so that no two wait for each other.
  const names = [...new Set([taxNumber, identityNumber])].filter((each) => each !== "").sort();
  for (const name of names) {
    const lock = `member ${merchant} ${name}`;
    await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(tx);
  }
}

/** Whether a living member, but for `except`, has one of these numbers. */
export async function hasIdentity(
  tx: Tx,
  merchant: MerchantId,
  { taxNumber, identityNumber }: Identity,
  except?: bigint,
): Promise<boolean> {
  const row = await tx
    .selectFrom("members")
    .select("number")
    .where("merchant_id", "=", merchant)
    .where("deleted_at", "is", null)
    .where((eb) =>
      eb.or([
        eb.and([eb("tax_number", "=", taxNumber), eb("tax_number", "<>", "")]),
        eb.and([eb("identity_number", "=", identityNumber), eb("identity_number", "<>", "")]),
      ]),
    )
    .$if(except !== undefined, (query) => query.where("number", "<>", except!))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Of these members those that there are and that may sell. */
export async function livingMembers(
  db: Reader,
  merchant: MerchantId,
  numbers: readonly bigint[],
): Promise<ReadonlySet<bigint>> {
  if (numbers.length === 0) return new Set();
  const rows = await db
    .selectFrom("members")
    .select("number")
    .where("merchant_id", "=", merchant)
    .where("number", "in", numbers)
    .where("deleted_at", "is", null)
    .execute();
  return new Set(rows.map((row) => row.number));
}
