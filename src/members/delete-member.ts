import { inTx } from "../db/transaction.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { MembersDeps } from "./deps.ts";
import { closeMember, findMember, type MemberName } from "./members.store.ts";

type Deps = Pick<MembersDeps, "db" | "clock" | "isDue">;

/**
 * Lets a member sell no more; its external id is free again. Refuses `member_not_named`,
 * `member_not_found`, and `member_has_earnings` while earnings or debts of it are not paid.
 *
 * What was sold before and is approved later still becomes due, and goes to the accounts that the
 * member had: so an approval or a sale at the same moment is no other than one before or after.
 */
export async function deleteMember(
  { db, clock, isDue }: Deps,
  merchant: Merchant,
  name: MemberName,
): Promise<void> {
  if (name.number === undefined && name.externalId === undefined) {
    refuseMarket("member_not_named");
  }
  const now = timeOf(merchant, clock());
  await inTx(db, async (tx) => {
    const member = await findMember(tx, merchant.id, name, { isLocked: true });
    if (!member) return refuseMarket("member_not_found");
    if (await isDue(tx, member)) refuseMarket("member_has_earnings");
    await closeMember(tx, member, now);
  });
}
