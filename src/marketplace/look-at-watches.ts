import { inTxAgain } from "../db/contended.ts";
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
const LEASE_MAX = 50;
const AT_ONCE_MAX = 10;

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

/** Undoes the end of a watch beside one that is giving the money back. */
class Unsaid extends Error {}

/**
 * Ends a watch and queues its call, both or neither. That money was taken is told only where no
 * other watch of the sale gives it back. False where one does.
 */
async function end({ deps, merchant, watch, sale, now }: Look, how: WatchEnd): Promise<boolean> {
  const { merchantId, number } = watch;
  const found = how.newStatus;
  const tells = found !== null && isTold(watch, how.lastStatus, found);
  try {
    await inTxAgain(deps.db, async (tx) => {
      const keeps = watch.state === "returning" && !how.isBack ? sale : undefined;
      if (keeps) await lockPayment(tx, merchantId, keeps.paymentId);
      if (!(await endWatch(tx, watch, how, now))) return;
      // A way back that was allowed before, and is not at the bank yet, is not opened any more.
      if (keeps) await touchPayment(tx, merchantId, keeps.paymentId);
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
  await putOff(look.deps.db.kysely, look.watch, after(look.now, LEASE_MS));
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

/**
 * Looks at the payments whose watches fell due, merchant by merchant, and says how many watches
 * those were. Any number of processes may do this at once; what one that ended was at falls due
 * again.
 */
export async function lookAtWatches(
  deps: MarketplaceDeps,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<number> {
  let looked = 0;
  for (const merchantId of await merchantsWithWatches(deps.db, deps.clock())) {
    if (signal?.aborted) break;
    const merchant = await deps.merchantOf(merchantId);
    const now = timeOf(merchant, deps.clock());
    const due = await leaseWatches(deps.db, merchantId, now, after(now, LEASE_MS), LEASE_MAX);
    for (let i = 0; i < due.length; i += AT_ONCE_MAX) {
      const batch = due.slice(i, i + AT_ONCE_MAX);
      await Promise.all(batch.map((each) => lookAt(deps, merchant, each).catch(onError)));
    }
    looked += due.length;
  }
  return looked;
}
