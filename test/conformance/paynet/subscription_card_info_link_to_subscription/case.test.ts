import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf, pans } from "../../../support/order-cards.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let of: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  of = orderCardsOf(world);
});
afterAll(() => world.close());

const path = "v1/subscription/card_info_link_to_subscription";
const link = (card_id: unknown, more: object, headers: Record<string, string> = {}) =>
  world.post(path, { card_id, ...more }, headers);
const detailsOf = ({ body }: { body: Readonly<Record<string, unknown>> }) =>
  body["Details"] as Readonly<Record<string, unknown>>[];

test("every order of a group gets the card, as the last that is tried", async () => {
  const { cards } = await of.orderWith(1);
  const [card] = cards;
  const group = { groupReference: "GRP-1" };
  const empty = await of.orderWith(0, { ...group, reference: "ABO-77" });
  world.clock.advance(1_000);
  const full = await of.orderWith(pans.slice(1), { ...group, reference: "ABO-78" });
  await of.orderWith(1, { groupReference: "GRP-2" });
  const { request, response } = example(import.meta.dirname, { card_id: String(card) });
  expectLike(await world.post(path, request), response);
  expect(await of.cardsOn(empty.order)).toEqual([card]);
  expect(await of.cardsOn(full.order)).toEqual([...full.cards, card]);
  // Twice is as once: nobody's order of trying changes.
  await of.call("arrange", {
    subscription_id: full.order.id,
    card_information: [{ card_id: card, order_no: 1 }],
  });
  expectLike(await world.post(path, request), response);
  expect(await of.cardsOn(full.order)).toEqual([card, ...full.cards]);
});

test.each(["subscription_id", "reference_no", "both"])("one order is named by %s", async (by) => {
  const { cards } = await of.orderWith(1);
  const { order } = await of.orderWith(0);
  const names = { subscription_id: order.id, reference_no: order.reference };
  const named = by === "both" ? names : { [by]: names[by as keyof typeof names] };
  expect((await link(cards[0], named)).body).toMatchObject({
    Details: [{ ...names, is_succeed: true, message: "Başarılı Islem" }],
    code: 0,
  });
  expect(await of.cardsOn(order)).toEqual(cards);
});

test("an order named beside its group brings the whole group, any other nothing", async () => {
  const { cards } = await of.orderWith(1);
  const inside = await of.orderWith(0, { groupReference: "GRP-3" });
  const sibling = await of.orderWith(0, { groupReference: "GRP-3" });
  const outside = await of.orderWith(0);
  const group_reference_no = "GRP-3";
  const wrong = await link(cards[0], { group_reference_no, subscription_id: outside.order.id });
  expect(wrong.body).toMatchObject({ code: 12, Details: [] });
  expect(await of.cardsOn(inside.order)).toEqual([]);
  const right = await link(cards[0], { group_reference_no, subscription_id: inside.order.id });
  expect(detailsOf(right)).toHaveLength(2);
  expect(await of.cardsOn(sibling.order)).toEqual(cards);
});

test("orders of a group that are deleted are passed over; one that is named says why", async () => {
  const { cards } = await of.orderWith(1);
  const living = await of.orderWith(0, { groupReference: "GRP-4" });
  const gone = await of.orderWith(0, { groupReference: "GRP-4" });
  await of.setStatus(gone.order, 6);
  const linked = await link(cards[0], { group_reference_no: "GRP-4" });
  expect(detailsOf(linked)).toMatchObject([{ subscription_id: living.order.id }]);
  const named = await link(cards[0], { subscription_id: gone.order.id });
  expect(named.body).toMatchObject({ code: 201, Details: [] });
});

test("a card that is on no order of the caller's is no card", async () => {
  const agent = await of.orderWith(0, { agentId: await of.agentId("20001") });
  const { order, cards } = await of.orderWith(2);
  await of.call("delete", { card_id: cards[0], subscription_id: order.id });
  const firms = firmsOf(world);
  const key = await firms.agentKey("20001");
  const other = await firms.another("10007");
  const target = { subscription_id: agent.order.id };
  for (const [card, headers] of [
    [cards[0], {}],
    [cards[1], key],
    [7, {}],
  ] as const) {
    const refused = await link(card, target, headers);
    expect(refused.body).toMatchObject({ code: 25, message: "Kart bulunamadı", Details: [] });
  }
  const stranger = { authorization: `Basic ${other.secretKey}` };
  expect((await link(cards[1], target, stranger)).body["code"]).toBe(12);
  expect(await of.cardsOn(agent.order)).toEqual([]);
  // The main firm sees both.
  expect((await link(cards[1], target)).body["code"]).toBe(0);
});

test("an agent links within its own orders, and of a group sees its own alone", async () => {
  const agentId = await of.agentId("20001");
  const mine = await of.orderWith(1, { agentId });
  const target = await of.orderWith(0, { agentId, groupReference: "GRP-5" });
  const foreign = await of.orderWith(0, { groupReference: "GRP-5" });
  const key = await firmsOf(world).agentKey("20001");
  const linked = await link(mine.cards[0], { group_reference_no: "GRP-5" }, key);
  expect(detailsOf(linked)).toMatchObject([{ subscription_id: target.order.id }]);
  expect(await of.cardsOn(foreign.order)).toEqual([]);
});

test.each([
  [{ group_reference_no: "NOBODY" }, 12],
  [{ subscription_id: "6f0c2d7e-5a31-4c0e-9f5b-1d2e3f4a5b6c" }, 12],
])("%j is nothing that could get a card", async (named, code) => {
  const { cards } = await of.orderWith(1);
  expect((await link(cards[0], named)).body).toMatchObject({ code, Details: [] });
});

test.each([
  [{ card_id: "", reference_no: "X" }, "card_id alanı zorunludur"],
  [{ card_id: "x", reference_no: "X" }, "card_id alanının biçimi geçersiz"],
  [{ card_id: 1 }, "subscription_id alanı zorunludur"],
  [{ card_id: 1, group_reference_no: "" }, "subscription_id alanı zorunludur"],
  [{ card_id: 1, group_reference_no: "x".repeat(51) }, /^group_reference_no alanı en fazla 50/],
])("%j is refused", async (body, message) => {
  expectBadRequest(await world.post(path, body), message);
});
