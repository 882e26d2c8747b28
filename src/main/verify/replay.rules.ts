import { type Leg, refunded, sale, voided } from "../../ledger/postings.rules.ts";
import { partsOf } from "../../payments/parts.rules.ts";
import type { Attempt, Payment } from "../../payments/payment.rules.ts";

/** What an entry says, in a form that can be compared. */
export const entryText = (leg: Readonly<Omit<Leg, "kind"> & { kind: string }>): string =>
  `${leg.kind} ${leg.debit} ${leg.credit} ${leg.amountMinor}`;

/**
 * The entries that the approved attempts of a payment must have, by attempt: replayed from the
 * payment's own figures in the order in which they were settled.
 */
export function expectedEntries(
  payment: Payment,
  attempts: readonly Attempt[],
): Map<string, string[]> {
  const expected = new Map<string, string[]>();
  let capturedMinor = 0n;
  let refundedMinor = 0n;
  const legsOf = ({ kind, amountMinor }: Attempt): Leg[] => {
    const drawn = () => partsOf(payment, capturedMinor);
    switch (kind) {
      case "sale":
      case "capture": {
        capturedMinor = amountMinor;
        const legs = sale(drawn());
        return legs.map((leg) => (leg.kind === "sale" ? { ...leg, kind } : leg));
      }
      case "void":
      case "reopen": {
        const legs = voided(drawn());
        capturedMinor = 0n;
        return legs;
      }
      case "refund": {
        const before = refundedMinor;
        refundedMinor += amountMinor;
        return refunded(drawn(), before, refundedMinor);
      }
      default:
        return [];
    }
  };
  const inOrder = attempts
    .filter((each) => each.status === "approved")
    .toSorted(
      (a, b) => (a.settledAt?.getTime() ?? 0) - (b.settledAt?.getTime() ?? 0) || order(a, b),
    );
  for (const attempt of inOrder)
    expected.set(attempt.id, legsOf(attempt).map(entryText).toSorted());
  return expected;
}

/** Settled in the same millisecond: the one that was opened first comes first. */
const order = (a: Attempt, b: Attempt): number =>
  a.openedAt.getTime() - b.openedAt.getTime() || Number(a.xact - b.xact);

/** Attempts whose entries are not those expected; entries of no such attempt are named too. */
export function wrongEntries(
  expected: ReadonlyMap<string, readonly string[]>,
  found: ReadonlyMap<string, readonly string[]>,
): string[] {
  const ids = new Set([...expected.keys(), ...found.keys()]);
  return [...ids].filter((id) => {
    const [want, have] = [expected.get(id) ?? [], found.get(id)?.toSorted() ?? []];
    return want.join("\n") !== have.join("\n");
  });
}
