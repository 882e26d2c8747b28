import { inTxAgain } from "../db/contended.ts";
import { isUnavailable, type Tx, within } from "../db/transaction.ts";
import { addJob } from "../events/index.ts";
import { assert } from "../lib/assert.ts";
import { after } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import {
  askNow,
  lockPayment,
  readStory,
  readUnsettled,
  type Story,
  touchPayment,
} from "../payments/index.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { findOnPage } from "./page-watch.ts";
import { payerOf } from "./payer.ts";
import type { Sale } from "./sale.rules.ts";
import { readSale } from "./sales.store.ts";
import { takeBack } from "./take-back.ts";
import {
  isTaken,
  isTold,
  lastTold,
  mustLookAt,
  nextLookAt,
  type Truth,
  truthOfCharge,
  truthOfPayer,
  type Watch,
  type WatchedStatus,
  type WatchStatus,
} from "./watch.rules.ts";
import {
  endWatch,
  leaseWatches,
  lockReturning,
  markTold,
  merchantsWithWatches,
  putOff,
  type WatchEnd,
} from "./watches.store.ts";

export const SEND_WATCH = "send-paywall-watch";
/** Names a watch whose end is told to its address. */
export type WatchCall = Readonly<{ merchantId: MerchantId; number: string; failed: number }>;

/** Longer than a question and a way back at the bank take together. */
const LEASE_MS = 5 * 60_000;
/** Those of one lease are looked at at the same time. */
const LEASE_MAX = 10;
/** A bank that is slow holds up its own merchants, and few others. */
const MERCHANTS_AT_ONCE_MAX = 4;

/** One look: at what, for whom, and when. */
type Look = Readonly<{
  deps: MarketplaceDeps;
  merchant: Merchant;
  watch: Watch;
  /** Absent where a page is watched. */
  sale: Sale | undefined;
  now: Date;
}>;
/** What a look found: how the payment was last told to stand, how it does, and all tried on it. */
type Found = Readonly<{ last: WatchStatus; truth: Truth; story?: Story | undefined }>;

/** How a sale stands; the bank is asked now about what is in doubt. */
async function find(look: Look, sale: Sale): Promise<Found> {
  const { deps, merchant, watch } = look;
  const payer = await payerOf(deps, merchant, sale);
  const last = lastTold(watch, Boolean(payer.found?.token.openedAt));
  if (payer.at !== "charged") return { last, truth: truthOfPayer(payer.at) };
  const story = await readStory(deps.db, merchant.id, sale.paymentId);
  const attempt = await readUnsettled(deps.db, merchant.id, sale.paymentId);
  if (story && attempt) await askNow(deps.payments, { payment: story.payment, attempt });
  const asked = attempt ? await readStory(deps.db, merchant.id, sale.paymentId) : story;
  if (!asked) return { last, truth: { status: "started", isOpen: true, isBack: false } };
  return { last, truth: truthOfCharge(asked), story: asked };
}

/** Undoes the end of a watch whose money is on its way back, by itself or by another one. */
class Unsaid extends Error {}

/** Whether the payment of a sale, which is locked, is settled as a look has found it. */
async function isStill(tx: Tx, { deps, merchant }: Look, sale: Sale, how: WatchEnd) {
  const story = await readStory(within(deps.db, tx), merchant.id, sale.paymentId);
  const truth = story && truthOfCharge(story);
  return truth && !truth.isOpen && !truth.isBack && truth.status === how.newStatus;
}

/**
 * Ends a watch and queues its call, both or neither. That money was taken is told only where no
 * other watch of the sale gives it back, nor this one: a way back that is at the bank, or in doubt,
 * has to be settled first. False where one does.
 */
async function end(look: Look, how: WatchEnd): Promise<boolean> {
  const { deps, merchant, watch, sale, now } = look;
  const { merchantId, number } = watch;
  const found = how.newStatus;
  const tells = found !== null && isTold(watch, how.lastStatus, found);
  try {
    await inTxAgain(deps.db, async (tx) => {
      const keeps = watch.action === "cancel" && !how.isBack ? sale : undefined;
      if (keeps) await lockPayment(tx, merchantId, keeps.paymentId);
      // As the row says it now: this look may have claimed the money itself.
      const givesUp = keeps && (await lockReturning(tx, watch)) ? keeps : undefined;
      if (givesUp && !(await isStill(tx, look, givesUp, how))) throw new Unsaid();
      if (!(await endWatch(tx, watch, how, now))) return;
      // A way back that was allowed before, and is not at the bank yet, is not opened any more.
      if (givesUp) await touchPayment(tx, merchantId, givesUp.paymentId);
      if (!tells) return;
      const told = { taken: isTaken(found) };
      const may = !sale || (await markTold(tx, merchant.id, sale.number, told, now, number));
      if (!may) throw new Unsaid();
      const call: WatchCall = { merchantId, number: number.toString(), failed: 0 };
      await addJob(tx, SEND_WATCH, call);
    });
    return true;
  } catch (error) {
    if (error instanceof Unsaid) return false;
    throw error;
  }
}

/** Looks again later, while there is a later; else what is found now is told as it is. */
async function leave(look: Look, how: WatchEnd): Promise<void> {
  const again = nextLookAt(look.watch, look.now);
  if (again) await putOff(look.deps.db.kysely, look.watch, again);
  else await finish(look, how);
}

async function finish(look: Look, how: WatchEnd): Promise<void> {
  if (await end(look, how)) return;
  await putOff(look.deps.db.kysely, look.watch, mustLookAt(look.watch, look.now));
}

const isWatched = (watch: Watch, status: WatchStatus): boolean =>
  watch.state === "returning" || watch.statuses.includes(status as WatchedStatus);

/** What is to be done with what a look found. */
async function act(look: Look, { last, truth, story }: Found): Promise<void> {
  const { deps, merchant, watch, sale } = look;
  const how = { lastStatus: last, newStatus: truth.status, isBack: truth.isBack };
  // A payer may be on the way to the bank yet, and then leave a payment that hangs.
  if (last === "created" && truth.isOpen) return leave(look, { ...how, newStatus: null });
  if (!isWatched(watch, last)) return finish(look, { ...how, newStatus: null });
  if (truth.isOpen) return leave(look, how);
  const isWanted = watch.action === "cancel" && isTaken(truth.status);
  if (!isWanted || !story || !sale) return finish(look, how);
  const became = await takeBack(deps, { merchant, sale, watch }, story);
  if (became === "later") return leave(look, how);
  const isBack = became === "back";
  return finish(look, isBack ? { lastStatus: last, newStatus: "failed", isBack } : how);
}

async function lookAt(deps: MarketplaceDeps, merchant: Merchant, watch: Watch): Promise<void> {
  const now = timeOf(merchant, deps.clock());
  const look = { deps, merchant, watch, now, sale: undefined };
  const { sale: number, page } = watch;
  if (page !== null) return act(look, await findOnPage(deps, merchant, page, now));
  assert(number !== null, "what is no page is a sale");
  const sale = await readSale(deps.db.kysely, merchant.id, { number });
  assert(sale !== undefined, "a sale is never deleted");
  await act({ ...look, sale }, await find(look, sale));
}

/** A look that came to nothing counts too, so that the next ones are ever further away. */
async function tryLook(
  deps: MarketplaceDeps,
  merchant: Merchant,
  watch: Watch,
  onError: (error: unknown) => void,
): Promise<void> {
  try {
    await lookAt(deps, merchant, watch);
  } catch (error) {
    onError(error);
    await putOff(deps.db.kysely, watch, mustLookAt(watch, timeOf(merchant, deps.clock())));
  }
}

async function lookForOne(
  deps: MarketplaceDeps,
  merchantId: MerchantId,
  onError: (error: unknown) => void,
): Promise<number> {
  const merchant = await deps.merchantOf(merchantId);
  const now = timeOf(merchant, deps.clock());
  const due = await leaseWatches(deps.db, merchantId, now, after(now, LEASE_MS), LEASE_MAX);
  await Promise.all(due.map((each) => tryLook(deps, merchant, each, onError)));
  return due.length;
}

/**
 * Looks at the payments whose watches fell due, a few of each merchant, and says how many watches
 * those were. Any number of processes may do this at once; what one that ended was at falls due
 * again.
 */
export async function lookAtWatches(
  deps: MarketplaceDeps,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<number> {
  const merchants = await merchantsWithWatches(deps.db, deps.clock());
  const lookOne = (id: MerchantId) =>
    lookForOne(deps, id, onError).catch((error: unknown) => {
      // One merchant's trouble is no other one's; a database that is gone is everybody's.
      if (isUnavailable(error)) throw error;
      onError(error);
      return 0;
    });
  let looked = 0;
  for (let i = 0; i < merchants.length && !signal?.aborted; i += MERCHANTS_AT_ONCE_MAX) {
    const counts = await Promise.all(merchants.slice(i, i + MERCHANTS_AT_ONCE_MAX).map(lookOne));
    looked += counts.reduce((sum, each) => sum + each, 0);
  }
  return looked;
}
