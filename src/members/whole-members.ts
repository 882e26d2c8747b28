import type { Reader } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Member, MemberAccount, ValueDate } from "./member.rules.ts";
import { accountsOf } from "./member-accounts.store.ts";
import { valueDatesAt } from "./value-dates.store.ts";

/** A member with its accounts and the terms that hold for it. */
export type WholeMember = Readonly<{
  member: Member;
  accounts: readonly MemberAccount[];
  valueDate: ValueDate | undefined;
}>;

/** Puts to members what belongs to them, as it is at a moment. */
export async function wholeMembers(
  db: Reader,
  merchant: MerchantId,
  members: readonly Member[],
  at: Date,
): Promise<WholeMember[]> {
  const numbers = members.map(({ number }) => number);
  const accounts = await accountsOf(db, merchant, numbers);
  const valueDates = await valueDatesAt(db, merchant, numbers, at);
  return members.map((member) => ({
    member,
    accounts: accounts.filter((each) => each.member === member.number),
    valueDate: valueDates.get(member.number),
  }));
}
