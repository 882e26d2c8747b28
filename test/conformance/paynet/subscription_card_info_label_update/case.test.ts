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

const path = "v1/subscription/card_info_label_update";
const labelOf = async (order: { id: string }) => (await of.list(order))[0]?.["label"];

test("a card is labelled, and labelled anew, wherever it is listed", async () => {
  const { order, cards } = await of.orderWith(1);
  const { request, response } = example(import.meta.dirname, { card_id: String(cards[0]) });
  expectLike(await world.post(path, request), response);
  expect(await labelOf(order)).toBe("kurumsal");
  expectLike(await world.post(path, { card_id: cards[0], label: "  ana 2 " }), response);
  expect(await labelOf(order)).toBe("  ana 2 ");
});

test("in English where that is asked for first", async () => {
  const { cards } = await of.orderWith(1);
  const body = { card_id: cards[0], label: "main" };
  const said = await world.post(path, body, { "accept-language": "en" });
  expect(said.body).toMatchObject({ code: 0, message: "The label was saved." });
});

test("a label holds no card number, whoever typed it", async () => {
  const { order, cards } = await of.orderWith(1);
  for (const number of ["4355084355084358", "4355 0843 5508 4358", "4546711234567890"]) {
    const body = { card_id: cards[0], label: `kart ${number}` };
    expect((await world.post(path, body)).body).toMatchObject({ code: 0 });
    expect(await labelOf(order)).toMatch(/^kart \d{6}\*{6}\d{4}$/);
  }
});

test("a card that is not the caller's, or on no order any more, cannot be labelled", async () => {
  const { order, cards } = await of.orderWith(2);
  const [gone, kept] = cards;
  await of.call("delete", { card_id: gone, subscription_id: order.id });
  const firms = firmsOf(world);
  const stranger = { authorization: `Basic ${(await firms.another("10007")).secretKey}` };
  for (const [card_id, headers] of [
    [gone, {}],
    [kept, stranger],
    [kept, await firms.agentKey("20001")],
    ["999999999999", {}],
    [0, {}],
  ] as const) {
    const refused = await world.post(path, { card_id, label: "x" }, headers);
    expect(refused).toMatchObject({ status: 200, body: { code: 25, message: "Kart bulunamadı" } });
  }
  expect(await labelOf(order)).toBe("");
});

test("an agent labels the cards of its own orders", async () => {
  const { order, cards } = await of.orderWith(1, { agentId: await of.agentId("20001") });
  const body = { card_id: cards[0], label: "bayi" };
  expect((await world.post(path, body, await firmsOf(world).agentKey("20001"))).body["code"]).toBe(
    0,
  );
  expect(await labelOf(order)).toBe("bayi");
});

test.each([
  [{ card_id: "" }, "card_id alanı zorunludur"],
  [{ card_id: "kart" }, "card_id alanının biçimi geçersiz"],
  [{ card_id: -1 }, "card_id alanının biçimi geçersiz"],
  [{ card_id: 1.5 }, "card_id alanının biçimi geçersiz"],
  [{ card_id: "1".repeat(19) }, "card_id alanının biçimi geçersiz"],
  [{ label: "" }, "label alanı zorunludur"],
  [{ label: "x".repeat(101) }, "label alanı en fazla 100 karakter olabilir"],
  [{ label: ["x"] }, "label alanının biçimi geçersiz"],
])("%j changes nothing", async (more, message) => {
  const { order, cards } = await of.orderWith(1);
  expectBadRequest(await world.post(path, { card_id: cards[0], label: "x", ...more }), message);
  expect(await labelOf(order)).toBe("");
});
