import type { Db } from "../db/pool.ts";
import type { Tx } from "../db/transaction.ts";
import type { AgentId, MerchantId } from "../lib/id.ts";
import type { Keyring } from "../lib/seal.ts";
import type { CommissionRate } from "./commission.rules.ts";
import { contractOf } from "./contracts.store.ts";
import type { Agent, Merchant } from "./merchant.rules.ts";

/** In the order in which they were made: a wire names them by their places. */
const readContracts = (db: Db, id: MerchantId) =>
  db.kysely
    .selectFrom("pos_accounts")
    .selectAll()
    .where("merchant_id", "=", id)
    .orderBy("id")
    .execute();

/** A merchant with its contracts and rates: all that a payment needs to know of it. */
export async function readMerchant(
  db: Db,
  ring: Keyring,
  id: MerchantId,
): Promise<Merchant | undefined> {
  const [row, pos, rates] = await Promise.all([
    db.kysely.selectFrom("merchants").selectAll().where("id", "=", id).executeTakeFirst(),
    readContracts(db, id),
    db.kysely.selectFrom("commission_rates").selectAll().where("merchant_id", "=", id).execute(),
  ]);
  if (!row) return undefined;
  return {
    id,
    companyCode: row.company_code,
    name: row.name,
    mode: row.mode,
    isBlocked: row.status === "blocked",
    clockOffsetMs: Number(row.clock_offset_ms),
    maySellWithout3d: row.may_sell_without_3d,
    needsCardCode: row.needs_card_code,
    mayCallInside: row.may_call_inside,
    drawGapMinutes: row.draw_gap_minutes,
    commissionTaxPpm: row.commission_tax_ppm,
    companySharePpm: row.company_share_ppm,
    pos: pos.map((each) => contractOf(ring, each)),
    rates: new Map(
      rates.map((each) => [`${each.bank_id}:${each.card_type}:${each.instalments}`, each.rate_ppm]),
    ),
  };
}

export async function findAgent(
  db: Db,
  merchant: MerchantId,
  by: { id: string } | { code: string },
) {
  const [column, value] = "id" in by ? (["id", by.id] as const) : (["code", by.code] as const);
  const row = await db.kysely
    .selectFrom("agents")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where(column, "=", value)
    .executeTakeFirst();
  if (!row) return undefined;
  const agent: Agent = {
    id: row.id as AgentId,
    code: row.code,
    name: row.name,
    isBlocked: row.status === "blocked",
  };
  return agent;
}

export type NewMerchant = Readonly<{
  id: MerchantId;
  companyCode: string;
  name: string;
  mode: "sandbox" | "live";
  maySellWithout3d: boolean;
  needsCardCode: boolean;
  mayCallInside: boolean;
  commissionTaxPpm: bigint;
  companySharePpm: bigint;
}>;

/** False when the company code is taken. */
export async function insertMerchant(tx: Tx, merchant: NewMerchant, now: Date): Promise<boolean> {
  const done = await tx
    .insertInto("merchants")
    .values({
      id: merchant.id,
      company_code: merchant.companyCode,
      name: merchant.name,
      mode: merchant.mode,
      status: "active",
      may_sell_without_3d: merchant.maySellWithout3d,
      needs_card_code: merchant.needsCardCode,
      may_call_inside: merchant.mayCallInside,
      commission_tax_ppm: merchant.commissionTaxPpm,
      company_share_ppm: merchant.companySharePpm,
      created_at: now,
    })
    .onConflict((conflict) => conflict.column("company_code").doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function insertAgent(tx: Tx, merchant: MerchantId, agent: Agent, now: Date) {
  await tx
    .insertInto("agents")
    .values({
      merchant_id: merchant,
      id: agent.id,
      code: agent.code,
      name: agent.name,
      status: agent.isBlocked ? "blocked" : "active",
      created_at: now,
    })
    .execute();
}

export async function insertRates(tx: Tx, merchant: MerchantId, rates: readonly CommissionRate[]) {
  await tx
    .insertInto("commission_rates")
    .values(
      rates.map((rate) => ({
        merchant_id: merchant,
        bank_id: rate.bankId,
        card_type: rate.cardType,
        instalments: rate.instalments,
        rate_ppm: rate.ratePpm,
      })),
    )
    .execute();
}

/** Blocks or opens a main firm, or one of its agents. */
export async function setBlocked(
  tx: Tx,
  merchant: MerchantId,
  agent: AgentId | undefined,
  isBlocked: boolean,
) {
  const status = isBlocked ? ("blocked" as const) : ("active" as const);
  if (!agent) {
    await tx.updateTable("merchants").set({ status }).where("id", "=", merchant).execute();
    return;
  }
  await tx
    .updateTable("agents")
    .set({ status })
    .where("merchant_id", "=", merchant)
    .where("id", "=", agent)
    .execute();
}

/** What a merchant may do, or must, by the column that says so. */
const switches = {
  maySellWithout3d: "may_sell_without_3d",
  needsCardCode: "needs_card_code",
  mayCallInside: "may_call_inside",
} as const;
export type MerchantSwitch = keyof typeof switches;

/**
 * Sets a switch of a merchant. The constraint `live_calls_outside` holds what only a sandbox may.
 */
export async function setSwitch(tx: Tx, merchant: MerchantId, which: MerchantSwitch, on: boolean) {
  await tx
    .updateTable("merchants")
    .set({ [switches[which]]: on })
    .where("id", "=", merchant)
    .execute();
}

/** Sets how long an invoice rests after a try to draw it; what waits already keeps its time. */
export async function setDrawGap(tx: Tx, merchant: MerchantId, minutes: number) {
  await tx
    .updateTable("merchants")
    .set({ draw_gap_minutes: minutes })
    .where("id", "=", merchant)
    .execute();
}

/** Moves sandbox clocks forward; a live clock cannot be moved by constraint. */
export async function moveClocks(tx: Tx, merchants: readonly MerchantId[], byMs: number) {
  await tx
    .updateTable("merchants")
    .set((eb) => ({ clock_offset_ms: eb("clock_offset_ms", "+", BigInt(byMs)) }))
    .where("id", "in", merchants)
    .execute();
}

export async function listMerchants(db: Db) {
  return db.kysely
    .selectFrom("merchants")
    .select(["id", "company_code", "name", "mode", "status", "clock_offset_ms"])
    .orderBy("id")
    .execute();
}

/** The first of `count` integers that nobody else is given. */
export async function takeNumbers(
  db: Db,
  merchant: MerchantId,
  name: string,
  first: bigint,
  count: bigint,
): Promise<bigint> {
  const row = await db.kysely
    .insertInto("counters")
    .values({ merchant_id: merchant, name, next_value: first + count })
    .onConflict((conflict) =>
      conflict
        .columns(["merchant_id", "name"])
        .doUpdateSet((eb) => ({ next_value: eb("counters.next_value", "+", count) })),
    )
    .returning("next_value")
    .executeTakeFirstOrThrow();
  return row.next_value - count;
}
