import type { Db } from "../db/pool.ts";
import { inTx } from "../db/transaction.ts";
import type { Clock } from "../lib/clock.ts";
import { refuse, refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { MembersDeps } from "./deps.ts";
import { checkTerms, type TermsAsk, type ValueDate } from "./member.rules.ts";
import { findMember } from "./members.store.ts";
import { insertValueDate, newestTerms, valueDatesAt } from "./value-dates.store.ts";

type Deps = Pick<MembersDeps, "db" | "clock" | "next">;

/** So often another process may come between; each time a newer number is drawn. */
const TRIES_MAX = 5;

/** A number above that of the newest terms: processes draw from blocks that overlap in time. */
async function nextNumber({ db, next }: Deps, merchant: Merchant, member: bigint) {
  const newest = (await newestTerms(db.kysely, merchant.id, member))?.number ?? 0n;
  let number = await next.value_date(merchant.id);
  while (number <= newest) number = await next.value_date(merchant.id);
  return number;
}

/**
 * Sets the terms of a member from now on; those before stay in the history, and what was reckoned
 * by them as it is. Refuses, in this order, as `checkTerms`, then `member_not_found`.
 */
export async function setValueDate(
  deps: Deps,
  merchant: Merchant,
  { member, terms }: Readonly<{ member: bigint; terms: TermsAsk }>,
): Promise<void> {
  const checked = checkTerms(terms);
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const valueDate = { ...checked, number: await nextNumber(deps, merchant, member) };
    const now = timeOf(merchant, deps.clock());
    const isSet = await inTx(deps.db, async (tx) => {
      const found = await findMember(tx, merchant.id, { number: member }, { isLocked: true });
      if (!found) refuseMarket("member_not_found");
      const newest = await newestTerms(tx, merchant.id, member);
      if (newest && newest.number > valueDate.number) return false;
      // The clock of the process that set the last ones may be ahead of ours.
      const from = newest && newest.from > now ? newest.from : now;
      await insertValueDate(tx, merchant.id, member, valueDate, from);
      return true;
    });
    if (isSet) return;
  }
  refuse("temporarily_unavailable", {});
}

/** The terms that hold. Refuses `member_not_found`, `value_date_not_found`. */
export async function readValueDate(
  { db, clock }: Readonly<{ db: Db; clock: Clock }>,
  merchant: Merchant,
  member: bigint,
): Promise<ValueDate> {
  const found = await findMember(db.kysely, merchant.id, { number: member });
  if (!found) return refuseMarket("member_not_found");
  const now = timeOf(merchant, clock());
  const held = await valueDatesAt(db.kysely, merchant.id, [member], now);
  return held.get(member) ?? refuseMarket("value_date_not_found");
}
