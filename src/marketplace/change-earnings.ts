import { inTxAgain } from "../db/contended.ts";
import type { Tx } from "../db/transaction.ts";
import { entriesOf, postEntries } from "../ledger/index.ts";
import { newId } from "../lib/id.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { awaitOrders, insertChange, lockSale } from "./approvals.store.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { earningChanged, legsOf } from "./due-postings.rules.ts";
import type { EarningDue } from "./earning.rules.ts";
import { changed, checkChange, checkOpen, type EarningChange } from "./earning-change.rules.ts";
import { type DueName, lockEarnings, readEarnings, saveEarnings } from "./earnings.store.ts";
import { readSettings } from "./settings.store.ts";

/** One earning, or a product's: the member's, with `all` the platform's too. */
export type EarningName =
  | Readonly<{ earning: bigint }>
  | Readonly<{ product: bigint; all: boolean }>;

const dueName = (name: EarningName): DueName =>
  "earning" in name ? { number: name.earning } : { products: [name.product] };

const isMeant = (name: EarningName, { party, state }: EarningDue): boolean =>
  state !== "deleted" && ("earning" in name || name.all || party === "member");

/** What a change is told by, with amounts as texts. */
const toldOf = (change: EarningChange) => ({
  ...("minor" in change && { minor: String(change.minor) }),
  ...("days" in change && { days: change.days }),
  ...("day" in change && { day: change.day }),
});

type Place = Readonly<{ merchant: Merchant; tx: Tx; now: Date }>;

async function changeLocked(
  { merchant, tx, now }: Place,
  sale: bigint,
  name: EarningName,
  change: EarningChange,
): Promise<void> {
  await awaitOrders(tx, merchant.id);
  const locked = await lockSale(tx, merchant.id, sale);
  const found = await lockEarnings(tx, merchant.id, dueName(name));
  const meant = found.filter((each) => isMeant(name, each));
  const [first] = meant;
  if (!locked || !first) return refuseMarket("earning_not_found");
  if (locked.isReturning) refuseMarket("earning_held");
  for (const each of meant) checkOpen(each);
  const after = meant.map((each) => changed(each, change));
  const id = newId("chg", now);
  const { id: merchantId } = merchant;
  const numbers = meant.map(({ number }) => String(number));
  const details = { earnings: numbers, ...toldOf(change) };
  await saveEarnings(tx, after);
  await insertChange(tx, { merchantId, id, sale, what: change.what, details, at: now });
  const moves = meant.map((each, i) => earningChanged(each, after[i]!));
  const of = { merchantId, sourceId: id, currency: first.currency, at: now };
  await postEntries(tx, entriesOf(of, legsOf(moves)));
}

/**
 * Changes what is due as long as it is not paid or about to be: all that is named, or nothing.
 * What the other party is due stays as it is. Refuses `not_a_marketplace`, `earning_not_found`, and
 * as `checkChange`, `checkOpen` and `changed`.
 */
export async function changeEarnings(
  deps: MarketplaceDeps,
  merchant: Merchant,
  name: EarningName,
  change: EarningChange,
): Promise<void> {
  await readSettings(deps.db, merchant.id);
  const now = timeOf(merchant, deps.clock());
  const [found] = await readEarnings(deps.db.kysely, merchant.id, dueName(name));
  if (!found) return refuseMarket("earning_not_found");
  checkChange(change, now);
  await inTxAgain(deps.db, (tx) => changeLocked({ merchant, tx, now }, found.sale, name, change));
}
