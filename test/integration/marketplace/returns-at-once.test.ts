import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeReturned, distribute } from "../../../src/marketplace/index.ts";
import type { Paywall } from "../../support/paywall.ts";
import { deletes, done, refused, type returnsOf, returnsWorld } from "../../support/returns.ts";
import { line, soldOn } from "../../support/sales.ts";
import { endOrder } from "../../support/settled-orders.ts";
import { DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof returnsOf>;
beforeAll(async () => {
  ({ world, wire, shop } = await returnsWorld());
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const ROUNDS = 8;
const TRIGGER = "api/paywall/marketplace/manual/trigger";
const RETRY = "api/paywall/marketplace/earning/put/retry/product";
const thrown = (error: unknown) => {
  throw error;
};

/** The states of the payouts that earnings of a sale are in. */
async function ordersOf({ PaymentId }: Readonly<{ PaymentId: number }>) {
  const { rows } = await world.db.pool.query<{ state: string }>(
    `select distinct p.state from payouts p
     join earnings e on e.payout = p.number where e.sale = $1`,
    [PaymentId],
  );
  return rows.map(({ state }) => state);
}

/** Payouts that are to pay another amount than what they are made of. */
async function wrongPayouts() {
  const { rows } = await world.db.pool.query(
    `select p.number, p.amount_minor, p.count from payouts p
     left join lateral (
       select coalesce(sum(amount_minor), 0) as sum, count(*) as count from (
         select amount_minor from earnings e where e.payout = p.number and e.state = 'open'
         union all select amount_minor from debts d where d.payout = p.number and d.state = 'open'
       ) parts) of on true
     where p.state <> 'failed' and (p.amount_minor <> of.sum or p.count <> of.count)`,
  );
  return rows;
}

/** A sale that is back has nothing due; one that is not has all of it, somewhere. */
async function expectWhole(sale: Awaited<ReturnType<typeof soldOn>>) {
  const { amounts, isHeld } = await shop.due(sale);
  const isBack = (await shop.asked(sale))["AnySuccessRefund"];
  expect(amounts).toEqual(isBack ? [] : [17600, 1920, 4750, 130]);
  expect(isHeld).toBe(false);
  return isBack;
}

test("a payout order and a refund: nothing is paid out and goes back", async () => {
  const order = { CurrencyId: 1, DateFrom: "2026-03-01", DateTo: "2026-12-31" };
  const answers = new Set<string>();
  for (let i = 0; i < ROUNDS; i += 1) {
    const sale = await soldOn(wire);
    await shop.approve(sale);
    await world.advance(DAY_MS);
    const start = () =>
      wire.post("api/paywall/marketplace/manual/trigger/start", {
        ...{ ...order, TestMode: true, SkipExistsControl: true },
      });
    const [refunded, started] = await Promise.all([shop.refund(sale, deletes), start()]);
    answers.add(`${refunded.ErrorCode} ${started.ErrorCode}`);
    expect(await expectWhole(sale)).toBe(refunded.ErrorCode === 0);
    expect([0, 35]).toContain(refunded.ErrorCode);
    expect([0, 34, 366]).toContain(started.ErrorCode);
    expect(await wrongPayouts()).toEqual([]);
    await world.db.pool.query(
      "update payouts set state = 'failed', due_at = null, leased_until = null, settled_at = now()",
    );
  }
  expect(answers.size).toBeGreaterThan(0);
});

test("the daily payout and a refund: no earning is in a payout and back", async () => {
  for (let i = 0; i < ROUNDS; i += 1) {
    const sale = await soldOn(wire);
    await shop.approve(sale);
    // Members are due after seven days: both clocks stand on a later business day.
    await world.advance(8 * DAY_MS + 5 * 3_600_000);
    const pay = () => distribute(world.deps.marketplace, () => {});
    const [refunded] = await Promise.all([shop.refund(sale, deletes), pay(), pay()]);
    expect([0, 35]).toContain(refunded.ErrorCode);
    expect(await expectWhole(sale)).toBe(refunded.ErrorCode === 0);
    expect(await wrongPayouts()).toEqual([]);
  }
});

describe("money that the other wire gives back", () => {
  const reverse = (xact: number, amount?: string) =>
    world.post("v1/transaction/reversed_request", {
      xact_id: String(xact),
      ...(amount && { amount }),
    });

  test("takes away what is due with the whole, and nothing with a part", async () => {
    const [sale] = await shop.agedSales(1);
    await shop.approve(sale!);
    expect((await reverse(sale!.ActivityId, "10000")).body).toMatchObject({ code: 0 });
    expect(await shop.due(sale!)).toMatchObject({ amounts: [17600, 1920, 4750, 130] });
    expect((await reverse(sale!.ActivityId, "15000")).body).toMatchObject({ code: 0 });
    expect(await shop.due(sale!)).toMatchObject({ amounts: [], debts: [] });
    expect(await shop.returns(sale!)).toEqual([]);
  });

  test("keeps a payment from being approved while the bank has not said", async () => {
    const sale = await soldOn(wire);
    await world.bank.fault("reset_after_commit", { op: "void" });
    expect((await reverse(sale.ActivityId)).body["code"]).not.toBe(0);
    const { PaymentId } = sale;
    const approved = await wire.post("api/paywall/marketplace/approve/pw/payment", { PaymentId });
    const Reason = "Payment is not successful";
    expect(approved).toMatchObject({ ErrorCode: 1, Body: { Fail: [{ Reason }, { Reason }] } });
    await world.advance(60_000);
    expect(await shop.asked(sale)).toMatchObject({ AnySuccessCancel: true });
    expect(await shop.due(sale)).toMatchObject({ amounts: [] });
  });

  test("makes members that are paid owe all of it back", async () => {
    const sale = await soldOn(wire);
    await shop.approve(sale);
    await shop.intoPayout(sale, "member");
    expect((await reverse(sale.ActivityId)).body).toMatchObject({ code: 0 });
    expect(await shop.due(sale)).toMatchObject({
      amounts: [17600, 0, 4750, 0],
      debts: [-17600, -4750],
    });
  });

  test("leaves nothing to an order that is under way and then fails", async () => {
    const sale = await soldOn(wire);
    await shop.approve(sale);
    await world.advance(DAY_MS);
    const start = () =>
      wire.post<{ JobId: string } | null>(`${TRIGGER}/start`, {
        ...{ CurrencyId: 1, DateFrom: "2026-03-01", DateTo: "2026-12-31" },
        ...{ TestMode: true, SkipExistsControl: true },
      });
    const { Body } = await start();
    expect((await reverse(sale.ActivityId)).body).toMatchObject({ code: 0 });
    const running = { amounts: [0, 1920, 0, 130], debts: [], isHeld: true };
    expect(await shop.due(sale)).toMatchObject(running);
    await world.isSound();
    // Nothing ends what the order may still pay.
    expect(await closeReturned(world.deps.marketplace, thrown)).toBe(0);
    await endOrder(world, Body!.JobId, "Yetersiz bakiye");
    await wire.post(`${TRIGGER}/restart`, Body!);
    await start();
    const asked = await wire.put(RETRY, { PaymentId: sale.PaymentId });
    expect(asked).toMatchObject({ status: 200, Result: false });
    expect(asked.ErrorCode).not.toBe(404);
    await distribute(world.deps.marketplace, thrown);
    expect(await shop.due(sale)).toMatchObject(running);
    expect(await ordersOf(sale)).not.toContain("queued");
    const both = [1, 2].map(() => closeReturned(world.deps.marketplace, thrown));
    expect(Math.max(...(await Promise.all(both)))).toBe(1);
    expect(await shop.due(sale)).toMatchObject({ amounts: [], debts: [], isHeld: false });
    await world.isSound();
  });

  test("takes back what members owe of a transfer that fails, and its discount", async () => {
    const discount = { DiscountOwnerType: 1, DiscountType: 1, DiscountValue: 40 };
    const sell = () =>
      soldOn(wire, { detail: { Amount: 100 }, products: [line("a", 100, 501, discount)] });
    const [paid, failed] = [await sell(), await sell()];
    for (const sale of [paid, failed]) {
      await shop.approve(sale);
      const { fail } = await shop.intoPayout(sale, "member");
      expect((await reverse(sale.ActivityId)).body).toMatchObject({ code: 0 });
      const owed = { amounts: [8800, 0], debts: [3520, -12320], isHeld: true };
      expect(await shop.due(sale)).toMatchObject(owed);
      if (sale === failed) await fail();
    }
    expect(await closeReturned(world.deps.marketplace, thrown)).toBe(1);
    expect(await shop.due(failed)).toMatchObject({ amounts: [], debts: [], isHeld: false });
    expect(await shop.due(paid)).toMatchObject({ debts: [3520, -12320], isHeld: true });
  });

  test("and takes anew leaves nothing held by a transfer of before that fails", async () => {
    const sale = await soldOn(wire, { detail: { Half2D: true } });
    const named = { MerchantUniqueCode: sale.MerchantUniqueKey };
    const collect = () => wire.post("api/paywall/payment/provision", named);
    expect(await collect()).toMatchObject({ ErrorCode: 0 });
    await shop.approve(sale);
    const { fail } = await shop.intoPayout(sale, "member");
    const { rows } = await world.db.pool.query<{ xact: string }>(
      `select a.xact::text from payment_attempts a join sales s on s.payment_id = a.payment_id
       where s.number = $1 and a.kind = 'capture'`,
      [sale.PaymentId],
    );
    const reopened = await world.post("v1/transaction/capture_reversal", {
      xact_id: rows[0]?.xact,
    });
    expect(reopened.body).toMatchObject({ code: 0 });
    expect(await collect()).toMatchObject({ ErrorCode: 0 });
    expect(await closeReturned(world.deps.marketplace, thrown)).toBe(0);
    await fail();
    expect(await shop.due(sale)).toMatchObject({ isHeld: true });
    expect(await closeReturned(world.deps.marketplace, thrown)).toBe(1);
    expect(await shop.due(sale)).toMatchObject({ amounts: [], debts: [], isHeld: false });
    await shop.approve(sale);
    expect(await shop.due(sale)).toMatchObject({ amounts: [17600, 1920, 4750, 130], debts: [] });
    await world.isSound();
  });

  test("and a payment of the other wire goes back through this one", async () => {
    const reference_no = `other-${world.reference()}`;
    await world.pay({ reference_no });
    const named = { MerchantUniqueKey: reference_no, PaymentId: 0 };
    expect(await shop.cancel(named)).toMatchObject(done);
    expect(await shop.cancel(named)).toMatchObject(refused(94));
  });
});

describe("what comes together", () => {
  test("two refunds give back once", async () => {
    const [sale] = await shop.agedSales(1);
    await shop.approve(sale!);
    const both = await Promise.all([shop.refund(sale!, deletes), shop.refund(sale!, deletes)]);
    expect(both.map(({ ErrorCode }) => ErrorCode).toSorted((a, b) => a - b)).toEqual([0, 93]);
    expect(await shop.due(sale!)).toMatchObject({ amounts: [], isHeld: false });
  });

  test("partial refunds never give back more than the whole", async () => {
    const [sale] = await shop.agedSales(1);
    const all = await Promise.all(
      Array.from({ length: 4 }, () => shop.part(sale!, { Amount: 100 })),
    );
    expect(all.filter(({ Result }) => Result)).toHaveLength(2);
    expect(all.filter(({ ErrorCode }) => ErrorCode === 112)).toHaveLength(2);
  });

  test("an approval and a cancel leave no earning of a payment that is back", async () => {
    for (let i = 0; i < 8; i += 1) {
      const sale = await soldOn(wire);
      const approve = () =>
        wire.post("api/paywall/marketplace/approve/pw/payment", { PaymentId: sale.PaymentId });
      const [approved, cancelled] = await Promise.all(
        i % 2 === 0
          ? [approve(), shop.cancel(sale)]
          : [shop.cancel(sale).then(approve), shop.cancel(sale)],
      );
      const { amounts } = await shop.due(sale);
      const isBack = (await shop.asked(sale))["AnySuccessCancel"];
      expect(amounts).toHaveLength(isBack ? 0 : 4);
      expect([approved?.ErrorCode, cancelled?.ErrorCode]).not.toEqual([0, 0]);
    }
  });
});
