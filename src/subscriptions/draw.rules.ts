import { after, istanbulDay } from "../lib/clock.ts";
import { daysLater, nextLike, nextMidnight } from "./plan.rules.ts";
import type { DrawReason, Invoice, OrderCard, Subscription } from "./subscription.rules.ts";

const MINUTE_MS = 60_000;

/** How often an order's invoices are tried. */
export type Limits = Readonly<{
  /** Rest after a try. */
  gapMs: number;
  /** Rounds of tries on one day. */
  daily: number;
  /** Days with tries before an invoice has failed. */
  days: number;
  /** Rounds before it has failed, each a rest after the one before and whatever the day. */
  rounds?: number | undefined;
}>;

export const limitsOf = (
  order: Pick<Subscription, "dailyAttempts" | "attemptDays" | "ownRests">,
  gapMinutes: number,
): Limits => ({
  gapMs: (order.ownRests?.minutes ?? gapMinutes) * MINUTE_MS,
  daily: order.dailyAttempts,
  days: order.attemptDays,
  rounds: order.ownRests?.rounds,
});

/**
 * Reasons that lie on the way to the bank or in the contract with it. They say nothing of the card:
 * the round rests and goes on with the same card, and what it came to does not count as a try.
 */
const onTheWay: ReadonlySet<DrawReason> = new Set([
  "bank_unreachable",
  "never_arrived",
  "already_voided",
  "system_error",
  "retry_later",
  "credentials",
  "ip_not_allowed",
  "hash_error",
  "merchant_config",
  "format_error",
  "duplicate_order",
]);

/** Whether the newest try says something of its card. */
export const isRefusal = (reason: DrawReason | null): boolean =>
  reason === null || !onTheWay.has(reason);

/** Whether some cards of a round have said no and the next one is to be tried at once. */
export const isRoundOpen = ({ refusedCards, lastReason }: Invoice): boolean =>
  refusedCards.length > 0 && isRefusal(lastReason);

/** When the next round may begin, whoever asks; `undefined` where nothing was tried yet. */
export function mayTryAt(invoice: Invoice, { gapMs, daily, rounds }: Limits): Date | undefined {
  const { attemptedAt, attemptedOn, attemptsToday } = invoice;
  if (!attemptedAt) return undefined;
  const rested = after(attemptedAt, gapMs);
  const isSpent = rounds === undefined && attemptsToday >= daily && attemptedOn !== null;
  if (!isSpent) return rested;
  const tomorrow = nextMidnight(new Date(`${attemptedOn}T00:00:00+03:00`));
  return tomorrow > rested ? tomorrow : rested;
}

/** Whether no day with tries is left once `at` is reached; a merchant's own tries may go beyond. */
const isExhausted = (invoice: Invoice, { days, rounds }: Limits, at: Date): boolean =>
  rounds === undefined
    ? invoice.attemptDays > days ||
      (invoice.attemptDays === days && invoice.attemptedOn !== istanbulDay(at))
    : invoice.attemptsToday >= rounds;

/**
 * When an invoice that was refused is tried again by itself: after its rest on the same day, else
 * at its own time of another day. `undefined` when it has had its tries.
 */
export function retryAt(invoice: Invoice, limits: Limits): Date | undefined {
  const allowed = mayTryAt(invoice, limits);
  if (!allowed) return invoice.drawnFrom;
  const isToday = invoice.attemptedOn === null || invoice.attemptedOn === istanbulDay(allowed);
  const at =
    isToday || limits.rounds !== undefined ? allowed : nextLike(invoice.drawnFrom, allowed);
  return isExhausted(invoice, limits, at) ? undefined : at;
}

/**
 * When an invoice without any card has failed: it waits for one as long as it would be tried. One
 * that failed so before, and was put back by the merchant, waits until there is a card: null.
 */
export const cardlessUntil = (invoice: Invoice, { days }: Limits): Date | null =>
  invoice.lastReason === "no_card" ? null : daysLater(invoice.drawnFrom, days);

/**
 * When an invoice is looked at next by itself; null where nothing would happen: its order is not
 * active, the bank is being asked, or it has ended.
 */
export function dueAt(
  order: Pick<Subscription, "status" | "dailyAttempts" | "attemptDays">,
  hasCard: boolean,
  invoice: Invoice,
  limits: Limits,
  now: Date,
): Date | null {
  if (invoice.status !== "waiting" || invoice.openPaymentId || order.status !== "active") {
    return null;
  }
  if (isRoundOpen(invoice)) return now;
  if (!hasCard) return cardlessUntil(invoice, limits);
  return retryAt(invoice, limits) ?? now;
}

/** What is to be done about an invoice at this moment. */
export type Step =
  | Readonly<{ do: "draw"; card: OrderCard }>
  /** The bank is being asked, or must say first what became of the try before. */
  | Readonly<{ do: "await_bank" }>
  /** `invoice` is as it shall be written; `isTold`: a round came to nothing. */
  | Readonly<{ do: "write"; invoice: Invoice; ends: "round" | "failed" | "later" }>
  | Readonly<{ do: "nothing" }>;

/** The schedule tries by itself; a merchant who presses the button waits out the same rests. */
export type DrawnBy = "schedule" | "merchant";

/** The round is over, and uses up one of the day's tries, or of all where days do not count. */
function afterRound(invoice: Invoice, limits: Limits): Step {
  const { attemptedAt, attemptedOn, attemptsToday, attemptDays } = invoice;
  const day = attemptedAt && istanbulDay(attemptedAt);
  const isSame = attemptedOn === day;
  const goesOn = isSame || limits.rounds !== undefined;
  const counted: Invoice = {
    ...invoice,
    refusedCards: [],
    attemptedOn: day,
    attemptsToday: goesOn ? attemptsToday + 1 : 1,
    attemptDays: isSame ? attemptDays : attemptDays + 1,
  };
  const again = retryAt(counted, limits);
  return again
    ? { do: "write", invoice: { ...counted, dueAt: again }, ends: "round" }
    : { do: "write", invoice: { ...counted, status: "failed", dueAt: null }, ends: "failed" };
}

/** Until when a round rests of which the newest try was lost on the way to the bank. */
const restsUntil = ({ attemptedAt, lastReason }: Invoice, { gapMs }: Limits): Date | undefined =>
  attemptedAt && !isRefusal(lastReason) ? after(attemptedAt, gapMs) : undefined;

/**
 * The next step of an invoice. Cards are tried in their order, the next one only after a plain no
 * about the one before; while the bank owes an answer nothing is drawn. Where a try was lost on the
 * way, the round rests and goes on with its card: those before it are not asked again. A merchant
 * may have an invoice tried that has failed, and asks `mayTryAt` before.
 */
export function nextStep(
  order: Subscription,
  cards: readonly OrderCard[],
  invoice: Invoice,
  limits: Limits,
  by: DrawnBy,
  now: Date,
): Step {
  if (invoice.openPaymentId) return { do: "await_bank" };
  const isOpen = invoice.status === "waiting" || (by === "merchant" && invoice.status === "failed");
  if (!isOpen) return { do: "nothing" };
  if (order.status === "deleted") return deleted(invoice);
  if (order.status !== "active") return later(invoice, null);
  const rest = restsUntil(invoice, limits);
  if (rest && rest > now)
    return { do: "write", invoice: { ...invoice, dueAt: rest }, ends: "round" };
  const { refusedCards } = invoice;
  if (refusedCards.length > 0) {
    const next = cards.find(({ card }) => !refusedCards.includes(card));
    return next ? { do: "draw", card: next } : afterRound(invoice, limits);
  }
  const [first] = cards;
  if (!first) return withoutCard(invoice, limits, now);
  if (by === "schedule") {
    if (!invoice.dueAt || invoice.dueAt > now) return { do: "nothing" };
    if (!retryAt(invoice, limits)) return failed(invoice);
  }
  return { do: "draw", card: first };
}

const later = (invoice: Invoice, dueAt: Date | null): Step => ({
  do: "write",
  invoice: { ...invoice, dueAt },
  ends: "later",
});
/** Its try was at the bank when its order was deleted; it came to nothing. */
const deleted = (invoice: Invoice): Step => ({
  do: "write",
  invoice: { ...invoice, status: "deleted", dueAt: null },
  ends: "later",
});
const failed = (invoice: Invoice): Step => ({
  do: "write",
  invoice: { ...invoice, status: "failed", dueAt: null },
  ends: "failed",
});

function withoutCard(invoice: Invoice, limits: Limits, now: Date): Step {
  const until = cardlessUntil(invoice, limits);
  if (!until || now < until) return later(invoice, until);
  return failed({ ...invoice, lastReason: "no_card", lastMessage: null });
}

/** Whole minutes until `at`, a begun one counted whole. */
export const minutesUntil = (at: Date, now: Date): number =>
  Math.max(0, Math.ceil((at.getTime() - now.getTime()) / MINUTE_MS));
