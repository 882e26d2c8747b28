import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { addCard, drawAll, invoicesNow } from "../../../support/orders.ts";
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

const path = "subscription_detail";
const asked = example(`${import.meta.dirname}/../subscription_create`).request;

test("an order is shown with all that was asked for, how it stands, and its plan", async () => {
  await shop.call("create", asked);
  const { request, response } = example(import.meta.dirname);
  expectLike(await shop.call(path, request), response);
});

test("a drawn term shows its transaction by its plain number, and the order goes on", async () => {
  const id = await shop.made({ begin_date: "2026-03-04", interval_count: 2 });
  const order = await shop.orderOf(id);
  await addCard(world, order);
  await drawAll(world);
  const [drawn, waiting] = await shop.planOf(id);
  expect(drawn).toMatchObject({ amount: 99, status: 3, status_desc: "Done succeed" });
  expect(waiting).toMatchObject({ amount: 99, status: 0, xact_id: 0 });
  const found = await world.post("v1/transaction/detail", { xact: drawn?.xact_id });
  expect(found.body).toMatchObject({ Data: [{ amount: 99, reference_no: order.reference }] });
  expect(await shop.detail(id)).toMatchObject({ status: 0, status_desc: "Waiting" });
});

test("an order whose last term is paid is done", async () => {
  const id = await shop.made({ begin_date: "2026-03-04", interval_count: 1 });
  await addCard(world, await shop.orderOf(id));
  await drawAll(world);
  expect(await shop.detail(id)).toMatchObject({ status: 3, status_desc: "Done succeed" });
});

test("a term of a stopped or deleted order says so", async () => {
  const id = await shop.made({ interval_count: 1, reference_no: "GONE" });
  await shop.setStatus(id, 5);
  expect(await shop.detail(id)).toMatchObject({ status: 5, plan: [{ status: 0, amount: 99 }] });
  await shop.setStatus(id, 6);
  const shown = await shop.detail(id);
  expect(shown).toMatchObject({ status: 6, status_desc: "Deleted", reference_no: "GONE" });
  expect(shown["plan"]).toMatchObject([{ status: 6, status_desc: "Deleted", amount: 99 }]);
  expect(await invoicesNow(world, await shop.orderOf(id))).toEqual([]);
});

test("of a reference the order is shown that has it, or the newest that had it", async () => {
  const named = { reference_no: "TWICE" };
  const first = await shop.made(named);
  await shop.setStatus(first, 6);
  const idOf = async () => (await shop.call(path, named)).body["subscription_id"];
  expect(await idOf()).toBe(first);
  world.clock.advance(1_000);
  const second = await shop.made(named);
  expect(await idOf()).toBe(second);
  await shop.setStatus(second, 6);
  expect(await idOf()).toBe(second);
  expect(await shop.detail(first)).toMatchObject({ subscription_id: first, status: 6 });
  const both = await shop.call(path, { subscription_id: first, ...named });
  expect(both.body["subscription_id"]).toBe(first);
});

test.each(["subscription_id", "subcription_id"])("an order is named by %s", async (member) => {
  const id = await shop.made();
  const { body } = await shop.call(path, { [member]: id.toUpperCase(), reference_no: "" });
  expect(body).toMatchObject({ subscription_id: id, code: 0 });
});

test("what is no order of the caller's is code 12", async () => {
  const id = await shop.made({ reference_no: "MINE" });
  const other = await shop.made({ reference_no: "OTHER" });
  const firms = firmsOf(world);
  const stranger = { authorization: `Basic ${(await firms.another("10007")).secretKey}` };
  const none = {
    object_name: "subscription_detail",
    code: 12,
    message: "Düzenli ödeme bulunamadı",
  };
  for (const [named, headers] of [
    [{ subscription_id: "6f0c2d7e-5a31-4c0e-9f5b-1d2e3f4a5b6c" }, {}],
    [{ subscription_id: "6f0c" }, {}],
    [{ reference_no: "NOBODY" }, {}],
    [{ reference_no: "mine" }, {}],
    [{ subscription_id: id, reference_no: "OTHER" }, {}],
    [{ subscription_id: other, reference_no: "NOBODY" }, {}],
    [{ subscription_id: id }, stranger],
    [{ reference_no: "MINE" }, stranger],
    [{ subscription_id: id }, await firms.agentKey("20001")],
    [{ reference_no: "MINE" }, await firms.agentKey("20001")],
  ] as const) {
    const refused = await shop.call(path, named, headers);
    expect([refused.status, refused.body]).toEqual([200, none]);
  }
});

test("a request that names no order is refused", async () => {
  for (const named of [{}, { subscription_id: "", subcription_id: null, reference_no: "" }]) {
    expectBadRequest(await shop.call(path, named), "subscription_id alanı zorunludur");
  }
});
