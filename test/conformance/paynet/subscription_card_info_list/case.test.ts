import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let of: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  of = orderCardsOf(world);
});
afterAll(() => world.close());

const path = "v1/subscription/card_info_list";

test("cards are listed as they are tried, with every member, masked by eight stars", async () => {
  const both = ["5571135571135575", "4355084355084358"];
  const { order, cards } = await of.orderWith(both, { reference: "ABO-77" });
  await of.call("label_update", { card_id: cards[1], label: "kurumsal" });
  const { request, response } = example(import.meta.dirname, { id: order.id });
  expectLike(await world.post(path, request), response);
  expect(await of.cardsOn(order)).toEqual(cards);
});

test("a number of fifteen digits has eight stars too", async () => {
  const { order } = await of.orderWith(["374245455400126"]);
  expect(await of.list(order)).toMatchObject([{ card_no_mask: "374245********0126" }]);
});

test.each(["subscription_id", "subcription_id"])("an order is named by %s", async (member) => {
  const { order, cards } = await of.orderWith(1);
  const named = { [member]: order.id.toUpperCase(), reference_no: "" };
  expect((await world.post(path, named)).body).toMatchObject({
    subscription_id: order.id,
    Data: [{ card_id: cards[0] }],
  });
});

test("an order without a card has an empty list", async () => {
  const { order } = await of.orderWith(0, { reference: "EMPTY" });
  expect((await world.post(path, { reference_no: order.reference })).body).toMatchObject({
    subscription_id: order.id,
    Data: [],
    code: 0,
  });
});

test("whose order it is not is told that there is none", async () => {
  const { order } = await of.orderWith(1);
  const other = await of.orderWith(1);
  const firms = firmsOf(world);
  const stranger = { authorization: `Basic ${(await firms.another("10007")).secretKey}` };
  const none = { object_name: "card_info_list", code: 12, message: "Düzenli ödeme bulunamadı" };
  for (const [body, headers] of [
    [{ subscription_id: order.id }, stranger],
    [{ subscription_id: order.id }, await firms.agentKey("20001")],
    [{ subscription_id: order.id, reference_no: other.order.reference }, {}],
    [{ subscription_id: "6f0c" }, {}],
    [{ reference_no: "NOBODY" }, {}],
  ] as const) {
    const refused = await world.post(path, body, headers);
    expect(refused).toMatchObject({ status: 200, body: { ...none, Data: [] } });
  }
});

test("an agent's own orders are shown to it", async () => {
  const { order, cards } = await of.orderWith(1, { agentId: await of.agentId("20001") });
  const key = await firmsOf(world).agentKey("20001");
  const shown = await world.post(path, { subscription_id: order.id }, key);
  expect(shown.body).toMatchObject({ code: 0, Data: [{ card_id: cards[0] }] });
});

test("a request that names no order is refused", async () => {
  for (const body of [{}, { subscription_id: "", reference_no: "" }]) {
    expectBadRequest(await world.post(path, body), "subscription_id alanı zorunludur");
  }
});
