import { nextBusinessDay, plusDays } from "../lib/business-day.ts";
import { istanbulDay, istanbulDayOf, LAST_DAY } from "../lib/clock.ts";
import { MOST_MINOR } from "../lib/money.ts";
import { refuse, refuseMarket } from "../lib/refusal.ts";
import type { Earning, EarningDue } from "./earning.rules.ts";
import { dateProblem } from "./reflection.rules.ts";

/** What somebody does to an earning after it was reckoned. */
export type EarningChange =
  | Readonly<{ what: "raise" | "lower"; minor: bigint }>
  | Readonly<{ what: "postpone"; days: number }>
  | Readonly<{ what: "redate"; day: string }>;

/** The furthest that one call postpones. */
const DAYS_MAX = 3_650;

/**
 * Refuses what is wrong with a change by itself: `earning_amount_wrong`, `invalid_input`, or one of
 * the problems of a day.
 */
export function checkChange(change: EarningChange, now: Date): void {
  if (change.what === "redate") {
    const sinceMidnightMs = now.getTime() - istanbulDayOf(now).from.getTime();
    const problem = dateProblem(change.day, istanbulDay(now), sinceMidnightMs);
    if (problem) refuseMarket(problem);
  } else if (change.what === "postpone") {
    const isDays = change.days >= 1 && change.days <= DAYS_MAX;
    if (!isDays) refuse("invalid_input", { field: "Day", problem: "out_of_range" });
  } else if (change.minor <= 0n) refuseMarket("earning_amount_wrong");
}

/** Refuses `earning_held`, `earning_paid`, `earning_queued` for what cannot be changed now. */
export function checkOpen({ isHeld, payoutState }: EarningDue): void {
  if (isHeld) refuseMarket("earning_held");
  if (payoutState === "paid") refuseMarket("earning_paid");
  if (payoutState === "queued" || payoutState === "sending") refuseMarket("earning_queued");
}

/** One that a payout failed to pay is out of it when it has a new day. */
function redated(earning: Earning, day: string): Earning {
  return {
    ...earning,
    reflectionDate: day,
    payDate: nextBusinessDay(day),
    payout: null,
    isRetried: earning.isRetried || earning.payout !== null,
  };
}

/** Lowered to nothing it is closed, and in no payout; raised from nothing it is to be paid. */
function resized(earning: Earning, minor: bigint): Earning {
  if (minor < 0n || minor > MOST_MINOR) return refuseMarket("earning_amount_wrong");
  if (minor === 0n) return { ...earning, amountMinor: minor, state: "closed", payout: null };
  return { ...earning, amountMinor: minor, state: "open" };
}

/** Refuses `invalid_input` for a day after the last that business is done on. */
function postponed(earning: Earning, days: number): Earning {
  if (earning.reflectionDate > plusDays(LAST_DAY, -days)) {
    refuse("invalid_input", { field: "Day", problem: "out_of_range" });
  }
  return redated(earning, plusDays(earning.reflectionDate, days));
}

/** An earning as it is after a change. Refuses `earning_amount_wrong`, and as `postponed`. */
export function changed(earning: Earning, change: EarningChange): Earning {
  switch (change.what) {
    case "raise":
      return resized(earning, earning.amountMinor + change.minor);
    case "lower":
      return resized(earning, earning.amountMinor - change.minor);
    case "postpone":
      return postponed(earning, change.days);
    case "redate":
      return redated(earning, change.day);
  }
}
