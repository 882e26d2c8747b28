import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import { moveClocks } from "../../../src/merchants/index.ts";
import { movedBy, xactOf } from "../../support/books.ts";
import { type Answer, createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});
beforeEach(() => world.bank.clearFaults());

const reverse = (of: Answer, more: object = {}) =>
  world.post("v1/transaction/reversed_request", { xact_id: xactOf(of), ...more });
const bankOrder = async (paid: Answer) =>
  (await world.bank.orders()).find((order) => order.orderNo === paid.body["order_id"]);

type Row = Readonly<Record<string, unknown>>;
/** Cancels and refunds of a payment as the refund list shows them, oldest first. */
async function reversals(paid: Answer): Promise<Row[]> {
  const { body } = await world.post("v1/transaction/reversal_list", {
    datab: "2026-01-01",
    datbi: "2026-12-31",
    limit: 1000,
  });
  const rows = body["Data"] as Row[];
  return rows
    .filter((row) => row["xact_id"] === xactOf(paid))
    .sort((a, b) => Number(a["reversed_id"]) - Number(b["reversed_id"]));
}

async function isReversed(paid: Answer): Promise<unknown> {
  const { body } = await world.post("v1/transaction/detail", { xact_id: xactOf(paid) });
  return (body["Data"] as Row[])[0]?.["reversed"];
}

describe("on the day of the sale", () => {
  test("the whole is cancelled, once, and every leg of the books is taken back", async () => {
    let paid: Answer | undefined;
    const moved = await movedBy(world, async () => {
      paid = await world.pay();
      expect((await reverse(paid)).body).toMatchObject({ code: 0 });
    });
    expect(moved).toEqual({});
    expect(await bankOrder(paid!)).toMatchObject({ state: "voided" });
    expect(await reversals(paid!)).toMatchObject([{ xact_type: "R", is_succeed: true }]);
    expect(await isReversed(paid!)).toBe(true);
    expect((await reverse(paid!)).body["code"]).toBe(6);
    expect((await reverse(paid!, { amount: "100" })).body["code"]).toBe(6);
  });

  test("an amount that is the whole cancels, a part is refused", async () => {
    const paid = await world.pay();
    expect((await reverse(paid, { amount: "9999" })).body["code"]).toBe(1);
    expect((await reverse(paid, { amount: "10001" })).body["code"]).toBe(1);
    expect(await reversals(paid)).toEqual([]);
    expect((await reverse(paid, { amount: "10000" })).body["code"]).toBe(0);
    expect(await bankOrder(paid)).toMatchObject({ state: "voided" });
  });

  test("a capture is cancelled whole, and the hold with it", async () => {
    const held = await world.pay({ transaction_type: 3 });
    const captured = await world.post("v1/transaction/capture", {
      xact_id: xactOf(held),
      amount: "2500",
    });
    expect((await reverse(held)).body["code"]).toBe(19);
    expect((await reverse(captured)).body["code"]).toBe(0);
    expect(await reversals(captured)).toMatchObject([{ xact_type: "R", is_succeed: true }]);
    expect(await bankOrder(held)).toMatchObject({ state: "voided" });
    const again = await world.post("v1/transaction/capture", { xact_id: xactOf(held) });
    expect(again.body["code"]).toBe(6);
    expect((await reverse(captured)).body["code"]).toBe(6);
  });

  test("a cancelled capture whose hold the bank keeps leaves the hold for later", async () => {
    const held = await world.pay({ transaction_type: 3 });
    const captured = await world.post("v1/transaction/capture", { xact_id: xactOf(held) });
    await world.bank.fault("decline", { op: "void", nth: 2 }, { code: "05" });
    expect((await reverse(captured)).body["code"]).toBe(0);
    expect(await bankOrder(held)).toMatchObject({ state: "held", capturedKurus: 0 });
    await world.isSound();
    const released = await world.post("v1/transaction/preauth_reversal", { xact_id: xactOf(held) });
    expect(released.body["code"]).toBe(0);
    expect(await bankOrder(held)).toMatchObject({ state: "voided" });
  });
});

describe("on a later day", () => {
  test("parts are refunded until nothing is left, and the books are where they were", async () => {
    const paid = await world.pay({ amount: "33,33", instalment: 3 });
    expect(paid.body).toMatchObject({ is_succeed: true });
    const sums: Record<string, bigint> = {};
    const add = (moved: Readonly<Record<string, bigint>>) => {
      for (const [account, minor] of Object.entries(moved)) {
        sums[account] = (sums[account] ?? 0n) + minor;
      }
    };
    await world.advance(DAY_MS);
    for (const amount of ["1", "1111", "1000", "1220", "1"]) {
      add(
        await movedBy(world, async () => {
          expect((await reverse(paid, { amount })).body["code"]).toBe(0);
        }),
      );
      await world.advance(DAY_MS);
    }
    const { comission, comission_tax, net_amount } = paid.body as Record<string, number>;
    const kurus = (lira: number | undefined) => BigInt(Math.round((lira ?? 0) * 100));
    expect(sums).toEqual({
      "bank:receivable": -3_333n,
      "company:payable": kurus(net_amount),
      "platform:commission": kurus(comission),
      "state:commission_tax": kurus(comission_tax),
    });
    expect((await reverse(paid, { amount: "1" })).body["code"]).toBe(6);
    expect(await isReversed(paid)).toBe(true);
    expect(await bankOrder(paid)).toMatchObject({ capturedKurus: 3_333, refundedKurus: 3_333 });
    expect(await reversals(paid)).toHaveLength(5);
  });

  test("what is left is refunded when no amount is given, and more is refused", async () => {
    const paid = await world.pay();
    await world.advance(DAY_MS);
    expect((await reverse(paid, { amount: "4000" })).body["code"]).toBe(0);
    const tooMuch = await reverse(paid, { amount: "6001" });
    expect(tooMuch.body["code"]).toBe(1);
    expect(String(tooMuch.body["message"])).toContain("60,00");
    expect(await isReversed(paid)).toBe(false);
    expect((await reverse(paid)).body["code"]).toBe(0);
    expect(await bankOrder(paid)).toMatchObject({ refundedKurus: 10_000 });
  });

  test("a refund that the bank refuses books nothing and can be tried again", async () => {
    const paid = await world.pay();
    await world.advance(DAY_MS);
    await world.bank.fault("decline", { op: "refund" }, { code: "05" });
    const moved = await movedBy(world, async () => {
      expect((await reverse(paid, { amount: "1000" })).body["code"]).toBe(1);
    });
    expect(moved).toEqual({});
    expect((await reverse(paid, { amount: "1000" })).body["code"]).toBe(0);
    expect(await reversals(paid)).toMatchObject([{ is_succeed: false }, { is_succeed: true }]);
  });

  test("what took no money has nothing to give back", async () => {
    const declined = await world.pay({ pan: "5100050000006661" });
    await world.advance(DAY_MS);
    expect((await reverse(declined)).body["code"]).toBe(12);
    const released = await world.pay({ transaction_type: 3 });
    await world.post("v1/transaction/preauth_reversal", { xact_id: xactOf(released) });
    expect((await reverse(released)).body["code"]).toBe(19);
  });
});

describe("when the bank's day is not ours", () => {
  test("a cancel after its end of day becomes a refund, and both tries are visible", async () => {
    const paid = await world.pay();
    await world.bank.admin("POST", "/eod", {});
    expect((await reverse(paid)).body["code"]).toBe(0);
    expect(await reversals(paid)).toMatchObject([
      { xact_type: "R", is_succeed: false, reversal_amount: 100 },
      { xact_type: "CD", is_succeed: true, reversal_amount: 100 },
    ]);
    expect(await bankOrder(paid)).toMatchObject({ state: "captured", refundedKurus: 10_000 });
    expect(await isReversed(paid)).toBe(true);
    expect((await reverse(paid)).body["code"]).toBe(6);
  });

  test("a refund before its end of day becomes a cancel, a partial one is its no", async () => {
    const [whole, part] = [await world.pay(), await world.pay()];
    // Ours alone moves on: for the bank it is still the day of the sale.
    await inTx(world.db, (tx) => moveClocks(tx, [world.merchant.merchantId], DAY_MS));
    world.deps.reception.forgetAll();
    expect((await reverse(whole)).body["code"]).toBe(0);
    expect(await reversals(whole)).toMatchObject([
      { xact_type: "CD", is_succeed: false },
      { xact_type: "R", is_succeed: true },
    ]);
    expect(await bankOrder(whole)).toMatchObject({ state: "voided" });
    expect((await reverse(part, { amount: "1000" })).body["code"]).toBe(1);
    expect(await reversals(part)).toMatchObject([{ xact_type: "CD", is_succeed: false }]);
    expect(await bankOrder(part)).toMatchObject({ state: "captured", refundedKurus: 0 });
  });
});
