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

test("a deleted card is gone from the list and cannot be deleted or renamed again", async () => {
  const named = await cards.stored();
  const kept = await cards.stored({ card_number: "4355084355084358" });
  const { request, response } = example(import.meta.dirname, named);
  expectLike(await world.post("v1/card/delete", request), response);
  const rows = await cards.listed(named.card_owner_id);
  expect(rows.map((row) => row["card_hash"])).toEqual([kept.card_hash]);
  const renamed = { ...named, card_desc: "yeni" };
  for (const [service, body] of [
    ["delete", named],
    ["desc_update", renamed],
  ] as const) {
    const refused = await world.post(`v1/card/${service}`, body);
    expect(refused.status).toBe(200);
    expect(refused.body).toMatchObject({ code: 25, message: "Saklı kart bulunamadı" });
  }
});

test("of a deleted card only the mask rests", async () => {
  const named = await cards.stored({ user_unique_id: "u-2" });
  await cards.remove(named);
  const row = await world.db.kysely
    .selectFrom("cards")
    .selectAll()
    .where("merchant_id", "=", world.merchant.merchantId)
    .where("token", "=", named.card_hash)
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject({ sealed: null, key_id: null, mask: "557113******5575" });
  expect(row.fingerprint).toHaveLength(0);
  expect(row.deleted_at).not.toBeNull();
});

test("the same number is another card after its first one was deleted", async () => {
  const first = await cards.stored({ user_unique_id: "u-3" });
  await cards.remove(first);
  const second = await cards.stored({ user_unique_id: "u-3" });
  expect(second.card_owner_id).toBe(first.card_owner_id);
  expect(second.card_hash).not.toBe(first.card_hash);
});
