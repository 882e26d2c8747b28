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

const path = "v1/subscription/card_info_arrange";
/** Rows as the documents' examples send them: without a place. */
const rowsOf = (...cards: unknown[]) =>
  cards.map((card_id, i) => ({ subscription_card_id: 0, card_id, order_no: i + 1 }));
const arrange = (order: { id: string }, card_information: unknown, headers = {}) =>
  world.post(path, { subscription_id: order.id, card_information }, headers);
const placesOf = async (order: { id: string }) =>
  (await of.list(order)).map((row) => row["subscription_card_id"]);

test("cards are tried as they are arranged", async () => {
  const { order, cards } = await of.orderWith(2, { reference: "ABO-77" });
  const [first, second] = cards;
  const { request, response } = example(import.meta.dirname, { rows: rowsOf(second, first) });
  expectLike(await world.post(path, request), response);
  expect(await of.cardsOn(order)).toEqual([second, first]);
  expectLike(await world.post(path, request), response);
  expect(await of.cardsOn(order)).toEqual([second, first]);
});

test("cards that are not listed keep their own order after the others", async () => {
  const { order, cards } = await of.orderWith(3);
  const [first, second, third] = cards;
  expect((await arrange(order, rowsOf(third))).body["code"]).toBe(0);
  expect(await of.cardsOn(order)).toEqual([third, first, second]);
});

test("ranks need no row without gaps, and equal ones stand as they are listed", async () => {
  const { order, cards } = await of.orderWith(3);
  const [first, second, third] = cards;
  await arrange(order, [
    { card_id: first, order_no: 40 },
    { card_id: String(third), order_no: "7" },
    { card_id: second, order_no: 7 },
  ]);
  expect(await of.cardsOn(order)).toEqual([third, second, first]);
});

test("a card is named by its place too, and both together must be one", async () => {
  const { order, cards } = await of.orderWith(2);
  const [first, second] = cards;
  const [, place] = await placesOf(order);
  const by = (row: object) => arrange(order, [{ order_no: 1, ...row }]);
  expect((await by({ subscription_card_id: place })).body["code"]).toBe(0);
  expect(await of.cardsOn(order)).toEqual([second, first]);
  await arrange(order, rowsOf(first, second));
  expect((await by({ subscription_card_id: place, card_id: second })).body["code"]).toBe(0);
  expect(await of.cardsOn(order)).toEqual([second, first]);
  expect((await by({ subscription_card_id: place, card_id: first })).body["code"]).toBe(25);
  expect(await of.cardsOn(order)).toEqual([second, first]);
});

test("a card that is not on the order moves none of the others", async () => {
  const { order, cards } = await of.orderWith(3);
  const other = await of.orderWith(1);
  const [first, second, third] = cards;
  await of.call("delete", { card_id: third, subscription_id: order.id });
  for (const rows of [
    rowsOf(second, first, other.cards[0]),
    rowsOf(second, third),
    rowsOf(second, 999_999),
    [...rowsOf(second), { order_no: 2 }],
    [...rowsOf(second), { subscription_card_id: 0, card_id: "", order_no: 2 }],
    [...rowsOf(second), { subscription_card_id: (await placesOf(other.order))[0], order_no: 2 }],
  ]) {
    const refused = await arrange(order, rows);
    expect(refused.body).toMatchObject({
      object_name: "card_info_arrange",
      code: 25,
      message: "Kart bulunamadı",
    });
    expect(await of.cardsOn(order)).toEqual([first, second]);
  }
});

test("rows come as JSON in a form, and each in an element in XML", async () => {
  const { order, cards } = await of.orderWith(3);
  const [first, second, third] = cards;
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const rows = encodeURIComponent(JSON.stringify(rowsOf(second, third, first)));
  const body = `subscription_id=${order.id}&card_information=${rows}`;
  expect((await world.post(path, body, form)).body["code"]).toBe(0);
  expect(await of.cardsOn(order)).toEqual([second, third, first]);
  const row = (card: unknown, no: number) =>
    `<row><card_id>${card}</card_id><order_no>${no}</order_no></row>`;
  const xml = (rowsText: string) =>
    world.post(
      path,
      `<a><subscription_id>${order.id}</subscription_id>
        <card_information>${rowsText}</card_information></a>`,
      { "content-type": "application/xml" },
    );
  expect((await xml(row(first, 1))).body["code"]).toBe(0);
  expect(await of.cardsOn(order)).toEqual([first, second, third]);
  expect((await xml(row(third, 1) + row(second, 2))).body["code"]).toBe(0);
  expect(await of.cardsOn(order)).toEqual([third, second, first]);
});

test("of two who arrange at once one order is whole in the end", async () => {
  const { order, cards } = await of.orderWith(3);
  const [first, second, third] = cards;
  const ways = [
    [third, second, first],
    [second, first, third],
  ];
  for (let i = 0; i < 5; i += 1) {
    const answers = await Promise.all(ways.map((way) => arrange(order, rowsOf(...way))));
    expect(answers.map(({ body }) => body["code"])).toEqual([0, 0]);
    expect(ways).toContainEqual(await of.cardsOn(order));
  }
});

test("whose order it is not arranges nothing", async () => {
  const { order, cards } = await of.orderWith(2);
  const rows = rowsOf(cards[1], cards[0]);
  const firms = firmsOf(world);
  const stranger = { authorization: `Basic ${(await firms.another("10007")).secretKey}` };
  for (const headers of [stranger, await firms.agentKey("20001")]) {
    expect((await arrange(order, rows, headers)).body["code"]).toBe(12);
  }
  expect(await of.cardsOn(order)).toEqual(cards);
});

test("a stopped order is arranged, a deleted one no more", async () => {
  const { order, cards } = await of.orderWith(2);
  await of.setStatus(order, 5);
  expect((await arrange(order, rowsOf(cards[1]))).body["code"]).toBe(0);
  await of.setStatus(order, 6);
  expect((await arrange(order, rowsOf(cards[0]))).body["code"]).toBe(201);
});

const malformedText = "alanının biçimi geçersiz";
const malformed = `card_information ${malformedText}`;
const good = { card_id: "CARD", order_no: 1 };
/** What is said of a row, or of a member of it. */
const at = (row: number, member: string, said: string) =>
  `card_information[${row}]${member} ${said}`;
test.each<[unknown, string]>([
  [undefined, "card_information alanı zorunludur"],
  ["", "card_information alanı zorunludur"],
  [[], "card_information alanı zorunludur"],
  ["[", malformed],
  ["5101", malformed],
  [5101, malformed],
  [{}, malformed],
  [[5101], at(0, "", malformedText)],
  [[null], at(0, "", malformedText)],
  [[{ card_id: "CARD" }], at(0, ".order_no", "alanı zorunludur")],
  [[{ card_id: "CARD", order_no: null }], at(0, ".order_no", "alanı zorunludur")],
  [[{ card_id: "CARD", order_no: "first" }], at(0, ".order_no", malformedText)],
  [[good, { ...good, order_no: 0 }], at(1, ".order_no", "alanı 1 - 9999 aralığında olmalıdır")],
  [[{ card_id: { id: 1 }, order_no: 1 }], at(0, ".card_id", malformedText)],
  [[good, good, { card_id: -1, order_no: 1 }], at(2, ".card_id", malformedText)],
  [[{ subscription_card_id: "x", order_no: 1 }], at(0, ".subscription_card_id", malformedText)],
  [Array(101).fill({ card_id: 1, order_no: 1 }), "card_information alanı aralık dışında"],
  [
    [
      { card_id: "CARD", order_no: 1 },
      { card_id: "CARD", order_no: 2 },
    ],
    "card_information alanı birden fazla gönderilmiş",
  ],
])("rows %j are refused", async (rows, message) => {
  const { order, cards } = await of.orderWith(2);
  const text = JSON.stringify(rows)?.replaceAll('"CARD"', String(cards[1]));
  expectBadRequest(await arrange(order, text && JSON.parse(text)), message);
  expect(await of.cardsOn(order)).toEqual(cards);
});

test("a request that names no order is refused", async () => {
  const body = { card_information: rowsOf(1) };
  expectBadRequest(await world.post(path, body), "subscription_id alanı zorunludur");
});
