import { afterAll, beforeAll, expect, test } from "vitest";
import { cardsOf } from "../../../support/cards.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
let cards: ReturnType<typeof cardsOf>;
beforeAll(async () => {
  world = await createWorld();
  cards = cardsOf(world);
});
afterAll(() => world.close());

const today = { datab: "2026-03-04", datbi: "2026-03-04" };
const transactions = async () =>
  (await world.post("v1/transaction/list", today)).body["Data"] as Record<string, unknown>[];

test("a stored card answers every member, its number by the names of both manuals", async () => {
  const { request, response } = example(import.meta.dirname);
  expectLike(await world.post("v1/card/save", request), response);
  expect(await transactions()).toEqual([]);
  expect(await world.bank.orders()).toEqual([]);
});

test("a customer's next card goes to the owner that the first one made", async () => {
  const first = await cards.stored({ user_unique_id: "u-1" });
  const more = { card_number: "4355084355084358", card_desc: "ikinci" };
  const byOwner = await cards.save({
    ...more,
    user_unique_id: undefined,
    card_owner_id: first.card_owner_id,
  });
  expect(byOwner.body).toMatchObject({
    card_owner_id: first.card_owner_id,
    user_unique_id: "u-1",
    card_no: "435508******4358",
    card_brand_name: "VISA",
  });
  expect(byOwner.body["card_hash"]).not.toBe(first.card_hash);
  const byCustomer = await cards.save({ user_unique_id: "u-1", card_number: "4546711234567890" });
  expect(byCustomer.body).toMatchObject({ card_owner_id: first.card_owner_id, code: 0 });
  expect(await cards.listed(first.card_owner_id)).toHaveLength(3);
});

test("the same card of the same customer keeps its hash and takes its new name", async () => {
  const first = await cards.stored({ user_unique_id: "u-2" });
  const again = await cards.save({ user_unique_id: "u-2", card_desc: "yeni ad", expire_year: 31 });
  expect(again.body).toMatchObject({ ...first, card_desc: "yeni ad" });
  expect(await cards.listed(first.card_owner_id)).toMatchObject([
    { ...first, card_desc: "yeni ad", expire_year: 2031 },
  ]);
  const other = await cards.stored({ user_unique_id: "u-3" });
  expect(other.card_hash).not.toBe(first.card_hash);
});

test("with its code a card is checked by a lira that is held and given back", async () => {
  const saved = await cards.save({ cvv: "000", user_unique_id: "u-4" });
  const { request: _, response } = example(import.meta.dirname);
  expectLike(saved, { ...response, user_unique_id: "u-4" });
  const note = "Kart doğrulama: 1,00 TL bloke edilir ve geri verilir";
  expect(await transactions()).toMatchObject([
    { xact_type: "RP", amount: 1, xact_note: note, is_succeed: true },
    { xact_type: "PR", amount: 1, xact_note: note, is_succeed: true, reversed: true },
  ]);
  expect(await world.bank.orders()).toMatchObject([{ state: "voided", capturedKurus: 0 }]);
  await world.isSound();
});

test.each([
  ["form", "application/x-www-form-urlencoded"],
  ["XML", "application/xml"],
])("a card is stored by %s too", async (_what, type) => {
  const { request } = example(import.meta.dirname);
  const fields = Object.entries({ ...request, user_unique_id: type });
  const body = type.endsWith("xml")
    ? `<card>${fields.map(([name, value]) => `<${name}>${value}</${name}>`).join("")}</card>`
    : new URLSearchParams(fields as [string, string][]).toString();
  const saved = await world.post("v1/card/save", body, { "content-type": type });
  expect(saved.body).toMatchObject({ code: 0, user_unique_id: type, card_desc: "Maaş kartım" });
});
