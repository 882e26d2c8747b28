import { type Tx, within } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { refuseMarket } from "../lib/refusal.ts";
import type { Merchant } from "../merchants/merchant.rules.ts";
import { readPayment } from "../payments/index.ts";
import { feeTaken } from "../payments/parts.rules.ts";
import type { LockedSale } from "./approvals.store.ts";
import { carryChange } from "./carry-change.ts";
import type { MarketplaceDeps } from "./deps.ts";
import type { Earning } from "./earning.rules.ts";
import { changed, checkOpen } from "./earning-change.rules.ts";
import { lockEarnings } from "./earnings.store.ts";
import type { Product } from "./sale.rules.ts";
import { readProducts } from "./sales.store.ts";
import { partOf, type Split, splitLine } from "./split.rules.ts";

type Place = Readonly<{ merchant: Merchant; tx: Tx; now: Date }>;

/** An earning after its share was reckoned anew: what was changed of it by hand stays changed. */
function moved(earning: Earning, minor: bigint): Earning {
  if (minor === 0n) return earning;
  const change = minor > 0n ? ({ what: "raise", minor } as const) : undefined;
  return changed(earning, change ?? { what: "lower", minor: -minor });
}

/** The shares of one line, as they were and as they are now. */
async function splitBothWays(
  deps: Pick<MarketplaceDeps, "db">,
  { merchant, tx }: Place,
  { sale }: LockedSale,
  { before, after, memberPpm }: Readonly<{ before: Product; after: Product; memberPpm: bigint }>,
): Promise<readonly [Split, Split]> {
  const payment = await readPayment(within(deps.db, tx), merchant.id, sale.paymentId);
  assert(payment !== undefined, "an approved product was paid");
  const lines = await readProducts(tx, merchant.id, sale.number);
  const place = lines.findIndex(({ number }) => number === after.number);
  const taken = { feeMinor: feeTaken(payment), paidMinor: payment.capturedMinor };
  const part = partOf(taken, lines, place);
  const calculator = after.memberEarningMinor === null ? "rates" : "platform";
  const of = { calculator, memberPpm, ...part } as const;
  return [splitLine(before, of), splitLine(after, of)];
}

/**
 * Shipping that a member bears has moved from its earning to the platform's. Where who bears it, or
 * what it costs, is said after the approval, both are reckoned anew. Refuses `earning_held`,
 * `earning_queued`, `earning_paid` where one of them cannot be changed any more, and
 * `earning_amount_wrong` where nothing is left to take it of. The caller awaits orders first and
 * has locked the sale.
 */
export async function moveShipping(
  deps: Pick<MarketplaceDeps, "db">,
  place: Place,
  locked: LockedSale,
  lines: Readonly<{ before: Product; after: Product }>,
): Promise<void> {
  const { merchant, tx } = place;
  if (locked.isReturning) refuseMarket("earning_held");
  const found = await lockEarnings(tx, merchant.id, { products: [lines.after.number] });
  const live = found.filter(({ state }) => state !== "deleted");
  for (const each of live) checkOpen(each);
  const memberPpm = live[0]?.commissionPpm ?? 0n;
  const [was, is] = await splitBothWays(deps, place, locked, { ...lines, memberPpm });
  const byHowMuch = {
    member: is.memberMinor - was.memberMinor,
    platform: is.platformMinor - was.platformMinor,
  };
  const earnings = live.map((before) => ({
    before,
    after: moved(before, byHowMuch[before.party]),
  }));
  const what = byHowMuch.member < 0n ? "lower" : "raise";
  const nothing = { deleted: [], added: [], freed: [] };
  await carryChange({ ...place, sale: locked.sale }, what, { earnings, ...nothing });
}
