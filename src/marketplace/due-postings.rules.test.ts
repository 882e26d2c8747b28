import fc from "fast-check";
import { expect, test } from "vitest";
import { dueToCompany, dueToMember, dueToPlatform } from "../ledger/account.rules.ts";
import { legsOf, type Move } from "./due-postings.rules.ts";

const moves = fc.array(
  fc.record({
    kind: fc.constantFrom("member_earning", "platform_earning", "debt", "earning_change"),
    to: fc.constantFrom(dueToMember(1n), dueToMember(2n), dueToPlatform),
    minor: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
  }) satisfies fc.Arbitrary<Move>,
);

test("legs move what the moves add up to, one for each kind and payee", () => {
  fc.assert(
    fc.property(moves, (all) => {
      const legs = legsOf(all);
      for (const to of [dueToMember(1n), dueToMember(2n), dueToPlatform]) {
        const asked = all.filter((each) => each.to === to);
        const due = legs.reduce((sum, { debit, credit, amountMinor }) => {
          if (credit === to) return sum + amountMinor;
          return debit === to ? sum - amountMinor : sum;
        }, 0n);
        expect(due).toBe(asked.reduce((sum, { minor }) => sum + minor, 0n));
      }
      expect(legs.every(({ amountMinor }) => amountMinor > 0n)).toBe(true);
      expect(legs.every((leg) => [leg.debit, leg.credit].includes(dueToCompany))).toBe(true);
      const names = legs.map(({ kind, debit, credit }) => [kind, debit, credit].toSorted().join());
      expect(new Set(names).size).toBe(legs.length);
    }),
  );
});
