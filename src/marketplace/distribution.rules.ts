import { isBusinessDay, nextBusinessDay, plusDays } from "../lib/business-day.ts";
import { istanbulDay, istanbulDayOf } from "../lib/clock.ts";
import type { Currency } from "../lib/money.ts";

/** When a business day's transfers leave, in Istanbul: 16:00. */
export const RUN_HOUR_MS = 16 * 60 * 60 * 1000;

const hasRun = (now: Date): boolean =>
  now.getTime() - istanbulDayOf(now).from.getTime() >= RUN_HOUR_MS;

/**
 * Up to which day what is due may be paid by itself at this moment. On a business day that is the
 * day itself from 16:00 on, and the day before until then: what a day left over is made good on the
 * next one. On any other day nothing is paid, and there is no such day.
 */
export function paidThrough(now: Date): string | undefined {
  const today = istanbulDay(now);
  if (!isBusinessDay(today)) return undefined;
  return hasRun(now) ? today : plusDays(today, -1);
}

/** The day of the next transfers: today while they have not left, the next business day after. */
export function nextRunDay(now: Date): string {
  const today = istanbulDay(now);
  return nextBusinessDay(hasRun(now) ? plusDays(today, 1) : today);
}

/** What a transfer that leaves by itself says. */
export const dailyText = (day: string): string => `Hakediş ${day.split("-").reverse().join(".")}`;

/** The last day of which what is due may be put into a file: the next business day. */
export const lastDayByHand = (now: Date): string => nextBusinessDay(plusDays(istanbulDay(now), 1));

/**
 * What one receiver is due, all together, and where it goes; `iban` is empty where that is not
 * known, and `number`, of the payout that it is, null as long as it is none.
 */
export type DueTransfer = Readonly<{
  number: bigint | null;
  party: "member" | "platform";
  member: bigint | null;
  title: string;
  iban: string;
  currency: Currency;
  amountMinor: bigint;
  /** Earnings and debts in it. */
  count: number;
  description: string;
}>;

/** A batch, and in which state how much of it is, of one currency. */
export type BatchLine = Readonly<{
  batch: bigint;
  /** What was due up to this day, `yyyy-MM-dd`. */
  day: string;
  by: string;
  at: Date;
  currency: Currency;
  count: number;
  amountMinor: bigint;
  openCount: number;
  openMinor: bigint;
  paidCount: number;
  failedCount: number;
  /** Made, and come back. */
  returnedCount: number;
}>;
