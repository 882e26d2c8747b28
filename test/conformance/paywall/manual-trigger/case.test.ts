import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { demoMerchant, newPairs, openMarketplace } from "../../../../src/main/demo.ts";
import { enroll } from "../../../../src/merchants/index.ts";
import { runPayouts } from "../../../../src/payouts/index.ts";
import { payoutsOf, seedEarnings } from "../../../support/earnings.ts";
import { bankTransfers } from "../../../support/payouts.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { endOrder } from "../../../support/settled-orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

const base = "api/paywall/marketplace/manual/trigger";
const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const FEBRUARY = { CurrencyId: 1, DateFrom: "2026-02-01", DateTo: "2026-02-28" };

type Started = { JobId: string; Earning: number; Count: number; DateFrom: string; DateTo: string };
type Result = { Result: boolean; ResultMessage: string };
type Inquired = Started & { AnySuccess: boolean; Results: Result[] };
type Pending = { DateFrom: string; DateTo: string; Earning: number; Count: number };

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const table of ["earnings", "payout_runs", "payouts"]) {
    await world.db.pool.query(`delete from ${table}`);
  }
});

const throwOn = (error: unknown) => expect(error).toBe(undefined);
const pending = (from: string, to: string, more: object = {}) =>
  wire.get<Pending>(`${base}/pending`, { datefrom: from, dateto: to, currencyid: 1, ...more });
const start = (more: object = {}) => wire.post<Started>(`${base}/start`, { ...FEBRUARY, ...more });
const inquiry = (jobid: string, by = {}) => wire.get<Inquired>(`${base}/inquiry`, { jobid }, by);
const restart = (JobId: string) => wire.post<Started>(`${base}/restart`, { JobId });

/** Refused as a business failure: HTTP 200 and nothing in the body. */
const refused = (code: number) => ({ status: 200, ErrorCode: code, Result: false, Body: null });

describe("pending", () => {
  test("an empty pool is a success of zeros", async () => {
    const answer = await pending("2026-02-01", "2026-02-28");
    expect(answer).toMatchObject({ ErrorCode: 0, Result: true, Message: "" });
    expect(answer.Body).toEqual({
      DateFrom: "2026-02-01T00:00:00",
      DateTo: "2026-02-28T00:00:00",
      Earning: 0,
      Count: 0,
    });
  });
  test("sums the platform's own earnings of a currency, both ends included", async () => {
    await seedEarnings(world, [
      { day: "2026-01-31", minor: 1 },
      { day: "2026-02-01", minor: 184_000 },
      { day: "2026-02-28", minor: 55 },
      { day: "2026-03-01", minor: 1 },
      { day: "2026-02-10", minor: 1, currency: "USD" },
      { day: "2026-02-10", minor: 7_000, party: "member" },
      { day: "2026-02-10", minor: 0 },
    ]);
    const { Body, text } = await pending("2026-02-01", "2026-02-28");
    expect(Body).toMatchObject({ Earning: 1840.55, Count: 2 });
    expect(text).toContain('"Earning":1840.55,');
  });
  test("40 days are taken, 41 are not", async () => {
    expect(await pending("2026-01-01", "2026-02-09")).toMatchObject({ ErrorCode: 0 });
    expect(await pending("2026-01-01", "2026-02-10")).toMatchObject(refused(550));
  });
  test("what is missing or malformed is 2, an unknown currency 8", async () => {
    for (const from of ["", "2026-02-30", "2026-03-10", "0000-01-01"]) {
      expect(await pending(from, "2026-03-09")).toMatchObject(refused(2));
    }
    expect(await pending("2026-02-01", "2026-02-09", { currencyid: "" })).toMatchObject(refused(2));
    expect(await pending("2026-02-01", "2026-02-09", { currencyid: 4 })).toMatchObject(refused(8));
  });
});

describe("start", () => {
  test("answers at once with four decimals, and queues exactly the pool", async () => {
    const numbers = await seedEarnings(world, [
      { day: "2026-02-01", minor: 184_000 },
      { day: "2026-02-28", minor: 55 },
      { day: "2026-03-01", minor: 1 },
      { day: "2026-02-10", minor: 7_000, party: "member" },
    ]);
    const { Body, text, ErrorCode } = await start();
    expect(ErrorCode).toBe(0);
    expect(Body).toEqual({
      JobId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      DateFrom: "2026-02-01T00:00:00",
      DateTo: "2026-02-28T00:00:00",
      Earning: 1840.55,
      Count: 2,
    });
    expect(text).toContain('"Earning":1840.5500,');
    expect(await payoutsOf(world, numbers)).toEqual([Body.JobId, Body.JobId, null, null]);
    expect((await pending("2026-02-01", "2026-02-28")).Body).toMatchObject({
      Earning: 0,
      Count: 0,
    });
  });
  test("members of another case are the same", async () => {
    await seedEarnings(world, [{ day: "2026-02-01", minor: 100 }]);
    const camel = { currencyId: 1, dateFrom: "2026-02-01", dateTo: "2026-02-02T00:00:00" };
    expect(await wire.post(`${base}/start`, camel)).toMatchObject({ ErrorCode: 0 });
  });
  test("a last day of today is refused; with TestMode it is taken and really pays", async () => {
    await seedEarnings(world, [{ day: "2026-03-04", minor: 900 }]);
    const today = { DateFrom: "2026-03-03", DateTo: "2026-03-04" };
    const { ErrorCode, Message } = await start(today);
    expect({ ErrorCode, Message }).toEqual({
      ErrorCode: 29,
      Message: "Bitiş tarihi en fazla dün olabilir",
    });
    const { Body } = await start({ ...today, TestMode: true });
    expect(Body).toMatchObject({ Count: 1, Earning: 9 });
    await runPayouts(world.deps.payouts, throwOn);
    expect((await inquiry(Body.JobId)).Body.AnySuccess).toBe(true);
    expect(await bankTransfers(world)).toMatchObject([{ state: "paid", amountKurus: 900 }]);
    expect(await start({ ...today, TestMode: true })).toMatchObject(refused(29));
  });
  test("nothing to pay is 34, and leaves no order", async () => {
    await seedEarnings(world, [{ day: "2026-02-10", minor: 7_000, party: "member" }]);
    expect(await start()).toMatchObject(refused(34));
    const { rows } = await world.db.pool.query("select from payouts");
    expect(rows).toEqual([]);
  });
  test("what is missing or malformed is 2, an unknown currency 8", async () => {
    expect(await start({ DateTo: undefined })).toMatchObject(refused(2));
    expect(await start({ DateFrom: "01.02.2026" })).toMatchObject(refused(2));
    expect(await start({ DateFrom: "2026-02-28", DateTo: "2026-02-01" })).toMatchObject(refused(2));
    expect(await start({ CurrencyId: 9 })).toMatchObject(refused(8));
    expect(await start({ CurrencyId: undefined })).toMatchObject(refused(2));
  });
  test("no bank account is 261, no account to pay from 252", async () => {
    const { pool } = world.db;
    await seedEarnings(world, [{ day: "2026-02-10", minor: 7_000, currency: "EUR" }]);
    await pool.query("update payout_connections set is_main = false where currency = 'EUR'");
    expect(await start({ CurrencyId: 3 })).toMatchObject(refused(252));
    await pool.query("delete from platform_accounts where currency = 'EUR'");
    expect(await start({ CurrencyId: 3 })).toMatchObject(refused(261));
    await pool.query("update payout_connections set is_main = true where currency = 'EUR'");
    expect(await start({ CurrencyId: 3 })).toMatchObject(refused(261));
  });
  test("a longest span is held where the settings set one, and told", async () => {
    const told = { ...refused(550), Message: "Tarih aralığı en fazla 89 gün olabilir" };
    await seedEarnings(world, [{ day: "2026-02-10", minor: 7_000 }]);
    const long = { DateFrom: "2025-12-01", DateTo: "2026-02-28" };
    await world.db.pool.query("update marketplace_settings set order_days_max = 89");
    expect(await start(long)).toMatchObject(told);
    await world.db.pool.query("update marketplace_settings set order_days_max = null");
    expect(await start(long)).toMatchObject({ ErrorCode: 0 });
  });
  test("an account without manual trigger gives no orders", async () => {
    await world.db.pool.query("update marketplace_settings set has_manual_trigger = false");
    expect(await start()).toMatchObject(refused(29));
    expect(await pending("2026-02-01", "2026-02-09")).toMatchObject(refused(29));
    await world.db.pool.query("update marketplace_settings set has_manual_trigger = true");
  });
});

describe("orders for the same days", () => {
  const order = async (more: object) => (await start(more)).Body;
  const meeting = { DateFrom: "2026-02-28", DateTo: "2026-03-03" };

  test("a paid order blocks its days, and a skip collects what came later alone", async () => {
    const before = await seedEarnings(world, [{ day: "2026-02-28", minor: 100 }]);
    const first = await order({});
    await endOrder(world, first.JobId);
    const later = await seedEarnings(world, [
      { day: "2026-02-28", minor: 20 },
      { day: "2026-03-03", minor: 3 },
    ]);
    const { ErrorCode, Message } = await start(meeting);
    expect({ ErrorCode, Message }).toEqual({
      ErrorCode: 29,
      Message: "Bu tarih aralığı için başarılı bir ödeme emri mevcut",
    });
    const second = await order({ ...meeting, SkipExistsControl: true });
    expect(second).toMatchObject({ Count: 2, Earning: 0.23 });
    expect(await payoutsOf(world, [...before, ...later])).toEqual([
      first.JobId,
      second.JobId,
      second.JobId,
    ]);
  });
  test("days beside it, and another currency, are free", async () => {
    await seedEarnings(world, [
      { day: "2026-02-28", minor: 100 },
      { day: "2026-03-01", minor: 200 },
      { day: "2026-02-28", minor: 300, currency: "USD" },
    ]);
    await endOrder(world, (await order({})).JobId);
    expect(await order({ DateFrom: "2026-03-01", DateTo: "2026-03-03" })).toMatchObject({
      Count: 1,
    });
    expect(await order({ CurrencyId: 2 })).toMatchObject({ Count: 1, Earning: 3 });
  });
  test("a running order blocks its days whatever is skipped", async () => {
    await seedEarnings(world, [
      { day: "2026-02-28", minor: 100 },
      { day: "2026-03-01", minor: 200 },
    ]);
    await order({});
    expect(await start(meeting)).toMatchObject(refused(366));
    expect(await start({ ...meeting, SkipExistsControl: true })).toMatchObject(refused(366));
  });
  test("a failed order does not block, and what it did not pay is taken over", async () => {
    const numbers = await seedEarnings(world, [
      { day: "2026-02-27", minor: 50 },
      { day: "2026-02-28", minor: 100 },
      { day: "2026-03-01", minor: 200 },
    ]);
    const first = await order({});
    await endOrder(world, first.JobId, "Yetersiz bakiye");
    expect((await pending("2026-02-28", "2026-03-03")).Body).toMatchObject({
      Earning: 3,
      Count: 2,
    });
    const second = await order(meeting);
    expect(second).toMatchObject({ Count: 2, Earning: 3 });
    expect(await payoutsOf(world, numbers)).toEqual([first.JobId, second.JobId, second.JobId]);
    expect((await restart(first.JobId)).Body).toMatchObject({ Count: 1, Earning: 0.5 });
  });
});

describe("inquiry and restart", () => {
  async function failedOrder() {
    await seedEarnings(world, [{ day: "2026-02-28", minor: 100 }]);
    const { Body } = await start();
    await endOrder(world, Body.JobId, "Yetersiz bakiye");
    return Body.JobId;
  }
  test("an order is followed through failure and restart to its success", async () => {
    await seedEarnings(world, [{ day: "2026-02-28", minor: 184_055 }]);
    const { Body: started } = await start();
    const shown = { ...started, AnySuccess: false, Results: [] as Result[] };
    expect((await inquiry(started.JobId)).Body).toEqual(shown);
    await endOrder(world, started.JobId, "Yetersiz bakiye");
    shown.Results.push({ Result: false, ResultMessage: "Yetersiz bakiye" });
    expect((await inquiry(started.JobId, { locale: "en" })).Body).toEqual(shown);
    await seedEarnings(world, [{ day: "2026-02-28", minor: 1 }]);
    const again = await restart(started.JobId);
    expect(again.Body).toEqual(started);
    expect(again.text).toContain('"Earning":1840.5500,');
    expect((await inquiry(started.JobId)).Body).toEqual(shown);
    expect(await restart(started.JobId)).toMatchObject(refused(366));
    await endOrder(world, started.JobId);
    shown.Results.push({ Result: true, ResultMessage: "" });
    expect((await inquiry(started.JobId)).Body).toEqual({ ...shown, AnySuccess: true });
    expect(await restart(started.JobId)).toMatchObject(refused(35));
  });
  test("what was rejected meanwhile is not paid, and an order of nothing is 34", async () => {
    const job = await failedOrder();
    await world.db.pool.query("update earnings set state = 'deleted', payout = null");
    expect(await restart(job)).toMatchObject(refused(34));
    expect((await inquiry(job)).Body.Results).toHaveLength(1);
  });
  test("what is about to go back is left out, and waits for another order", async () => {
    const numbers = await seedEarnings(world, [
      { day: "2026-02-27", minor: 500 },
      { day: "2026-02-28", minor: 100 },
    ]);
    const { Body } = await start();
    await endOrder(world, Body.JobId, "x");
    await world.db.pool.query("update earnings set is_held = true where number = $1", [numbers[0]]);
    expect((await restart(Body.JobId)).Body).toMatchObject({ Count: 1, Earning: 1 });
    expect(await payoutsOf(world, numbers)).toEqual([null, Body.JobId]);
    await world.db.pool.query("update earnings set is_held = false");
    expect((await pending("2026-02-01", "2026-02-28")).Body).toMatchObject({
      Count: 1,
      Earning: 5,
    });
  });
  test("another merchant's order is unknown", async () => {
    const job = await failedOrder();
    const { db, clock, bank, deps } = world;
    const ask = { ...demoMerchant(bank.url), companyCode: "10002" };
    const other = await enroll({ db, clock, ring: deps.ring }, ask);
    const pairs = await inTx(db, async (tx) => {
      await openMarketplace(tx, other!.merchantId, ask.name, clock());
      return newPairs({ db, clock, ring: deps.ring }, tx, other!.merchantId);
    });
    const theirs = paywallOf({ url: world.url, pairs });
    const named = { jobid: job };
    expect(await theirs.get(`${base}/inquiry`, named)).toMatchObject(refused(32));
    expect(await theirs.post(`${base}/restart`, named)).toMatchObject(refused(32));
    expect(await inquiry(job)).toMatchObject({ ErrorCode: 0 });
  });
  test("an unknown order is 32, a text that is no GUID 2", async () => {
    expect(await inquiry(UNKNOWN)).toMatchObject(refused(32));
    expect(await restart(UNKNOWN)).toMatchObject(refused(32));
    expect(await inquiry("17")).toMatchObject(refused(2));
    expect(await restart("")).toMatchObject(refused(2));
  });
});
