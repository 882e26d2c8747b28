import { inTx } from "../db/transaction.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { closeMember, findMember, isMemberDue, type MemberName } from "./members.store.ts";

type Deps = Pick<MarketplaceDeps, "db" | "clock">;

/**
 * Lets a member sell no more; its external id is free again. Refuses `member_not_named`,
 * `member_not_found`, and `member_has_earnings` while earnings or debts of it are not paid.
 *
 * What was sold before and is approved later still becomes due, and goes to the accounts that the
 * member had: so an approval or a sale at the same moment is no other than one before or after.
 */
export async function deleteMember({ db, clock }: Deps, merchant: Merchant, name: MemberName) {
  if (name.number === undefined && name.externalId === undefined) {
    refuseMarket("member_not_named");
  }
  const now = timeOf(merchant, clock());
  await inTx(db, async (tx) => {
    const member = await findMember(tx, merchant.id, name, { isLocked: true });
    if (!member) return refuseMarket("member_not_found");
    if (await isMemberDue(tx, member)) refuseMarket("member_has_earnings");
    await closeMember(tx, member, now);
  });
}
