import { afterAll, beforeAll, expect, test } from "vitest";
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

const amountsOf = async (id: string) => (await shop.planOf(id)).map(({ amount }) => amount);

test("the order and each of its terms have the new amount and its parts", async () => {
  const more = { reference_no: "ABO-77", agent_id: "20001", interval_count: 2 };
  const id = await shop.made(more);
  const { request, response } = example(import.meta.dirname, { id });
  expectLike(await shop.call("amount_update", request), response);
  expect(await shop.detail(id)).toMatchObject({
    amount: 129,
    agent_amount: 29,
    company_amount: 100,
  });
  expect(await amountsOf(id)).toEqual([129, 129]);
});

test.each([
  ["v1/subscription/amount_update", "subscription_id"],
  ["v1/subscription/amount_update", "subcription_id"],
  ["v1/subcription/amount_update", "subcription_id"],
  ["V1/Subcription/Amount_Update", "subscription_id"],
])("%s takes %s", async (path, member) => {
  const id = await shop.made({ interval_count: 1 });
  const done = await world.post(path, { [member]: id, amount: 12_900 });
  expect(done.body).toMatchObject({ code: 0, object_name: "subscription_amount_update" });
  expect(await amountsOf(id)).toEqual([129]);
});

test("parts that are not said fall back to the merchant's setting", async () => {
  const id = await shop.made({ agent_id: "20001", agent_amount: "9900" });
  await shop.setAmount(id, "5000");
  expect(await shop.detail(id)).toMatchObject({ amount: 50, agent_amount: 0, company_amount: 50 });
});

test("two parts of nothing are none, as typed clients send what they leave out", async () => {
  const id = await shop.made({ agent_id: "20001", agent_amount: "9900" });
  const body = { subscription_id: id, amount: 5_000, agent_amount: 0, company_amount: 0 };
  const done = await world.post("v1/subscription/amount_update", body);
  expect(done.body).toMatchObject({ code: 0 });
  expect(await shop.detail(id)).toMatchObject({ amount: 50, agent_amount: 0, company_amount: 50 });
});

test("without a fixed price the order's amount is another, and its plan waits on", async () => {
  const id = await shop.made({ is_fixed_price: false, interval_count: 1 });
  expect((await shop.setAmount(id, "12900")).body).toMatchObject({ code: 0 });
  expect(await shop.detail(id)).toMatchObject({ amount: 129, plan: [{ amount: 0 }] });
});

test("a stopped order's amount may be changed, a deleted one's not", async () => {
  const id = await shop.made({ interval_count: 1 });
  await shop.setStatus(id, 5);
  expect((await shop.setAmount(id, "12900")).body).toMatchObject({ code: 0 });
  expect(await shop.detail(id)).toMatchObject({ status: 5, amount: 129, plan: [{ amount: 129 }] });
  await shop.setStatus(id, 6);
  expect((await shop.setAmount(id, "100")).body).toEqual({
    object_name: "subscription_amount_update",
    code: 201,
    message: "Düzenli ödeme durdurulmuş veya silinmiş",
  });
  expect(await shop.detail(id)).toMatchObject({ amount: 129 });
});

test.each([
  [{ amount: undefined }, "amount alanı zorunludur"],
  [{ amount: "" }, "amount alanı zorunludur"],
  [{ amount: "0" }, /^amount alanı kuruş/],
  [{ amount: "129,00" }, /^amount alanı kuruş/],
  [{ amount: "129.00" }, /^amount alanı kuruş/],
  [{ agent_amount: "12901" }, /^agent_amount alanı 0 - 129,00/],
  [{ company_amount: "12901" }, /^company_amount alanı 0 - 129,00/],
  [{ agent_amount: 1, company_amount: 1 }, /^company_amount \+ agent_amount payların/],
  [{ subscription_id: undefined }, "subscription_id alanı zorunludur"],
])("%j changes nothing", async (more, message) => {
  const subscription_id = await shop.made({ interval_count: 1 });
  const body = { subscription_id, amount: "12900", ...more };
  expectBadRequest(await shop.call("amount_update", body), message);
  expect(await amountsOf(subscription_id)).toEqual([99]);
});

test("what is no order is code 12", async () => {
  const refused = await shop.call("amount_update", { reference_no: "NOBODY", amount: "1" });
  expect(refused.body).toMatchObject({ code: 12, object_name: "subscription_amount_update" });
});
