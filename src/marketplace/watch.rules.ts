import { after } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { type Attempt, isInDoubt, type Payment } from "../payments/payment.rules.ts";
import { type Standing, standingOf } from "./standing.rules.ts";

/**
 * What is done with what a look at a payment finds: it is told, whatever it is (`report`), or as
 * the news that it may be (`notify`); told where it is news (`change`); or the money is given back
 * where nobody was told that it was taken, and that is told (`cancel`).
 */
export const watchActions = ["report", "change", "cancel", "notify"] as const;
export type WatchAction = (typeof watchActions)[number];

/** How a payment stands, as its own query says it. */
export type WatchStatus = "created" | Standing;
/** How a payment must have been told to stand, for a look to be worth it. */
export const watchedStatuses = ["started", "failed"] as const;
export type WatchedStatus = (typeof watchedStatuses)[number];

/** What is asked for with a payment. */
export type WatchAsk = Readonly<{
  action: WatchAction;
  statuses: readonly WatchedStatus[];
  /** Who is told; nobody where it is absent, which a report is not without. */
  url: string | undefined;
  minutes: number;
}>;

/** Minutes until the first look where nothing is said, and the bounds of what may be said. */
export const WATCH_MINUTES = 25;
export const WATCH_MINUTES_MIN = 5;
export const WATCH_MINUTES_MAX = 20;
/** Watches of one payment. */
export const WATCHES_MAX = 10;

/** A watch of a sale, or of what is paid on a page. */
export type Watch = Readonly<{
  merchantId: MerchantId;
  number: bigint;
  sale: bigint | null;
  page: bigint | null;
  action: WatchAction;
  statuses: readonly WatchedStatus[];
  url: string | null;
  /** `returning`: the money goes back, and nobody is told any more that it was taken. */
  state: "waiting" | "returning" | "done";
  lastStatus: WatchStatus;
  newStatus: WatchStatus | null;
  isBack: boolean;
  looks: number;
  dueAt: Date | null;
  createdAt: Date;
}>;

const MINUTE_MS = 60_000;

/** A watch that begins now. A payer who goes by the bank's page has not been sent there yet. */
export const beginWatch = (
  ask: WatchAsk,
  of: Pick<Watch, "merchantId" | "number" | "sale" | "page" | "createdAt"> &
    Readonly<{ from: Date; lastStatus: WatchStatus }>,
): Watch => ({
  merchantId: of.merchantId,
  number: of.number,
  sale: of.sale,
  page: of.page,
  action: ask.action,
  statuses: ask.statuses,
  url: ask.url ?? null,
  state: "waiting",
  lastStatus: of.lastStatus,
  newStatus: null,
  isBack: false,
  looks: 0,
  dueAt: after(of.from, ask.minutes * MINUTE_MS),
  createdAt: of.createdAt,
});

/** Waits between a look that finds a payment undecided and the next one. */
const LOOK_GAPS_MS = [5, 10, 15, 30, 60].map((minutes) => minutes * MINUTE_MS);
/** A bank that was away for long can still say: who wants money back wants it then too. */
const LATE_GAP_MS = 6 * 60 * MINUTE_MS;
const LATE_LOOKS_MAX = 32;

/** When an undecided payment is looked at again; `undefined` once it was looked at often enough. */
export function nextLookAt(watch: Pick<Watch, "action" | "looks">, now: Date): Date | undefined {
  const gap = LOOK_GAPS_MS[watch.looks];
  if (gap !== undefined) return after(now, gap);
  const isLate = watch.action === "cancel" && watch.looks < LOOK_GAPS_MS.length + LATE_LOOKS_MAX;
  return isLate ? after(now, LATE_GAP_MS) : undefined;
}

/** When a watch is looked at again that may not end as it was found, or could not be looked at. */
export const mustLookAt = (watch: Pick<Watch, "action" | "looks">, now: Date): Date =>
  nextLookAt(watch, now) ?? after(now, LATE_GAP_MS);

/** How a payment was last told to stand; a payer who went to the bank since has begun it. */
export const lastTold = (watch: Pick<Watch, "lastStatus">, wasOpened: boolean): WatchStatus =>
  watch.lastStatus === "created" && wasOpened ? "started" : watch.lastStatus;

/** How a payment stands, whether that may still change by itself, and whether its money is back. */
export type Truth = Readonly<{ status: WatchStatus; isOpen: boolean; isBack: boolean }>;

const waiting = (status: WatchStatus): Truth => ({ status, isOpen: true, isBack: false });
const failed: Truth = { status: "failed", isOpen: false, isBack: false };

/** How a payment stands whose payer has not been charged: on the way, turned away, or too late. */
export const truthOfPayer = (at: "created" | "started" | "refused" | "expired"): Truth =>
  at === "created" || at === "started" ? waiting(at) : failed;

/**
 * How a charged payment stands. One whose money is back has failed, whatever it was before; one
 * that has an operation in doubt, or a cancelled capture whose hold still goes back, is open.
 */
export function truthOfCharge(
  story: Readonly<{ payment: Payment; attempts: readonly Attempt[] }>,
): Truth {
  const { payment, attempts } = story;
  const status = standingOf(story);
  if (attempts.some(isInDoubt)) return waiting(status);
  if (payment.status === "held" && status === "paid") return waiting(status);
  const isRefunded = payment.capturedMinor > 0n && payment.refundedMinor === payment.capturedMinor;
  if (payment.status === "voided" || isRefunded) return { ...failed, isBack: true };
  return { status, isOpen: false, isBack: false };
}

/** Whether a payment that stands so has taken, or holds, money. */
export const isTaken = (status: WatchStatus): boolean => status === "held" || status === "paid";

/** Whether what a look found is told: as a change, or by who reports whatever it is. */
export const isTold = (
  { action, url }: Pick<Watch, "action" | "url">,
  last: WatchStatus,
  found: WatchStatus,
): boolean => url !== null && (last !== found || action === "report" || action === "notify");
