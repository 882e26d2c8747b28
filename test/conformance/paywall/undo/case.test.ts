import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { deletes, done, refused, returnsOf } from "../../../support/returns.ts";
import { emptySaleCard, enrolMembers, sellOn, soldOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof returnsOf>;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  shop = returnsOf(world, wire);
  await enrolMembers(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

/** Shorter than the wait for a return that is under way. */
const AT_ONCE_MS = 5_000;
/** More than the bank is asked here. */
const QUESTIONS = 1_000;
const TODAY = "2026-03-04";

describe("a cancel", () => {
  test("takes a payment of the day back, once, by each of its names", async () => {
    const [a, b, c] = [await soldOn(wire), await soldOn(wire), await soldOn(wire)];
    expect(await shop.cancel(a, { Date: TODAY })).toMatchObject(done);
    expect(await shop.cancel(a, { Date: TODAY })).toMatchObject(refused(94));
    const path = "api/paywall/private/cancel/by";
    const byGuid = { uniqueCode: b.UniqueCode, date: TODAY };
    expect(await wire.post(`${path}/uniqueCode`, byGuid)).toMatchObject(done);
    expect(await wire.post(`${path}/paymentid`, { PaymentId: c.PaymentId })).toMatchObject(done);
    for (const sale of [a, b, c]) {
      expect(await shop.asked(sale)).toMatchObject({
        ...{ StatusId: 4, AnySuccessPayment: true, AnySuccessCancel: true, TypeId: 2 },
        AnySuccessRefund: false,
      });
      expect(await shop.returns(sale)).toEqual(["done"]);
    }
  });

  test.each([
    ["nothing of that name", { MerchantUniqueCode: "none" }, -1],
    ["another day", { Date: "2026-03-03" }, -1],
    ["a day that is none", { Date: "2026-02-30" }, 2],
  ])("is refused for %s", async (_what, more, code) => {
    expect(await shop.cancel(await soldOn(wire), more)).toMatchObject(refused(code));
  });

  test("is refused where no money was taken", async () => {
    const declined = (await sellOn(wire, { card: emptySaleCard })).Body.Payment;
    expect(await shop.cancel(declined)).toMatchObject(refused(92));
    const held = await soldOn(wire, { detail: { Half2D: true } });
    expect(await shop.cancel(held)).toMatchObject(refused(92));
  });

  test("of an approved payment is refused, unless what is due may be deleted", async () => {
    const sale = await soldOn(wire);
    await shop.approve(sale);
    const before = await shop.due(sale);
    expect(before).toMatchObject({ amounts: [17600, 1920, 4750, 130], isHeld: false });
    expect(await shop.cancel(sale)).toMatchObject(refused(353));
    expect(await shop.due(sale)).toEqual(before);
    expect(await shop.cancel(sale, deletes)).toMatchObject(done);
    expect(await shop.due(sale)).toMatchObject({ amounts: [], debts: [] });
    const { rows } = await world.db.pool.query(
      "select 1 from sale_products where sale = $1 and approval_id is not null",
      [sale.PaymentId],
    );
    expect(rows).toEqual([]);
    const again = await wire.post("api/paywall/marketplace/approve/pw/payment", {
      PaymentId: sale.PaymentId,
    });
    expect(again).toMatchObject({ ErrorCode: 1, Body: { Success: [] } });
  });

  test("of a captured provision gives its hold back too", async () => {
    const sale = await soldOn(wire, { detail: { Half2D: true } });
    const close = { MerchantUniqueCode: sale.MerchantUniqueKey, ProvisionAmount: 100 };
    await wire.post("api/paywall/payment/provision", close);
    await shop.approve(sale);
    expect(await shop.cancel(sale, deletes)).toMatchObject(done);
    expect(await shop.asked(sale)).toMatchObject({ StatusId: 4, AnySuccessCancel: true });
    expect(await shop.due(sale)).toMatchObject({ amounts: [] });
  });
});

describe("a refund on a later day", () => {
  test("gives the whole back once, and a cancel is refused then", async () => {
    const [a, b, c] = await shop.agedSales(3);
    expect(await shop.cancel(a!)).toMatchObject(refused(92));
    expect(await shop.refund(a!, { Date: TODAY })).toMatchObject(done);
    expect(await shop.refund(a!)).toMatchObject(refused(93));
    const path = "api/paywall/private/refund/by";
    expect(await wire.post(`${path}/uniquecode`, { UniqueCode: b!.UniqueCode })).toMatchObject(
      done,
    );
    expect(await wire.post(`${path}/paymentid`, { PaymentId: c!.PaymentId })).toMatchObject(done);
    for (const sale of [a!, b!, c!]) {
      expect(await shop.asked(sale)).toMatchObject({
        ...{ StatusId: 4, AnySuccessRefund: true, AnySuccessPartialRefund: false, TypeId: 1 },
      });
    }
  });

  test("in parts ends with the flag of the whole, and takes no kuruş too much", async () => {
    const [sale] = await shop.agedSales(1);
    expect(await shop.part(sale!, { Amount: 40.01 })).toMatchObject(done);
    expect(await shop.asked(sale!)).toMatchObject({
      ...{ AnySuccessPartialRefund: true, AnySuccessRefund: false, TypeId: 4 },
      ActivityAmount: 40.01,
    });
    expect(await shop.refund(sale!)).toMatchObject(refused(112));
    expect(await shop.part(sale!, { Amount: 210 })).toMatchObject(refused(112));
    expect(await shop.part(sale!, { Amount: 0 })).toMatchObject(refused(2));
    expect(await shop.part(sale!)).toMatchObject(refused(2));
    expect(await shop.refund(sale!, { CompletePartialRefund: true })).toMatchObject(done);
    expect(await shop.asked(sale!)).toMatchObject({
      ...{ AnySuccessRefund: true, AnySuccessPartialRefund: true, ActivityAmount: 209.99 },
    });
    expect(await shop.part(sale!, { Amount: 0.01 })).toMatchObject(refused(93));
  });

  test("of a part is refused on the payment's own day, and says so", async () => {
    const sale = await soldOn(wire);
    expect(await shop.part(sale, { Amount: 40 })).toMatchObject(refused(92));
    expect(await shop.returns(sale)).toEqual(["failed"]);
    expect(await shop.part(sale, { Amount: 250 })).toMatchObject(done);
  });

  test("of an approved payment deletes what is due, where it may", async () => {
    const [sale, queued] = await shop.agedSales(2);
    await shop.approve(sale!);
    expect(await shop.refund(sale!, { MarketPlace: null })).toMatchObject(refused(353));
    expect(await shop.refund(sale!, deletes)).toMatchObject(done);
    expect(await shop.due(sale!)).toMatchObject({ amounts: [], isHeld: false });
    await shop.approve(queued!);
    const { fail } = await shop.intoPayout(queued!, "platform");
    expect(await shop.refund(queued!, deletes)).toMatchObject(refused(35));
    expect(await shop.due(queued!)).toMatchObject({ isHeld: false });
    expect(await shop.returns(queued!)).toEqual([]);
    await fail();
    expect(await shop.refund(queued!, deletes)).toMatchObject(done);
    expect(await shop.due(queued!)).toMatchObject({ amounts: [] });
  });

  test("that the bank declines leaves everything as it was", async () => {
    const [sale] = await shop.agedSales(1);
    await shop.approve(sale!);
    await world.bank.fault("decline", { op: "refund" }, { code: "05" });
    const answer = await shop.refund(sale!, deletes);
    expect(answer).toMatchObject(refused(1));
    expect(answer.Message).not.toBe("");
    expect(await shop.due(sale!)).toMatchObject({
      ...{ amounts: [17600, 1920, 4750, 130], isHeld: false },
    });
    expect(await shop.returns(sale!)).toEqual(["failed"]);
    expect(await shop.asked(sale!)).toMatchObject({ Status: false, StatusId: 4, TypeId: 1 });
    expect(await shop.refund(sale!, deletes)).toMatchObject(done);
    expect(await shop.returns(sale!)).toEqual(["failed", "done"]);
  });

  test("in doubt holds what is due until the bank has said", async () => {
    const [sale] = await shop.agedSales(1);
    await shop.approve(sale!);
    await world.bank.fault("reset_after_commit", { op: "refund" });
    for (const op of ["inquire", "history"]) {
      await world.bank.fault("reset_before_commit", { op }, {}, QUESTIONS);
    }
    expect(await shop.refund(sale!, deletes)).toMatchObject(refused(92));
    expect(await shop.due(sale!)).toMatchObject({ isHeld: true });
    // The bank is asked, and nobody waits for what it does not say.
    const asked = performance.now();
    expect(await shop.refund(sale!, deletes)).toMatchObject(refused(92));
    expect(await shop.part(sale!, { Amount: 40 })).toMatchObject(refused(92));
    expect(performance.now() - asked).toBeLessThan(AT_ONCE_MS);
    expect(await shop.returns(sale!)).toEqual(["open"]);
    const approved = await wire.post("api/paywall/marketplace/approve/pw/payment", {
      PaymentId: sale!.PaymentId,
    });
    expect(approved.Result).toBe(false);
    await world.bank.clearFaults();
    await world.advance(60_000);
    expect(await shop.due(sale!)).toMatchObject({ amounts: [], isHeld: false });
    expect(await shop.returns(sale!)).toEqual(["done"]);
  });
});

describe("a partial refund of an approved payment", () => {
  const terms = (platform: number, member: number, more: object = {}) => ({
    MarketPlace: {
      Platform: { Decrease: platform > 0, DecreaseAmount: platform },
      Member: { Decrease: member > 0, DecreaseAmount: member },
      ...more,
    },
  });

  test("changes nothing that is due, where nothing is said of it", async () => {
    const [sale] = await shop.agedSales(1);
    await shop.approve(sale!);
    expect(await shop.part(sale!, { Amount: 40 })).toMatchObject(done);
    expect(await shop.due(sale!)).toMatchObject({ amounts: [17600, 1920, 4750, 130] });
  });

  test("lowers each party by what is said, members and lines by their shares", async () => {
    const [sale] = await shop.agedSales(1);
    await shop.approve(sale!);
    const more = { Amount: 40, ...terms(4.8, 35.2) };
    expect(await shop.part(sale!, more)).toMatchObject(done);
    const { amounts, isHeld } = await shop.due(sale!);
    expect(amounts).toEqual([17600 - 2771, 1920 - 449, 4750 - 749, 130 - 31]);
    expect(isHeld).toBe(false);
  });

  test("gives the platform back what the provider gives back of its commission", async () => {
    const [sale] = await shop.agedSales(1);
    await shop.approve(sale!);
    const more = { Amount: 125, ...terms(0, 0, { ProviderCommissionUpdate: true }) };
    expect(await shop.part(sale!, more)).toMatchObject(done);
    const { amounts } = await shop.due(sale!);
    expect(amounts).toEqual([17600, 1920 + 240, 4750, 130 + 60]);
  });

  test("that leaves nothing of it is as good as the whole", async () => {
    const [whole, rest, lowered, reverted] = await shop.agedSales(4);
    const due = { amounts: [17600, 1920, 4750, 130], isHeld: false };
    for (const sale of [whole!, rest!, lowered!, reverted!]) await shop.approve(sale);
    expect(await shop.part(whole!, { Amount: 250 })).toMatchObject(refused(353));
    expect(await shop.part(whole!, { Amount: 250, ...terms(20.5, 223.49) })).toMatchObject(
      refused(353),
    );
    expect(await shop.due(whole!)).toMatchObject(due);
    expect(await shop.returns(whole!)).toEqual([]);
    expect(await shop.part(whole!, { Amount: 250, ...deletes })).toMatchObject(done);
    expect(await shop.part(rest!, { Amount: 150, ...deletes })).toMatchObject(done);
    expect(await shop.due(rest!)).toMatchObject(due);
    expect(await shop.part(rest!, { Amount: 100 })).toMatchObject(refused(353));
    expect(await shop.part(rest!, { Amount: 100, ...deletes })).toMatchObject(done);
    const all = { Amount: 250, ...terms(20.5, 223.5) };
    expect(await shop.part(lowered!, all)).toMatchObject(done);
    expect(await shop.revert(reverted!, { Amount: 40.01 })).toMatchObject(done);
    expect(await shop.revert(reverted!, { Amount: 209.99 })).toMatchObject(refused(353));
    expect(await shop.due(reverted!)).toMatchObject(due);
    expect(await shop.revert(reverted!, { Amount: 209.99, ...deletes })).toMatchObject(done);
    for (const sale of [whole!, rest!, lowered!, reverted!]) {
      expect(await shop.due(sale)).toMatchObject({ amounts: [], debts: [], isHeld: false });
    }
  });

  test("refuses more than there is, and a decrease without an amount", async () => {
    const [sale, unapproved] = await shop.agedSales(2);
    await shop.approve(sale!);
    for (const more of [terms(20.51, 0), terms(0, 223.51)]) {
      expect(await shop.part(sale!, { Amount: 40, ...more })).toMatchObject(refused(365));
    }
    const bare = { MarketPlace: { Member: { Decrease: true } } };
    expect(await shop.part(sale!, { Amount: 40, ...bare })).toMatchObject(refused(365));
    expect(await shop.part(unapproved!, { Amount: 40, ...terms(1, 0) })).toMatchObject(
      refused(365),
    );
    expect(await shop.returns(sale!)).toEqual([]);
  });

  test("of members that are paid makes them owe their part back", async () => {
    const [sale] = await shop.agedSales(1);
    await shop.approve(sale!);
    await shop.intoPayout(sale!, "member");
    const more = { Amount: 40, ...terms(0, 35.2) };
    expect(await shop.part(sale!, more)).toMatchObject(done);
    expect(await shop.due(sale!)).toMatchObject({
      amounts: [17600, 1920, 4750, 130],
      debts: [-2771, -749],
    });
    const asked = { paymentid: sale!.PaymentId };
    const owed = await wire.get("api/paywall/marketplace/report/debt/payment", asked);
    expect(owed.Body).toMatchObject([
      { Type: 3, TypeName: "Refund", MemberId: 501, DebtAmount: -27.71, Cargo: null },
      { Type: 3, TypeName: "Refund", MemberId: 502, DebtAmount: -7.49, Discount: null },
    ]);
    expect(await shop.part(sale!, { Amount: 40, ...terms(0, 188.31) })).toMatchObject(refused(365));
    await shop.intoPayout(sale!, "platform");
    expect(await shop.part(sale!, { Amount: 40, ...terms(1, 0) })).toMatchObject(refused(35));
  });
});
