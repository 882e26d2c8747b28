import { constraintOf, inTx } from "../db/transaction.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { MembersDeps } from "./deps.ts";
import { checkMember, isSameMember, type MemberAsk } from "./member.rules.ts";
import { findMember, hasIdentity, lockIdentity, updateMember } from "./members.store.ts";
import { type WholeMember, wholeMembers } from "./whole-members.ts";

export type ChangeAsk = Readonly<{
  number: bigint;
  facts: MemberAsk;
  /** Whether another member may have the same tax or identity number. */
  mayShareIdentity: boolean;
}>;

type Deps = Pick<MembersDeps, "db" | "clock">;

/**
 * Changes what is known of a member. Refuses, in this order, as `checkMember`, then
 * `member_not_found`, `member_unchanged` and, as where a member is created, `member_exists`:
 * numbers that it has already are not looked for again.
 */
export async function changeMember(
  { db, clock }: Deps,
  merchant: Merchant,
  ask: ChangeAsk,
): Promise<WholeMember> {
  const facts = checkMember(ask.facts);
  const now = timeOf(merchant, clock());
  const { number } = ask;
  const change = inTx(db, async (tx) => {
    const member = await findMember(tx, merchant.id, { number }, { isLocked: true });
    if (!member) return refuseMarket("member_not_found");
    if (isSameMember(member, facts)) refuseMarket("member_unchanged");
    const { taxNumber, identityNumber } = facts;
    const added = {
      taxNumber: taxNumber === member.taxNumber ? "" : taxNumber,
      identityNumber: identityNumber === member.identityNumber ? "" : identityNumber,
    };
    await lockIdentity(tx, merchant.id, added);
    if (!ask.mayShareIdentity && (await hasIdentity(tx, merchant.id, added, number))) {
      refuseMarket("member_exists");
    }
    await updateMember(tx, member, facts, now);
    const changed = { ...member, ...facts, updatedAt: now };
    const [whole] = await wholeMembers(tx, merchant.id, [changed], now);
    return whole!;
  });
  return change.catch((error: unknown) =>
    constraintOf(error) === "one_member_per_external_id"
      ? refuseMarket("member_exists")
      : Promise.reject(error),
  );
}
