import { expect } from "vitest";
import type { Envelope, Paywall } from "./paywall.ts";
import { line, soldOn } from "./sales.ts";
import type { TestWorld } from "./world.ts";

const MARKET = "api/paywall/marketplace";

/** What a service answers that has nothing to tell. */
export const OK = { ErrorCode: 0, Result: true, Message: "", Body: null };

export type ProductEarnings = Readonly<{
  ProductId: number;
  MerchantEarningId: number;
  MerchantEarning: number;
  MerchantReflectionDate: string;
  MerchantEarningStatusId: number;
  SubMerchantEarningId: number;
  SubMerchantEarning: number;
  SubMerchantReflectionDate: string;
  SubMerchantEarningStatusId: number;
}>;

export const earningsOn = async (wire: Paywall, productid: number): Promise<ProductEarnings> =>
  (await wire.get<ProductEarnings>(`${MARKET}/report/earning/product`, { productid })).Body;

/** A product of one member, approved: of 100.00 the member is due 88.00. */
export async function approvedOn(wire: Paywall, more: object = {}, member = 501) {
  const { PaymentId, Products } = await soldOn(wire, {
    detail: { Amount: 100 },
    products: [line("sku-1", 100, member, more)],
  });
  const product = Products[0]!.Id;
  await wire.post(`${MARKET}/approve/pw/payment`, { PaymentId });
  return { PaymentId, product, earnings: await earningsOn(wire, product) };
}

/** The code of a business failure, which is answered at HTTP 200 and has no body. */
export async function codeOf(answer: Promise<Envelope>): Promise<number> {
  const { ErrorCode, Body, status } = await answer;
  expect([status, Body]).toEqual([200, null]);
  return ErrorCode;
}

export const changeOn = (wire: Paywall, path: string, input: object) =>
  wire.put(`${MARKET}/earning/${path}`, input);

/**
 * Puts earnings of a member, or debts, into a payout of a state, as it is while and after it runs.
 * One that they were in before is no more.
 */
export async function payIn(
  world: TestWorld,
  state: "queued" | "sending" | "paid" | "failed",
  numbers: readonly number[],
  table: "earnings" | "debts" = "earnings",
) {
  const id = world.merchant.merchantId;
  const now = world.clock();
  const ends = state === "paid" || state === "failed";
  const { rows } = await world.db.pool.query<{ number: string }>(
    `with bank as (insert into payout_connections (merchant_id, number, provider, key, currency,
         base_url, account, sealed, is_main, is_open, created_at)
       values ($1, 7, 'simulator', 'Test', 'TRY', 'http://127.0.0.1:9', 'x', '', false, true, $2)
       on conflict do nothing)
     insert into payouts (merchant_id, number, kind, guid, party, member, connection, currency,
         amount_minor, count, title, iban, description, details, state, runs, failure, due_at,
         created_at, settled_at)
       select $1, (select 1 + coalesce(max(number), 0) from payouts), 'daily',
         gen_random_uuid()::text, 'member', member, 7, 'TRY', sum(amount_minor), count(*), 't', 'i',
         '', '{}', $3, 0, '', $4, $2, $5
       from ${table} where merchant_id = $1 and number = any($6) group by member returning number`,
    [id, now, state, ends ? null : new Date("2099-01-01T00:00:00Z"), ends ? now : null, numbers],
  );
  const payout = rows[0]!.number;
  const of = "where merchant_id = $1 and number = any($2)";
  const before = await world.db.pool.query(`select payout from ${table} ${of}`, [id, numbers]);
  await world.db.pool.query(`update ${table} set payout = $3 ${of}`, [id, numbers, payout]);
  const left = before.rows.map((row) => row.payout);
  await world.db.pool.query(`delete from payouts ${of}`, [id, left]);
  return Number(payout);
}
