import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Paywall } from "../../../support/paywall.ts";
import { deletes, done, refused, type returnsOf, returnsWorld } from "../../../support/returns.ts";
import { soldOn } from "../../../support/sales.ts";
import type { TestWorld } from "../../../support/world.ts";

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

describe("a revert", () => {
  test("cancels on the day, refunds later, and gives back another amount in part", async () => {
    const sale = await soldOn(wire);
    const { UniqueCode } = sale;
    expect(await shop.revert(sale, { UniqueCode, MerchantUniqueCode: "other" })).toMatchObject(
      refused(-1),
    );
    expect(await shop.revert(sale, { UniqueCode, Amount: 0, MarketPlace: null })).toMatchObject(
      done,
    );
    expect(await shop.asked(sale)).toMatchObject({ AnySuccessCancel: true });
    const [later, partly, exact] = await shop.agedSales(3);
    const path = "api/paywall/private/revert/by/paymentid";
    expect(await wire.post(path, { PaymentId: later!.PaymentId })).toMatchObject(done);
    expect(await shop.asked(later!)).toMatchObject({ AnySuccessRefund: true });
    expect(await shop.revert(partly!, { Amount: 40 })).toMatchObject(done);
    expect(await shop.asked(partly!)).toMatchObject({
      ...{ AnySuccessPartialRefund: true, AnySuccessRefund: false },
    });
    expect(await shop.revert(exact!, { Amount: 250 })).toMatchObject(done);
    expect(await shop.asked(exact!)).toMatchObject({ TypeId: 1, AnySuccessRefund: true });
    expect(await wire.post("api/paywall/private/revert", {})).toMatchObject(refused(10));
  });

  test("needs leave to delete what is due", async () => {
    const sale = await soldOn(wire);
    await shop.approve(sale);
    expect(await shop.revert(sale)).toMatchObject(refused(353));
    expect(await shop.revert(sale, deletes)).toMatchObject(done);
    expect(await shop.due(sale)).toMatchObject({ amounts: [] });
  });
});
