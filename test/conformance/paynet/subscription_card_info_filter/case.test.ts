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

const path = "v1/subscription/card_info_filter";
const found = async (body: object, headers: Record<string, string> = {}) => {
  const { body: said } = await world.post(path, body, headers);
  expect(said).toMatchObject({ code: 0, message: null });
  return (said["Data"] as { card_id: number }[]).map((row) => row.card_id);
};
const label = (card_id: unknown, text: string) => of.call("label_update", { card_id, label: text });
const byNumber = (cards: readonly number[]) => cards.toSorted((a, b) => b - a);

test("cards of a label are found, each once, with every member", async () => {
  const { cards } = await of.orderWith(["5571135571135575", "4355084355084358"]);
  const other = await of.orderWith(0);
  await label(cards[0], "ana");
  await of.call("link_to_subscription", { card_id: cards[0], subscription_id: other.order.id });
  const { request, response } = example(import.meta.dirname);
  expectLike(await world.post(path, request), response);
  expect(await found({ label: "ana" })).toEqual([cards[0]]);
});

test("a label counts whole and letter by letter", async () => {
  const { cards } = await of.orderWith(2);
  await label(cards[0], "ana 100%");
  await label(cards[1], "ana 1000");
  expect(await found({ label: "ana 100%" })).toEqual([cards[0]]);
  for (const text of ["ANA 100%", "ana 100", "%", "_na 100%"]) {
    expect(await found({ label: text })).toEqual([]);
  }
});

test("a dealer's cards are those of its orders, and its key sees no others", async () => {
  const mine = await of.orderWith(2, { agentId: await of.agentId("20001") });
  const other = await of.orderWith(1, { agentId: await of.agentId("20002") });
  await label(mine.cards[1], "bayi");
  await label(other.cards[0], "bayi");
  const all = byNumber(mine.cards);
  expect(await found({ agent_id: "20001" })).toEqual(all);
  expect(await found({ agent_id: "20001", label: "bayi" })).toEqual([mine.cards[1]]);
  expect(await found({ label: "bayi" })).toEqual(byNumber([mine.cards[1]!, other.cards[0]!]));
  const key = await firmsOf(world).agentKey("20001");
  expect(await found({}, key)).toEqual(all);
  expect(await found({ agent_id: "20002" }, key)).toEqual(all);
  const unknown = await world.post(path, { agent_id: "29999" });
  expect(unknown.body).toMatchObject({ code: 4, Data: [], object_name: "card_info_filter" });
});

test("cards that are on no order any more are not found, nor those of other firms", async () => {
  const firms = firmsOf(world);
  const stranger = { authorization: `Basic ${(await firms.another("10007")).secretKey}` };
  const { order, cards } = await of.orderWith(2);
  for (const card of cards) await label(card, "giden");
  await of.call("delete", { card_id: cards[0], subscription_id: order.id });
  expect(await found({ label: "giden" })).toEqual([cards[1]]);
  expect(await found({ label: "giden" }, stranger)).toEqual([]);
  expect(await found({}, stranger)).toEqual([]);
});

test("cards of an order that is deleted are not found", async () => {
  const { order, cards } = await of.orderWith(1);
  await label(cards[0], "silinen");
  await of.setStatus(order, 5);
  expect(await found({ label: "silinen" })).toEqual(cards);
  await of.setStatus(order, 6);
  expect(await found({ label: "silinen" })).toEqual([]);
});

test("many cards come in pages, the newest first", async () => {
  const { cards } = await of.orderWith(3);
  for (const card of cards) await label(card, "çok");
  const page = async (more: object) => (await world.post(path, { label: "çok", ...more })).body;
  const newest = byNumber(cards);
  expect(await page({ limit: 2 })).toMatchObject({
    total: 3,
    total_count: 2,
    has_more: true,
    Data: [{ card_id: newest[0] }, { card_id: newest[1] }],
  });
  expect(await page({ limit: 2, starting_after: 2 })).toMatchObject({
    has_more: false,
    Data: [{ card_id: newest[2] }],
  });
});

test.each([
  [{ label: "x".repeat(101) }, "label alanı en fazla 100 karakter olabilir"],
  [{ agent_id: "12345678901" }, "agent_id alanı en fazla 10 karakter olabilir"],
  [{ limit: "many" }, "limit alanının biçimi geçersiz"],
])("%j is refused", async (body, message) => {
  expectBadRequest(await world.post(path, body), message);
});
