import { sql } from "kysely";
import type { Db } from "../../db/pool.ts";
import { isCleared, wasDenied } from "../../payouts/doubt.rules.ts";
import type { Run } from "../../payouts/payout.rules.ts";
import type { OurRun } from "./transfers.rules.ts";

/** The prefix of the ids of runs; a bank knows what follows it. */
const PREFIX = "out_";

type RunRow = Readonly<{
  id: string;
  state: Run["state"];
  amount_minor: bigint;
  not_found_count: number;
  verdict: string | null;
  currency: string;
  is_due: boolean;
  flagged_at: Date | null;
  message: string;
}>;

function oursOf(row: RunRow): OurRun {
  const { state, amount_minor: amountMinor, not_found_count: notFoundCount, currency } = row;
  const isJudged = row.verdict !== null;
  const isDenied = wasDenied({ state, notFoundCount, isJudged });
  const isSettled = isCleared({ state, isJudged, flaggedAt: row.flagged_at, message: row.message });
  return { state, amountMinor, currency, isAskedAgain: isDenied && row.is_due, isSettled };
}

/** Runs by the references that a bank knows them by. */
export async function readByReferences(
  db: Db,
  references: readonly string[],
): Promise<Map<string, OurRun>> {
  const ids = references.map((reference) => `${PREFIX}${reference}`);
  const { rows } = await sql<RunRow>`
    select r.id, r.state, r.amount_minor, r.not_found_count, r.verdict, p.currency,
      p.is_bound and p.due_at is not null and p.state <> 'paid' and r.flagged_at is null
        and r.amount_minor = p.amount_minor as is_due, r.flagged_at, r.message
    from payout_runs r
    join payouts p on p.merchant_id = r.merchant_id and p.number = r.payout
    where r.id = any(${ids})`.execute(db.kysely);
  return new Map(rows.map((row) => [referenceOf(row.id), oursOf(row)]));
}

/** What a bank calls a run. */
export const referenceOf = (id: string): string => id.slice(PREFIX.length);

/** Runs that a person must look at: in doubt for a day, or paid after they were given up. */
export async function readFlaggedRuns(db: Db, most: number) {
  const { rows } = await sql<{
    id: string;
    payment_id: string;
    kind: string;
    amount_minor: bigint;
    currency: string;
    flagged_at: Date | null;
    doubt: string;
  }>`select r.id, 'payout ' || p.number as payment_id, 'payout' as kind, r.amount_minor,
      p.currency, r.flagged_at, r.message as doubt
    from payout_runs r join payouts p on p.merchant_id = r.merchant_id and p.number = r.payout
    where r.flagged_at is not null and r.state <> 'paid' order by r.id limit ${most}`.execute(
    db.kysely,
  );
  return rows;
}
