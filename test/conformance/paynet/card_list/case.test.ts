import { afterAll, beforeAll, expect, test } from "vitest";
import { cardsOf, type Stored } from "../../../support/cards.ts";
import { firmsOf } from "../../../support/firms.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let cards: ReturnType<typeof cardsOf>;
beforeAll(async () => {
  world = await createWorld();
  cards = cardsOf(world);
});
afterAll(() => world.close());

test("a list answers its page and every member of a card, numbers masked", async () => {
  const named = await cards.stored();
  const { request, response } = example(import.meta.dirname, named);
  expectLike(await world.post("v1/card/list", request), response);
});

test("an agent's own code stands in its list", async () => {
  const named = await cards.stored();
  const key = await firmsOf(world).agentKey("20001");
  const { card_owner_id } = named;
  const found = await world.post("v1/card/list", { card_owner_id }, key);
  expect(found.body["Data"]).toMatchObject([{ ...named, agent_id: "20001" }]);
});

test("an owner whom nobody knows has an empty list that says so", async () => {
  for (const owner of ["own_0", "own_01ARZ3NDEKTSV4RRFFQ6", "'; drop table cards"]) {
    const found = await cards.list(owner);
    expect(found.status).toBe(200);
    expect(found.body).toEqual({
      ...{ total: 0, total_count: 0, limit: 10, ending_before: 0, starting_after: 0 },
      ...{ has_more: false, Data: [], object_name: "card_list" },
      ...{ code: 12, message: "Kayıt bulunamadı" },
    });
  }
});

test("an owner without a card has an empty list that is a success", async () => {
  const named = await cards.stored({ user_unique_id: "u-empty" });
  await cards.remove(named);
  expect((await cards.list(named.card_owner_id)).body).toMatchObject({ code: 0, Data: [] });
});

test("another firm's owner is one whom nobody knows", async () => {
  const { card_owner_id } = await cards.stored();
  const other = await firmsOf(world).another("10002");
  const key = { authorization: `Basic ${other.secretKey}` };
  const found = await world.post("v1/card/list", { card_owner_id }, key);
  expect(found.body).toMatchObject({ code: 12, total: 0, Data: [] });
});

test("pages are those of the transaction list, the newest card first", async () => {
  const numbers = ["5571135571135575", "4355084355084358", "4546711234567890", "5400617004770430"];
  const stored: Stored[] = [];
  for (const card_number of numbers) {
    world.clock.advance(1_000);
    stored.unshift(await cards.stored({ card_number, user_unique_id: "u-pages" }));
  }
  const hashes = stored.map((each) => each.card_hash);
  const { card_owner_id } = stored[0]!;
  const page = async (more: object) => {
    const { body } = await cards.list(card_owner_id, more);
    const rows = body["Data"] as Stored[];
    return { ...body, hashes: rows.map((row) => row.card_hash) };
  };
  const all = { total: 4, code: 0 };
  expect(await page({})).toMatchObject({ ...all, hashes, has_more: false, total_count: 4 });
  expect(await page({ limit: 3 })).toMatchObject({
    ...{ ...all, has_more: true, total_count: 3, limit: 3 },
    hashes: hashes.slice(0, 3),
  });
  expect(await page({ limit: "2", starting_after: "1" })).toMatchObject({
    ...{ ...all, has_more: true, starting_after: 1 },
    hashes: hashes.slice(1, 3),
  });
  expect(await page({ limit: 2, ending_before: 4 })).toMatchObject({
    ...{ ...all, has_more: false, ending_before: 4 },
    hashes: hashes.slice(2, 4),
  });
  expect(await page({ starting_after: 4 })).toMatchObject({ ...all, hashes: [], has_more: false });
  expectBadRequest(await cards.list(card_owner_id, { limit: "ten" }), /^limit /);
  expectBadRequest(await world.post("v1/card/list", {}), "card_owner_id alanı zorunludur");
});
