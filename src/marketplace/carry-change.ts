import type { Tx } from "../db/transaction.ts";
import { entriesOf, postEntries } from "../ledger/index.ts";
import { newId } from "../lib/id.ts";
import { type Change, clearApprovals, insertChange } from "./approvals.store.ts";
import { debtChanged, earningChanged, legsOf } from "./due-postings.rules.ts";
import type { Debt, Earning } from "./earning.rules.ts";
import { insertDebts, saveDebts, saveEarnings } from "./earnings.store.ts";
import type { Sale } from "./sale.rules.ts";

/** What becomes of what is due of a sale, all of whose rows the caller has locked. */
export type DueChange = Readonly<{
  earnings: readonly Readonly<{ before: Earning; after: Earning }>[];
  /** Debts that fall away, and such as are new. */
  deleted: readonly Debt[];
  added: readonly Debt[];
  /** Products that are not approved any more. */
  freed: readonly bigint[];
}>;

const numbersOf = (all: readonly Readonly<{ number: bigint }>[]): string[] =>
  all.map(({ number }) => String(number));

/** Writes a change of what is due: its rows, what was done, and how money moves in the books. */
export async function carryChange(
  { tx, sale, now }: Readonly<{ tx: Tx; sale: Sale; now: Date }>,
  what: Change["what"],
  { earnings, deleted, added, freed }: DueChange,
): Promise<void> {
  if (earnings.length + deleted.length + added.length === 0) return;
  const { merchantId, currency } = sale;
  const after = earnings.map((each) => each.after);
  const gone = deleted.map((each) => ({ ...each, state: "deleted" as const, payout: null }));
  await saveEarnings(tx, after);
  await saveDebts(tx, gone);
  await insertDebts(tx, added);
  if (freed.length > 0) await clearApprovals(tx, merchantId, freed);
  const id = newId("chg", now);
  const details = {
    products: freed.map(String),
    earnings: numbersOf(after),
    debts: numbersOf(gone),
    added: numbersOf(added),
  };
  await insertChange(tx, { merchantId, id, sale: sale.number, what, details, at: now });
  const moves = [
    ...earnings.map((each) => earningChanged(each.before, each.after)),
    ...deleted.map((before, i) => debtChanged(before, gone[i]!)),
    ...added.map((each) => debtChanged(undefined, each)),
  ];
  const source = { merchantId, sourceId: id, currency, at: now };
  await postEntries(tx, entriesOf(source, legsOf(moves)));
}
