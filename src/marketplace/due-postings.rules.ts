import { type Account, dueToCompany, dueToMember, dueToPlatform } from "../ledger/account.rules.ts";
import type { EntryKind, Leg } from "../ledger/postings.rules.ts";
import type { Debt, Earning } from "./earning.rules.ts";

/** What is moved from the platform's money to who is due it; below zero, back. */
export type Move = Readonly<{ kind: EntryKind; to: Account; minor: bigint }>;

const payeeOf = ({ party, member }: Pick<Earning, "party" | "member">): Account =>
  party === "member" ? dueToMember(member) : dueToPlatform;

/** What an approval makes due. */
export const earned = (earning: Earning): Move => ({
  kind: earning.party === "member" ? "member_earning" : "platform_earning",
  to: payeeOf(earning),
  minor: earning.amountMinor,
});
export const owed = ({ member, amountMinor }: Debt): Move => ({
  kind: "debt",
  to: dueToMember(member),
  minor: amountMinor,
});

/** What of something due is still booked as due. */
const bookedMinor = ({ state, amountMinor }: Pick<Earning | Debt, "state" | "amountMinor">) =>
  state === "deleted" ? 0n : amountMinor;

/** A change of what is due after it was reckoned. */
export const earningChanged = (before: Earning, after: Earning): Move => ({
  kind: "earning_change",
  to: payeeOf(before),
  minor: bookedMinor(after) - bookedMinor(before),
});
export const debtChanged = (before: Debt | undefined, after: Debt): Move => ({
  kind: "earning_change",
  to: dueToMember(after.member),
  minor: bookedMinor(after) - (before ? bookedMinor(before) : 0n),
});

/** Moves as legs, one for each kind and payee however many products there are. */
export function legsOf(moves: readonly Move[]): Leg[] {
  const sums = new Map<string, Move>();
  for (const { kind, to, minor } of moves) {
    const key = `${kind} ${to}`;
    sums.set(key, { kind, to, minor: (sums.get(key)?.minor ?? 0n) + minor });
  }
  return [...sums.values()].flatMap(({ kind, to, minor }): Leg[] => {
    if (minor === 0n) return [];
    const sides =
      minor > 0n ? { debit: dueToCompany, credit: to } : { debit: to, credit: dueToCompany };
    return [{ kind, ...sides, amountMinor: minor > 0n ? minor : -minor }];
  });
}
