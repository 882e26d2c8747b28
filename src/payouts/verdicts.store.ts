import type { Reader, Tx } from "../db/transaction.ts";
import { type MerchantId, newId } from "../lib/id.ts";
import type { Payout, Run } from "./payout.rules.ts";
import { payoutOf, runOf } from "./rows.ts";
import type { VerdictId } from "./runs.store.ts";

/** What a person found out about a run, and why that is believed. */
export type Verdict = Readonly<{
  /** What the bank calls the transfer; null where it was not paid. */
  bankReference: string | null;
  reason: string;
  person: string;
}>;

/** Keeps a verdict for good, with what the bank's interface said right before. */
export async function insertVerdict(
  tx: Tx,
  { merchantId, id: run }: Run,
  { bankReference, reason, person }: Verdict,
  { bankSaid, at }: Readonly<{ bankSaid: string; at: Date }>,
): Promise<VerdictId> {
  const id = newId("vrd", at);
  await tx
    .insertInto("payout_verdicts")
    .values({
      merchant_id: merchantId,
      id,
      run,
      verdict: bankReference === null ? "unpaid" : "paid",
      bank_reference: bankReference,
      reason,
      person,
      bank_said: bankSaid,
      judged_at: at,
    })
    .execute();
  return id;
}

/** A verdict as it is looked up again. */
type KeptVerdict = Verdict &
  Readonly<{ run: string; payout: bigint; bankSaid: string; judgedAt: Date }>;

/** The newest verdicts of a merchant. */
export async function readVerdicts(
  db: Reader,
  merchant: MerchantId,
  most: number,
): Promise<KeptVerdict[]> {
  const rows = await db
    .selectFrom("payout_verdicts as v")
    .innerJoin("payout_runs as r", (on) =>
      on.onRef("r.merchant_id", "=", "v.merchant_id").onRef("r.id", "=", "v.run"),
    )
    .select(["v.run", "r.payout", "v.bank_reference", "v.reason", "v.person", "v.bank_said"])
    .select("v.judged_at")
    .where("v.merchant_id", "=", merchant)
    .orderBy("v.id", "desc")
    .limit(most)
    .execute();
  return rows.map((row) => ({
    run: row.run,
    payout: row.payout,
    bankReference: row.bank_reference,
    reason: row.reason,
    person: row.person,
    bankSaid: row.bank_said,
    judgedAt: row.judged_at,
  }));
}

/** Runs of a merchant that a person must look at, each with its payout, the oldest first. */
export async function readDoubtful(
  db: Reader,
  merchant: MerchantId,
  most: number,
): Promise<Readonly<{ payout: Payout; run: Run }>[]> {
  const runs = await db
    .selectFrom("payout_runs")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("flagged_at", "is not", null)
    .where("state", "<>", "paid")
    .orderBy("flagged_at")
    .limit(most)
    .execute();
  const numbers = runs.map(({ payout }) => payout);
  if (numbers.length === 0) return [];
  const payouts = await db
    .selectFrom("payouts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("number", "in", numbers)
    .execute();
  const byNumber = new Map(payouts.map((row) => [row.number, payoutOf(row)]));
  return runs.map((row) => ({ payout: byNumber.get(row.payout)!, run: runOf(row) }));
}

/** Keeps others from a run until the transaction ends, and reads it as it is now. */
export async function lockRun(tx: Tx, { merchantId, id }: Run): Promise<Run> {
  const row = await tx
    .selectFrom("payout_runs")
    .selectAll()
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return runOf(row);
}

/** Nobody has to look at a run any more: its bank has ended it, or this verdict has. */
export async function unflagRun(
  tx: Tx,
  { merchantId, id }: Run,
  verdict?: VerdictId,
): Promise<void> {
  await tx
    .updateTable("payout_runs")
    .set({ flagged_at: null, ...(verdict && { verdict }) })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .execute();
}
