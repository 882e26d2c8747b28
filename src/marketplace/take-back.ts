import { inTx, type Tx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { Refusal, refuse, refuseMarket } from "../lib/refusal.ts";
import type { Merchant } from "../merchants/index.ts";
import { type Done, receiptOf, release, reverse, type Story } from "../payments/index.ts";
import { lockSale } from "./approvals.store.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { unchanged } from "./give-back.ts";
import { admitReturn, giveUpReturn, openReturn, returnKeyOf } from "./open-return.ts";
import type { Sale } from "./sale.rules.ts";
import type { Watch } from "./watch.rules.ts";
import { claimReturn, readWatch } from "./watches.store.ts";

/**
 * What became of money that nobody was told of: it is back, it stays because it is `known`, or that
 * is seen `later`.
 */
export type TakenBack = "back" | "known" | "later";

type Ask = Readonly<{ merchant: Merchant; sale: Sale; watch: Watch; target: Done }>;

/**
 * Refuses `state_not_suitable` where somebody was told of the money, or has approved it, and
 * `payment_busy` while another watch gives it back.
 */
const claimFor = (watch: Watch) => async (tx: Tx) => {
  const became = await claimReturn(tx, watch);
  if (became === "busy") refuse("payment_busy", {});
  if (became === "known") refuseMarket("state_not_suitable");
};

/**
 * Lets the attempt be opened while the watch has the money to give back. Whoever ends it otherwise
 * moves the payment's version too.
 */
const admitFor =
  ({ db }: Pick<MarketplaceDeps, "db">, watch: Watch) =>
  async () => {
    if ((await readWatch(db.kysely, watch))?.state !== "returning") refuse("payment_busy", {});
  };

/** Gives a hold back to its card. */
async function dropHold(deps: MarketplaceDeps, ask: Ask): Promise<Done> {
  const { merchant, sale, watch, target } = ask;
  await inTx(deps.db, async (tx) => {
    await lockSale(tx, merchant.id, sale.number);
    await claimFor(watch)(tx);
  });
  const admit = admitFor(deps, watch);
  return release(deps.payments, { merchant }, { target, admit });
}

/** Gives a paid sale back, of which nothing is due to anybody. Nothing while another return is. */
async function dropPaid(deps: MarketplaceDeps, ask: Ask): Promise<Done | undefined> {
  const { merchant, sale, watch, target } = ask;
  const way = { terms: unchanged(false), claim: claimFor(watch) };
  const opened = await openReturn(deps, merchant, sale, way);
  if (!opened) return undefined;
  const receipt = receiptOf(deps.ring, returnKeyOf(opened), "return", { amount: "" });
  const isOurs = admitFor(deps, watch);
  const admit = async () => {
    await isOurs();
    await admitReturn(deps, sale, opened, way);
  };
  try {
    return await reverse(deps.payments, { merchant }, { target, receipt, admit });
  } catch (error) {
    // Where this fails too, the return is given up when it is late.
    if (error instanceof Refusal) await giveUpReturn(deps, merchant, opened).catch(() => {});
    throw error;
  }
}

/**
 * Gives the money of a sale back of which its client was told no success. It is claimed first, in
 * the transaction that opens its return, so that nobody is told of it, approves it or gives it back
 * beside this; then the bank is asked. Whatever dies in between, the next look at the payment finds
 * it given back or goes on: a payment goes back once.
 */
export async function takeBack(
  deps: MarketplaceDeps,
  { merchant, sale, watch }: Omit<Ask, "target">,
  { payment, attempts }: Story,
): Promise<TakenBack> {
  const attempt = attempts.find(({ id }) => id === payment.liveAttemptId);
  assert(attempt !== undefined, "money that was taken is that of an attempt");
  const ask = { merchant, sale, watch, target: { payment, attempt } };
  try {
    const done = await (payment.status === "held" ? dropHold(deps, ask) : dropPaid(deps, ask));
    return done?.attempt.status === "approved" ? "back" : "later";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code === "market_refused" ? "known" : "later";
  }
}
