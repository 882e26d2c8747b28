import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { addCard, drawAll } from "../../../support/orders.ts";
import { shopOrdersOf } from "../../../support/shop-orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let shop: ReturnType<typeof shopOrdersOf>;
beforeAll(async () => {
  world = await createWorld();
  shop = shopOrdersOf(world);
});
afterAll(() => world.close());

const stateOf = async (id: string) => (await shop.detail(id))["status"];

test("an order is stopped and resumed, by either name and as often as asked", async () => {
  const id = await shop.made({ reference_no: "ABO-77" });
  const { request, response } = example(import.meta.dirname);
  for (let i = 0; i < 2; i += 1) {
    expectLike(await shop.call("status_update", request), response);
    expect(await stateOf(id)).toBe(5);
  }
  for (let i = 0; i < 2; i += 1) {
    expectLike(await shop.call("status_update", { subcription_id: id, status: "0" }), response);
    expect(await stateOf(id)).toBe(0);
  }
});

test.each([[[6]], [[5, 6]], [[6, 6]]])("%j deletes an order for good", async (states) => {
  const id = await shop.made();
  for (const state of states) {
    expect((await shop.setStatus(id, state)).body).toMatchObject({ code: 0 });
  }
  expect(await stateOf(id)).toBe(6);
  for (const status of [0, 5]) {
    expect((await shop.setStatus(id, status)).body).toEqual({
      object_name: "subscription_status_update",
      code: 6,
      message: "Düzenli ödeme durdurulamaz veya yeniden başlatılamaz: silinmiş",
    });
    expect(await stateOf(id)).toBe(6);
  }
});

test("an order that is done is not stopped any more, but may be deleted", async () => {
  const id = await shop.made({ begin_date: "2026-03-04", interval_count: 1 });
  await addCard(world, await shop.orderOf(id));
  await drawAll(world);
  for (const status of [0, 5]) {
    expect((await shop.setStatus(id, status)).body).toMatchObject({
      code: 6,
      message: expect.stringContaining("tüm ödemeleri alınmış"),
    });
    expect(await stateOf(id)).toBe(3);
  }
  expect((await shop.setStatus(id, 6)).body).toMatchObject({ code: 0 });
  expect(await shop.detail(id)).toMatchObject({ status: 6, plan: [{ status: 3, amount: 99 }] });
});

test.each([
  [{ status: undefined }, "status alanı zorunludur"],
  [{ status: 1 }, "status alanı 0 / 5 / 6 aralığında olmalıdır"],
  [{ status: 3 }, "status alanı 0 / 5 / 6 aralığında olmalıdır"],
  [{ status: "4" }, "status alanı 0 / 5 / 6 aralığında olmalıdır"],
  [{ status: 7 }, "status alanı 0 / 5 / 6 aralığında olmalıdır"],
  [{ status: -1 }, /^status alanı/],
  [{ status: "dur" }, /^status alanı/],
  [{ subscription_id: undefined, status: 5 }, "subscription_id alanı zorunludur"],
])("%j changes nothing", async (more, message) => {
  const subscription_id = await shop.made();
  expectBadRequest(await shop.call("status_update", { subscription_id, ...more }), message);
  expect(await stateOf(subscription_id)).toBe(0);
});

test("what is no order of the caller's is code 12, and stays as it is", async () => {
  const id = await shop.made({ reference_no: "MINE" });
  const other = await shop.made({ reference_no: "OTHER" });
  const key = await firmsOf(world).agentKey("20001");
  for (const [named, headers] of [
    [{ reference_no: "NOBODY" }, {}],
    [{ subscription_id: id, reference_no: "OTHER" }, {}],
    [{ reference_no: "MINE" }, key],
  ] as const) {
    const refused = await shop.call("status_update", { ...named, status: 6 }, headers);
    expect(refused.body).toMatchObject({ code: 12, object_name: "subscription_status_update" });
  }
  expect([await stateOf(id), await stateOf(other)]).toEqual([0, 0]);
});
