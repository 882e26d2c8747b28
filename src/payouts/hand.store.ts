import { type Selectable, sql } from "kysely";
import type { Payouts } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import { isoText } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { type HandPayout, type HandWord, handSteps } from "./hand.rules.ts";
import type { Run } from "./payout.rules.ts";
import { payoutOf, receiverColumns } from "./rows.ts";

type Row = Selectable<Payouts> &
  Readonly<{ bank_reference: string | null; message: string | null; marked_by: string | null }>;

const ofBatch = (merchant: MerchantId, batch: bigint) => sql`
  select p.*, r.bank_reference, r.message, r.marked_by from payouts p
    left join payout_runs r on r.merchant_id = p.merchant_id and r.payout = p.number
      and r.run = p.runs
    where p.merchant_id = ${merchant} and p.batch = ${batch} order by p.number`;

const handOf = (row: Row): HandPayout => ({
  ...payoutOf(row),
  batch: row.batch!,
  word: row.bank_reference || row.message || "",
  markedBy: row.marked_by,
});

/** The payouts of a batch as they were put into it, in its order. */
export async function readHandPayouts(
  db: Reader,
  merchant: MerchantId,
  batch: bigint,
): Promise<HandPayout[]> {
  const { rows } = await sql<Row>`${ofBatch(merchant, batch)}`.execute(db);
  return rows.map(handOf);
}

/** The same, and nobody else says anything of them until the transaction ends. */
export async function lockHandPayouts(
  tx: Tx,
  merchant: MerchantId,
  batch: bigint,
): Promise<HandPayout[]> {
  await sql`select number from payouts where merchant_id = ${merchant} and batch = ${batch}
    order by number for update`.execute(tx);
  return readHandPayouts(tx, merchant, batch);
}

/** Moves payouts that the caller has locked, and says how many of them moved. */
export async function moveHandPayouts(
  tx: Tx,
  merchant: MerchantId,
  numbers: readonly bigint[],
  kind: HandWord["kind"],
  at: Date,
): Promise<number> {
  const { from, to, failure } = handSteps[kind];
  const done = await sql`update payouts
    set state = ${to}, failure = ${failure}, runs = runs + 1, settled_at = ${at}
    where merchant_id = ${merchant} and number = any(${[...numbers]}::bigint[])
      and kind = 'hand' and state = ${from}`.execute(tx);
  return Number(done.numAffectedRows ?? 0n);
}

/** Stores what somebody said of transfers: runs that have ended, of which no bank was asked. */
export async function insertMarkedRuns(tx: Tx, runs: readonly Run[], by: string): Promise<void> {
  const rows = runs.map((run) => ({
    ...{ merchant_id: run.merchantId, id: run.id, payout: `${run.payout}`, run: run.run },
    ...{ state: run.state, amount_minor: `${run.amountMinor}`, ...receiverColumns(run.receiver) },
    ...{ bank_reference: run.bankReference, message: run.message, marked_by: by },
    ...{ opened_at: isoText(run.openedAt), settled_at: isoText(run.openedAt) },
  }));
  await sql`/* insert_marked_runs */ insert into payout_runs (merchant_id, id, payout, run, state,
      amount_minor, title, iban, bank_reference, message, marked_by, opened_at, settled_at)
    select merchant_id, id, payout, run, state, amount_minor, title, iban, bank_reference, message,
      marked_by, opened_at, settled_at
    from json_populate_recordset(null::payout_runs, ${JSON.stringify(rows)}::json)`.execute(tx);
}
