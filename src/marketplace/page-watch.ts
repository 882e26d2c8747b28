import { calledLink, findLink, findNumberedLink, type Link } from "../checkout/index.ts";
import { SESSION_MS } from "../checkout/session.rules.ts";
import type { Tx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import { after } from "../lib/clock.ts";
import type { Merchant } from "../merchants/index.ts";
import { askNow, type Done, readByReference, readStory } from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import {
  beginWatch,
  isTaken,
  type Truth,
  truthOfCharge,
  type WatchAsk,
  type WatchStatus,
} from "./watch.rules.ts";
import { insertWatch } from "./watches.store.ts";

/** How long after a page's end a payer who came in time may still pay. */
const PAYING_MS = SESSION_MS + 60_000;

const failed: Truth = { status: "failed", isOpen: false, isBack: false };
const open: Truth = { status: "started", isOpen: true, isBack: false };

/**
 * Stores, in the transaction that makes a page, that what is paid on it is looked at: from the end
 * of the page on, since until then another payer may come.
 */
export async function watchPage(
  { next }: Pick<MarketplaceDeps, "next">,
  merchant: Merchant,
  ask: WatchAsk,
): Promise<(tx: Tx, link: Link, page: bigint) => Promise<void>> {
  const number = await next.watch(merchant.id);
  return (tx, { expiresAt: from, createdAt }, page) => {
    const of = { merchantId: merchant.id, number, sale: null, page, createdAt };
    return insertWatch(tx, beginWatch(ask, { ...of, from, lastStatus: "created" }));
  };
}

type Reads = Pick<MarketplaceDeps, "db">;
type Page = Readonly<{ link: Link; code: string; charges: readonly Done[] }>;

/** A page with the charges of its payers, newest first. */
async function readPage({ db }: Reads, merchant: Merchant, number: bigint): Promise<Page> {
  const numbered = await findNumberedLink(db, merchant.id, { number });
  assert(numbered !== undefined, "a page is never deleted");
  const link = await findLink({ db }, { merchant }, { id: numbered.linkId });
  const charges = await readByReference(db, merchant.id, link.reference);
  return { link, code: numbered.code ?? "", charges };
}

/** How a payment of a page stands. What the bank's page took may still go back by itself. */
async function truthOf(deps: Reads, { payment, attempt }: Done): Promise<Truth> {
  const story = await readStory(deps.db, payment.merchantId, payment.id);
  const truth = story ? truthOfCharge(story) : open;
  if (truth.isOpen || !isTaken(truth.status)) return truth;
  const wanted = await calledLink(deps.db, attempt);
  if (wanted === "later") return open;
  return wanted ? truth : failed;
}

/** How a page stands: paid once one of its payments is. The bank is asked about doubts. */
export async function findOnPage(
  deps: MarketplaceDeps,
  merchant: Merchant,
  number: bigint,
  now: Date,
): Promise<Readonly<{ last: WatchStatus; truth: Truth }>> {
  const { link, charges } = await readPage(deps, merchant, number);
  const doubts = charges.filter(({ attempt }) => !isSettled(attempt));
  for (const each of doubts) await askNow(deps.payments, each);
  const known = doubts.length > 0 ? (await readPage(deps, merchant, number)).charges : charges;
  const truths = await Promise.all(known.map((each) => truthOf(deps, each)));
  const last = charges.length > 0 ? "started" : "created";
  const settled = truths.filter(({ isOpen }) => !isOpen);
  const kept = settled.find(({ status }) => isTaken(status));
  if (kept) return { last, truth: kept };
  if (settled.length < truths.length || now < after(link.expiresAt, PAYING_MS)) {
    return { last, truth: open };
  }
  return { last, truth: settled.find(({ isBack }) => isBack) ?? failed };
}

/** What a watched page is told by: the charge that decided, and since when there is one. */
export async function chargeOnPage(deps: Reads, merchant: Merchant, number: bigint) {
  const { code, charges } = await readPage(deps, merchant, number);
  const [newest] = charges;
  const charge = charges.find(({ payment }) => payment.status !== "declined") ?? newest;
  return charge && { code, number: charge.attempt.xact, createdAt: charge.attempt.openedAt };
}
