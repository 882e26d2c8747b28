import { createHash } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import { queueDeliveries } from "../../../src/events/index.ts";
import type { Heard } from "../../../src/marketplace/callback.rules.ts";
import {
  dropCallback,
  newCallbackKey,
  queueCallbacks,
  saveCallback,
} from "../../../src/marketplace/index.ts";
import { readDone, releaseHold, reverse } from "../../../src/payments/index.ts";
import { runJobs } from "../../support/jobs.ts";
import { backUrls, type MarketPayers, marketPayersOf } from "../../support/market-payers.ts";
import { type Paywall, paywallOf } from "../../support/paywall.ts";
import { emptySaleCard, enrolMembers, sellOn, soldOn } from "../../support/sales.ts";
import { openShop } from "../../support/shop.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: MarketPayers;
let server: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  world = await createWorld({ merchant: { mayCallInside: true } });
  wire = paywallOf(world);
  await enrolMembers(world);
  shop = marketPayersOf(world, wire);
  server = await openShop();
});
afterAll(async () => {
  server.close();
  await world.isSound();
  await world.close();
});
beforeEach(() => server.forget());

const MINUTE_MS = 60_000;
type Body = Readonly<Record<string, unknown>>;
const own = () => world.merchant.merchantId;
const hear = (hears: Heard[], path = "/hook") =>
  inTx(world.db, (tx) =>
    saveCallback(tx, own(), { url: `${server.url}${path}`, hears }, world.clock()),
  );
const silence = (path = "/hook") =>
  inTx(world.db, (tx) => dropCallback(tx, own(), `${server.url}${path}`));
/** Delivers what happened: events first, then the calls that they cause. */
async function deliver(): Promise<Body[]> {
  await queueDeliveries(world.db);
  await runJobs(world);
  await runJobs(world);
  return server.heard.map(({ body }) => body as Body);
}
const hash = (key: string, parts: unknown[]) =>
  createHash("sha256")
    .update([key, ...parts].join("###"))
    .digest("hex");

describe("an address of a merchant's", () => {
  test("hears of a payment as documented, unsigned without a key and signed with one", async () => {
    await hear(["success"]);
    const sold = await soldOn(wire, { detail: { ChannelId: 2, TagId: 7 } });
    const [told] = await deliver();
    expect(told).toEqual({
      ...{ Type: 1, PaymentId: sold.PaymentId, Amount: 250, OperationAmount: 250 },
      ...{
        IP: "10.1.1.9",
        UniqueCode: sold.UniqueCode,
        MerchantUniqueCode: sold.MerchantUniqueKey,
      },
      ...{ CurrencyId: 1, PaymentMethodId: 1, Installment: 1, ChannelId: 2, TagId: 7 },
      DateTime: expect.stringMatching(/^2026-03-04T12:00:0\d/),
      ...{ Hash: null, HashFormat: 1, HashKeyType: 2 },
    });
    const { ring } = world.deps;
    const key = await inTx(world.db, (tx) =>
      newCallbackKey({ tx, ring }, own(), "system", world.clock()),
    );
    server.forget();
    const next = await soldOn(wire);
    const parts = [next.PaymentId, next.MerchantUniqueKey, "250.00", 1];
    expect(await deliver()).toMatchObject([{ Hash: hash(key, parts) }]);
  });

  test("hears what it asked for alone, of this wire's payments alone", async () => {
    await hear(["failure"]);
    await soldOn(wire);
    await world.pay();
    expect(await deliver()).toEqual([]);
    const declined = await sellOn(wire, { card: emptySaleCard });
    expect(await deliver()).toMatchObject([
      { Type: 2, PaymentId: declined.Body.Payment.PaymentId, OperationAmount: 250 },
    ]);
  });

  test("hears once of a payer whom the bank turned away before a charge", async () => {
    await hear(["failure"]);
    const { Payment, code, resolved } = await shop.answered({}, { result: "reject" });
    expect(await deliver()).toEqual([]);
    await Promise.all([shop.payer.comeBack(resolved), shop.payer.comeBack(resolved)]);
    await shop.payer.comeBack(resolved);
    expect(await deliver()).toEqual([
      expect.objectContaining({
        ...{ Type: 2, PaymentId: Payment.PaymentId, MerchantUniqueCode: code },
        ...{ Amount: 250, OperationAmount: 250, IP: "10.1.1.9" },
        DateTime: expect.stringMatching(/^2026-03-04T12:00:0\d/),
      }),
    ]);
    await shop.end(code);
    expect(await deliver()).toHaveLength(1);
  });

  test("does not hear of a payer whose time runs out, or whom it did not ask about", async () => {
    await hear(["failure"]);
    const { RedirectUrl } = (await shop.start()).Body;
    await shop.payer.toBank(RedirectUrl);
    await world.advance(30 * MINUTE_MS);
    expect(await deliver()).toEqual([]);
    await hear(["success"]);
    await shop.through({}, { result: "reject" });
    expect(await deliver()).toEqual([]);
  });

  test("hears of a hold when it is collected, and of one that is given up", async () => {
    await hear(["success", "failure", "cancel"]);
    const { code } = await shop.through({ detail: { Half3D: true } });
    expect(await deliver()).toEqual([]);
    await shop.end(code);
    expect(await deliver()).toMatchObject([{ Type: 1, PaymentMethodId: 2 }]);
    server.forget();
    const held = await shop.through({ detail: { Half3D: true } });
    await releaseHold(world.deps.payments, {
      merchantId: own(),
      paymentId: `pay_${await shop.orderOf(held.code)}`,
    });
    expect(await deliver()).toMatchObject([{ Type: 3, PaymentId: held.Payment.PaymentId }]);
  });

  test("hears of what goes back, whole or in part", async () => {
    await hear(["cancel", "refund", "partial_refund"]);
    const back = async (code: string, amountMinor?: bigint) => {
      const merchant = await world.deps.reception.merchantOf(own());
      const attemptId = `att_${await shop.orderOf(code)}` as const;
      const target = await readDone(world.db, own(), { attemptId });
      return reverse(world.deps.payments, { merchant }, { target: target!, amountMinor });
    };
    const [cancelled, partly, wholly] = [
      await soldOn(wire),
      await soldOn(wire),
      await soldOn(wire),
    ];
    await back(cancelled.MerchantUniqueKey);
    expect(await deliver()).toMatchObject([{ Type: 3, OperationAmount: 250 }]);
    server.forget();
    await world.advance(2 * DAY_MS);
    await back(partly.MerchantUniqueKey, 4_000n);
    await back(wholly.MerchantUniqueKey);
    const told = (await deliver()).map(({ Type, PaymentId, Amount, OperationAmount }) => ({
      ...{ Type, PaymentId, Amount, OperationAmount },
    }));
    expect(told).toHaveLength(2);
    expect(told).toEqual(
      expect.arrayContaining([
        { Type: 5, PaymentId: partly.PaymentId, Amount: 250, OperationAmount: 40 },
        { Type: 4, PaymentId: wholly.PaymentId, Amount: 250, OperationAmount: 250 },
      ]),
    );
  });
});

describe("a call that is not taken", () => {
  test("is made three times more, and then stays in the queue for a person", async () => {
    await hear(["success"]);
    server.answers.push(500, 404, 302, 500);
    await soldOn(wire);
    await queueDeliveries(world.db);
    for (let i = 0; i < 7; i += 1) await runJobs(world);
    expect(server.heard).toHaveLength(4);
  });

  test("is not made any more once its address was removed", async () => {
    await hear(["success"]);
    await soldOn(wire);
    await queueDeliveries(world.db);
    await silence();
    await runJobs(world);
    await runJobs(world);
    expect(server.heard).toEqual([]);
  });

  test("is one of ten at most", async () => {
    const paths = Array.from({ length: 10 }, (_, i) => `/hook-${i}`);
    const done = await Promise.all(paths.map((path) => hear(["success"], path)));
    expect(done).toEqual(paths.map(() => true));
    expect(await hear(["success"], "/hook-10")).toBe(false);
    expect(await hear(["cancel"], "/hook-3")).toBe(true);
    for (let i = 0; i < 10; i += 1) await silence(`/hook-${i}`);
  });
});

describe("delivering events", () => {
  /** What is read, and the job that is added, for the newest events, so many. */
  async function statements(newest: number): Promise<string[]> {
    const { rows } = await world.db.pool.query<{ id: string }>(
      "select id from events order by created_at desc, id desc limit $1",
      [newest],
    );
    expect(rows).toHaveLength(newest);
    const ids = rows.map(({ id }) => id);
    const spy = vi.spyOn(pg.Client.prototype, "query");
    try {
      await queueCallbacks(world.deps.payments, own(), ids);
      return spy.mock.calls.map(([asked]) => (asked as { text?: string })?.text ?? String(asked));
    } finally {
      spy.mockRestore();
    }
  }

  test("is two statements where nobody is to be called, however many there are", async () => {
    await silence();
    for (let i = 0; i < 3; i += 1) await world.pay();
    for (let i = 0; i < 3; i += 1) await soldOn(wire);
    for (const newest of [1, 6]) expect(await statements(newest)).toHaveLength(2);
    expect(await deliver()).toEqual([]);
  });

  test("is as many statements for many sales as for one, and each is told", async () => {
    await hear(["success"]);
    const sold = [await soldOn(wire), await soldOn(wire), await soldOn(wire)];
    const one = await statements(1);
    expect(one.length).toBeGreaterThan(4);
    expect((await statements(3)).length).toBe(one.length);
    await world.db.pool.query("delete from event_outbox");
    await runJobs(world);
    const told = new Set(server.heard.map(({ body }) => (body as Body)["PaymentId"]));
    expect(told).toEqual(new Set(sold.map(({ PaymentId }) => PaymentId)));
  });
});

describe("a payer's way back", () => {
  test("is signed once there is a key for it", async () => {
    const { ring } = world.deps;
    const key = await inTx(world.db, (tx) =>
      newCallbackKey({ tx, ring }, own(), "3d", world.clock()),
    );
    const { code, Payment, page } = await shop.through();
    expect(page.form?.action).toBe(backUrls.MerchantSuccessBackUrl);
    const parts = [Payment.PaymentId, code, "250.00", 1];
    expect(page.form?.fields["hash"]).toBe(hash(key, parts));
  });
});
