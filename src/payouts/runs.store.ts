import type { Reader, Tx } from "../db/transaction.ts";
import type { Id, MerchantId } from "../lib/id.ts";
import type { Run } from "./payout.rules.ts";
import type { Paid, Refused } from "./provider.rules.ts";
import { receiverColumns, runOf } from "./rows.ts";

const unsettled = ["open", "doubtful"] as const;

export async function insertRun(tx: Tx, run: Run): Promise<void> {
  await tx
    .insertInto("payout_runs")
    .values({
      merchant_id: run.merchantId,
      id: run.id,
      payout: run.payout,
      run: run.run,
      state: run.state,
      amount_minor: run.amountMinor,
      ...receiverColumns(run.receiver),
      // Nobody's name where there is nobody.
      title: run.receiver?.title ?? "",
      message: run.message,
      opened_at: run.openedAt,
    })
    .execute();
}

/** By which verdict of a person a run ended, where no bank ended it. */
export type VerdictId = Id<"vrd">;

/** Writes what the bank said of a run, or a person. False when its end was written before. */
export async function endRun(
  tx: Tx,
  run: Run,
  outcome: Paid | Refused,
  at: Date,
  verdict?: VerdictId,
): Promise<boolean> {
  const isPaid = outcome.kind === "paid";
  const done = await tx
    .updateTable("payout_runs")
    .set({
      state: isPaid ? "paid" : "refused",
      bank_reference: isPaid ? outcome.bankReference : null,
      message: isPaid ? "" : outcome.message || outcome.reason,
      settled_at: at,
      flagged_at: null,
      verdict: verdict ?? null,
    })
    .where("merchant_id", "=", run.merchantId)
    .where("id", "=", run.id)
    .where("state", "in", unsettled)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Writes how often was asked, over the row as it was read. False when it moved on meanwhile. */
export async function saveDoubt(tx: Tx, read: Run, next: Run): Promise<boolean> {
  const done = await tx
    .updateTable("payout_runs")
    .set({
      state: "doubtful",
      message: next.message,
      inquiries: next.inquiries,
      not_found_count: next.notFoundCount,
      first_not_found_at: next.firstNotFoundAt,
      flagged_at: next.flaggedAt,
    })
    .where("merchant_id", "=", read.merchantId)
    .where("id", "=", read.id)
    .where("state", "in", unsettled)
    .where("inquiries", "=", read.inquiries)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Makes a run that its bank had denied paid after all. False when that was done before. */
export async function correctRun(tx: Tx, run: Run, { bankReference }: Paid, at: Date) {
  const done = await tx
    .updateTable("payout_runs")
    .set({
      ...{ state: "paid", message: "", settled_at: at, flagged_at: null },
      bank_reference: bankReference,
    })
    .where("merchant_id", "=", run.merchantId)
    .where("id", "=", run.id)
    .where("state", "=", "refused")
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Hands a run to a person, although it has ended. */
export async function flagRun(tx: Tx, { merchantId, id }: Run, message: string, at: Date) {
  await tx
    .updateTable("payout_runs")
    .set({ flagged_at: at, message })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .where("flagged_at", "is", null)
    .execute();
}

export async function readRun(
  db: Reader,
  merchant: MerchantId,
  id: Run["id"],
): Promise<Run | undefined> {
  const row = await db
    .selectFrom("payout_runs")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && runOf(row);
}

/** Every run of a payout, the first one first. */
export async function readRuns(db: Reader, merchant: MerchantId, payout: bigint): Promise<Run[]> {
  const rows = await db
    .selectFrom("payout_runs")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("payout", "=", payout)
    .orderBy("run")
    .execute();
  return rows.map(runOf);
}
