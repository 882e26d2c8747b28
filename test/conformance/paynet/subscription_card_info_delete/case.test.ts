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

const path = "v1/subscription/card_info_delete";

/** What rests of a card in the vault. */
const restOf = (card: unknown) =>
  world.db.kysely
    .selectFrom("payer_cards as p")
    .innerJoin("cards as c", (join) =>
      join.onRef("c.merchant_id", "=", "p.merchant_id").onRef("c.id", "=", "p.card_id"),
    )
    .select(["c.sealed", "c.key_id", "c.fingerprint", "c.mask", "c.deleted_at"])
    .where("p.merchant_id", "=", world.merchant.merchantId)
    .where("p.number", "=", BigInt(Number(card)))
    .executeTakeFirstOrThrow();

test("a deleted card is gone from its order, and of its number the mask rests", async () => {
  const { order, cards } = await of.orderWith(3, { reference: "ABO-77" });
  const { request, response } = example(import.meta.dirname, { card_id: String(cards[1]) });
  const deleted = await world.post(path, request);
  expectLike(deleted, response);
  expect(deleted.body["card_id"]).toBe(String(cards[1]));
  expect(await of.cardsOn(order)).toEqual([cards[0], cards[2]]);
  const rest = await restOf(cards[1]);
  expect(rest).toMatchObject({ sealed: null, key_id: null, mask: "557113******5575" });
  expect(rest.fingerprint).toHaveLength(0);
  expect(rest.deleted_at).toEqual(world.clock());
  expect((await restOf(cards[0])).sealed).not.toBeNull();
});

test("the only card of an order stays, however often it is asked for", async () => {
  const { order, cards } = await of.orderWith(2);
  const remove = (card_id: unknown) => world.post(path, { card_id, subscription_id: order.id });
  expect((await remove(cards[0])).body["code"]).toBe(0);
  for (let i = 0; i < 2; i += 1) {
    expect(await remove(cards[1])).toMatchObject({
      status: 200,
      body: {
        object_name: "card_info_delete",
        code: 1,
        message: "Düzenli ödemenin tek kartı silinemez; önce başka bir kart ekleyin",
      },
    });
  }
  expect(await of.cardsOn(order)).toEqual([cards[1]]);
});

test("of two who delete the two last cards at once one is refused", async () => {
  for (let i = 0; i < 5; i += 1) {
    const { order, cards } = await of.orderWith(2);
    const answers = await Promise.all(
      cards.map((card_id) => world.post(path, { card_id, subscription_id: order.id })),
    );
    expect(answers.map(({ body }) => body["code"]).toSorted()).toEqual([0, 1]);
    expect(await of.cardsOn(order)).toHaveLength(1);
  }
});

test("a card that is on another order too is kept until that one loses it", async () => {
  const first = await of.orderWith(2);
  const second = await of.orderWith([pans[2]]);
  const [shared] = first.cards;
  await of.call("link_to_subscription", { card_id: shared, subscription_id: second.order.id });
  const remove = (order: { id: string }) =>
    world.post(path, { card_id: shared, subscription_id: order.id });
  expect((await remove(first.order)).body["code"]).toBe(0);
  expect((await restOf(shared)).sealed).not.toBeNull();
  expect(await of.cardsOn(second.order)).toContain(shared);
  expect((await remove(second.order)).body["code"]).toBe(0);
  expect((await restOf(shared)).sealed).toBeNull();
});

test("a card that is not on the order, or was, is code 25", async () => {
  const { order, cards } = await of.orderWith(2);
  const other = await of.orderWith(2);
  await world.post(path, { card_id: cards[0], subscription_id: order.id });
  for (const card_id of [cards[0], other.cards[0], 999_999, "0"]) {
    const refused = await world.post(path, { card_id, subscription_id: order.id });
    expect(refused.body).toMatchObject({ code: 25, message: "Kart bulunamadı" });
  }
  expect(await of.cardsOn(other.order)).toEqual(other.cards);
});

test("whose order it is not deletes nothing", async () => {
  const { order, cards } = await of.orderWith(2);
  const other = await of.orderWith(2);
  const firms = firmsOf(world);
  const stranger = { authorization: `Basic ${(await firms.another("10007")).secretKey}` };
  const ask = { card_id: cards[0], subscription_id: order.id };
  for (const [body, headers] of [
    [ask, stranger],
    [ask, await firms.agentKey("20001")],
    [{ ...ask, reference_no: other.order.reference }, {}],
    [{ ...ask, subscription_id: "x" }, {}],
  ] as const) {
    expect((await world.post(path, body, headers)).body["code"]).toBe(12);
  }
  expect(await of.cardsOn(order)).toEqual(cards);
});

test("a stopped order loses a card, a deleted one no more", async () => {
  const { order, cards } = await of.orderWith(3);
  await of.setStatus(order, 5);
  const ask = (card_id: unknown) => world.post(path, { card_id, subscription_id: order.id });
  expect((await ask(cards[0])).body["code"]).toBe(0);
  await of.setStatus(order, 6);
  expect((await ask(cards[1])).body).toMatchObject({ code: 201 });
});

test.each([
  [{ card_id: undefined }, "card_id alanı zorunludur"],
  [{ card_id: "on" }, "card_id alanının biçimi geçersiz"],
  [{ subscription_id: "" }, "subscription_id alanı zorunludur"],
])("%j deletes nothing", async (more, message) => {
  const { order, cards } = await of.orderWith(2);
  const body = { card_id: cards[0], subscription_id: order.id, ...more };
  expectBadRequest(await world.post(path, body), message);
  expect(await of.cardsOn(order)).toEqual(cards);
});
