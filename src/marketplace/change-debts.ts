import { inTxAgain } from "../db/contended.ts";
import type { Tx } from "../db/transaction.ts";
import { entriesOf, postEntries } from "../ledger/index.ts";
import { newId } from "../lib/id.ts";
import { MOST_MINOR } from "../lib/money.ts";
import { refuse, refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { awaitOrders, insertChange, lockSale } from "./approvals.store.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { debtChanged, legsOf } from "./due-postings.rules.ts";
import { type Debt, type DebtDue, isUnpaid } from "./earning.rules.ts";
import { lockDebts, readDebts, saveDebts } from "./earnings.store.ts";
import { readSettings } from "./settings.store.ts";

/** What somebody does to a debt: `minor` is a difference above zero. */
type DebtChange =
  | Readonly<{ what: "raise" | "lower"; minor: bigint }>
  | Readonly<{ what: "delete" }>;

const gone = { state: "deleted", payout: null } as const;

/** A debt of so much; one of nothing is none. */
export const resizedDebt = (debt: Debt, minor: bigint): Debt =>
  minor === 0n ? { ...debt, ...gone } : { ...debt, amountMinor: minor };

/** What a member owes back is not raised or lowered by hand, it is deleted at most. */
function changed(debt: DebtDue, change: DebtChange): Debt {
  if (change.what === "delete") return { ...debt, ...gone };
  if (debt.kind === "clawback") return refuseMarket("debt_not_changeable");
  const by = change.what === "raise" ? change.minor : -change.minor;
  const minor = debt.amountMinor + by;
  if (minor < 0n || minor > MOST_MINOR) {
    return refuse("invalid_input", { field: "Debt", problem: "out_of_range" });
  }
  return resizedDebt(debt, minor);
}

type Place = Readonly<{ merchant: Merchant; tx: Tx; now: Date }>;

/** Stores a debt as it is now, tells what was done, and books the difference. */
export async function bookDebt(
  { merchant, tx, now }: Place,
  before: Debt | undefined,
  after: Debt,
  told: Readonly<Record<string, unknown>>,
): Promise<void> {
  const id = newId("chg", now);
  const details = { debt: String(after.number), ...told };
  const { id: merchantId } = merchant;
  await insertChange(tx, { merchantId, id, sale: after.sale, what: "debt", details, at: now });
  const of = { merchantId, sourceId: id, currency: after.currency, at: now };
  await postEntries(tx, entriesOf(of, legsOf([debtChanged(before, after)])));
}

async function changeLocked(place: Place, debt: Debt, change: DebtChange): Promise<void> {
  const { merchant, tx } = place;
  await awaitOrders(tx, merchant.id);
  const locked = await lockSale(tx, merchant.id, debt.sale);
  const [found] = await lockDebts(tx, merchant.id, { number: debt.number });
  if (!found || found.state === "deleted") return refuseMarket("debt_not_found");
  if (!isUnpaid(found) || found.isHeld || locked?.isReturning) refuseMarket("debt_not_changeable");
  const after = changed(found, change);
  await saveDebts(tx, [after]);
  const minor = "minor" in change ? { minor: String(change.minor) } : {};
  await bookDebt(place, found, after, { what: change.what, ...minor });
}

/**
 * Changes or deletes a debt as long as it is not paid or about to be; lowered to nothing it is
 * deleted. Refuses `not_a_marketplace`, `debt_not_found`, `debt_not_changeable`, and
 * `invalid_input` for an amount of nothing, or one that is more than is owed.
 */
export async function changeDebt(
  deps: MarketplaceDeps,
  merchant: Merchant,
  number: bigint,
  change: DebtChange,
): Promise<void> {
  await readSettings(deps.db, merchant.id);
  const now = timeOf(merchant, deps.clock());
  const [debt] = await readDebts(deps.db.kysely, merchant.id, { number });
  if (!debt) return refuseMarket("debt_not_found");
  if ("minor" in change && change.minor <= 0n) {
    refuse("invalid_input", { field: "Debt", problem: "out_of_range" });
  }
  await inTxAgain(deps.db, (tx) => changeLocked({ merchant, tx, now }, debt, change));
}
