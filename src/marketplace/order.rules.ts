import { DAY_MS, istanbulDay, startOfIstanbulDay } from "../lib/clock.ts";
import { refuse, refuseMarket } from "../lib/refusal.ts";
import type { PayoutState } from "./earning.rules.ts";

/** Whole days in Istanbul, `yyyy-MM-dd`, both ends included. */
export type Span = Readonly<{ from: string; to: string }>;

/** The longest span that is looked at before an order is given. */
export const PENDING_DAYS_MAX = 40;

/** How many days a span has; zero or less where it ends before it begins. */
export function daysIn({ from, to }: Span): number {
  const startOf = (day: string) => startOfIstanbulDay(day)?.getTime() ?? Number.NaN;
  return (startOf(to) - startOf(from)) / DAY_MS + 1;
}

/** Refuses `invalid_input` for a span that ends before it begins, `span_too_long` above `most`. */
export function checkSpan(span: Span, most: number | null): void {
  const days = daysIn(span);
  if (!(days >= 1)) refuse("invalid_input", { field: "DateTo", problem: "out_of_range" });
  if (most !== null && days > most) {
    refuse("market_refused", { problem: "span_too_long", mostDays: most });
  }
}

/**
 * Refuses `order_ends_too_late` for an order whose last day is not over yet by the merchant's own
 * time: more may become due of it. A trial order may end on any day.
 */
export function checkEnd({ to }: Span, isTrial: boolean, now: Date): void {
  if (!isTrial && to >= istanbulDay(now)) refuseMarket("order_ends_too_late");
}

/** An order as far as another one may not be given beside it. */
export type Neighbour = Span & Readonly<{ state: PayoutState }>;

/** Whether two spans have a day in common. */
export const meets = (one: Span, other: Span): boolean =>
  one.from <= other.to && one.to >= other.from;

const isRunning = (state: PayoutState): boolean => state === "queued" || state === "sending";

/**
 * Refuses an order for days of which another order of the currency has paid (`order_overlaps`,
 * unless `skips`), or is about to pay (`earning_queued`, always). One that failed is in nobody's
 * way.
 */
export function checkNeighbours(all: readonly Neighbour[], span: Span, skips: boolean): void {
  const near = all.filter((each) => meets(each, span));
  if (!skips && near.some(({ state }) => state === "paid")) refuseMarket("order_overlaps");
  if (near.some(({ state }) => isRunning(state))) refuseMarket("earning_queued");
}

/** Refuses to carry out again an order that paid, or that is being carried out. */
export function checkRestart(state: PayoutState): void {
  if (state === "paid") refuseMarket("earning_already_sent");
  if (isRunning(state)) refuseMarket("earning_queued");
}

const shown = (day: string) => day.split("-").reverse().join(".");
/** What a transfer says where the approvals say nothing, or not all the same. */
export const descriptionOf = ({ from, to }: Span): string =>
  from === to ? `Hakediş ${shown(from)}` : `Hakediş ${shown(from)} - ${shown(to)}`;

/** The lowest and the highest of what some approvals say of a transfer. */
type Said = Readonly<{ lowest: string | null; highest: string | null }>;

/** What all approvals say of the transfer; empty where they differ, or say nothing. */
export function commonText(all: readonly Said[]): string {
  const texts = new Set(all.flatMap(({ lowest, highest }) => [lowest ?? "", highest ?? ""]));
  const [text = ""] = texts;
  return texts.size === 1 ? text : "";
}

/**
 * Earnings that one statement puts into an order: a few seconds of work on a small machine, of the
 * fifteen that a statement has. A larger order takes more statements of its one transaction.
 */
export const MARKED_MAX = 25_000;

/** Days of which so much is due, in the order of the days. */
export type DayCount = Readonly<{ day: string; count: number }>;

/**
 * The days in which something is due as spans of at most `most` earnings, so that no statement
 * outlasts its time; a day is never parted.
 */
export function slicesOf(days: readonly DayCount[], most: number): Span[] {
  const slices: { from: string; to: string; count: number }[] = [];
  for (const { day, count } of days) {
    const last = slices.at(-1);
    if (last && last.count + count <= most) {
      last.to = day;
      last.count += count;
    } else slices.push({ from: day, to: day, count });
  }
  return slices.map(({ from, to }) => ({ from, to }));
}
