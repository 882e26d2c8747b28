import type { Selectable } from "kysely";
import type { MemberValueDates } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { ValueDate } from "./member.rules.ts";

const valueDateFrom = (row: Selectable<MemberValueDates>): ValueDate => ({
  number: row.number,
  kind: row.kind,
  value: row.value,
  commissionPpm: row.commission_ppm,
});

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

/** The newest terms of a member, whenever they begin: their number and from when on they hold. */
export async function newestTerms(db: Reader, merchant: MerchantId, member: bigint) {
  return db
    .selectFrom("member_value_dates")
    .select(["number", "effective_from as from"])
    .where("merchant_id", "=", merchant)
    .where("member", "=", member)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
}

export async function insertValueDate(
  tx: Tx,
  merchant: MerchantId,
  member: bigint,
  { number, kind, value, commissionPpm }: ValueDate,
  from: Date,
): Promise<void> {
  const terms = { number, kind, value, commission_ppm: commissionPpm };
  const row = { merchant_id: merchant, member, ...terms, effective_from: from };
  await tx.insertInto("member_value_dates").values(row).execute();
}
