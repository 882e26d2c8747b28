import { refuse } from "../../../lib/refusal.ts";
import { findSettings } from "../../../marketplace/index.ts";
import type { Merchant } from "../../../merchants/index.ts";
import type { PaywallDeps } from "../deps.ts";

/** Ids of settlement days that do not follow from their number. */
const namedDays: Readonly<Record<number, number>> = { 1: 1, 2: 7, 3: 14, 4: 30 };
const SHORT_MAX = 9;
const MIDDLE_MAX = 15;
const DAYS_ID_MAX = 30;

/** How many days an id stands for: 5 to 9 are 2 to 6, 10 to 15 are 8 to 13, then one less. */
function daysOf(id: number): number {
  if (id < 1 || id > DAYS_ID_MAX) {
    return refuse("invalid_input", {
      field: "EndOfTheDay",
      problem: "out_of_range",
      bound: `0 - ${DAYS_ID_MAX}`,
    });
  }
  const named = namedDays[id];
  if (named !== undefined) return named;
  if (id <= SHORT_MAX) return id - 3;
  return id <= MIDDLE_MAX ? id - 2 : id - 1;
}

/**
 * Whether the contracts of a merchant pay after as many days as an id stands for; 0 is any. Refuses
 * `invalid_input` for an id that stands for none.
 */
export async function paysIn(
  { db }: Pick<PaywallDeps, "db">,
  merchant: Merchant,
  id: number,
): Promise<boolean> {
  if (id === 0) return true;
  const settings = await findSettings(db, merchant.id);
  return daysOf(id) === (settings?.platformDays ?? 1);
}
