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

test("a renamed card answers code and message alone, and has its new name", async () => {
  const named = await cards.stored();
  const { request, response } = example(import.meta.dirname, named);
  expectLike(await world.post("v1/card/desc_update", request), response);
  expect(await cards.listed(named.card_owner_id)).toMatchObject([{ card_desc: "Yeni ad" }]);
});

test("another customer's card keeps its name", async () => {
  const own = await cards.stored({ user_unique_id: "u-1" });
  const other = await cards.stored({ user_unique_id: "u-2" });
  const mixed = { ...own, card_owner_id: other.card_owner_id, card_desc: "Yeni ad" };
  expect((await world.post("v1/card/desc_update", mixed)).body).toMatchObject({ code: 25 });
  expect(await cards.listed(own.card_owner_id)).toMatchObject([{ card_desc: "Maaş kartım" }]);
});
