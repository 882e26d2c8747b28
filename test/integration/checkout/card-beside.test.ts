import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectBadRequest } from "../../conformance/shape.ts";
import { cardsOf, type Stored } from "../../support/cards.ts";
import { firmsOf } from "../../support/firms.ts";
import { payerOf } from "../../support/payer.ts";
import { type Answer, createWorld, goodCard, type TestWorld } from "../../support/world.ts";

const NOT_SAVED = "Kart saklanamadı; ödeme etkilenmedi";

let world: TestWorld;
let cards: ReturnType<typeof cardsOf>;
beforeAll(async () => {
  world = await createWorld();
  cards = cardsOf(world);
});
beforeEach(() => world.bank.clearFaults());
afterAll(() => world.close());

let made = 0;
/** A wish to store the card of a payment, for a customer of its own. */
function wish(more: object = {}) {
  made += 1;
  return { save_card: true, card_desc: "Kasa kartım", user_unique_id: `p-${made}`, ...more };
}
const savedIn = ({ body }: Answer): Stored => ({
  card_owner_id: String(body["card_owner_id"]),
  card_hash: String(body["card_hash"]),
});
const countCards = async () =>
  (
    await world.db.kysely
      .selectFrom("cards")
      .select("id")
      .where("owner_id", "is not", null)
      .where("deleted_at", "is", null)
      .execute()
  ).length;

test("an approved payment stores its card, which pays by its hash from then on", async () => {
  const asked = wish();
  const paid = await world.pay(asked);
  expect(paid.body).toMatchObject({
    ...{ is_succeed: true, is_save_card_succeed: true, save_card_result_message: "Başarılı İşlem" },
    ...{ user_unique_id: asked.user_unique_id, card_owner_id: expect.stringMatching(/^own_/) },
    card_logo_url: `${world.url}/public/banks/AXSS.svg`,
  });
  const named = savedIn(paid);
  expect(await cards.listed(named.card_owner_id)).toMatchObject([
    { ...named, card_desc: "Kasa kartım", card_no: "435508******4358", card_holder: "D****K" },
  ]);
  const again = { pan: undefined, cvc: undefined, card_holder: undefined, ...named };
  expect((await world.pay(again)).body).toMatchObject({ is_succeed: true });
});

test("the wish may be called card_save, as a text, then made by the owner's id", async () => {
  const first = savedIn(await world.pay(wish({ save_card: undefined, card_save: "true" })));
  const owner = { user_unique_id: undefined, card_owner_id: first.card_owner_id };
  const next = await world.pay({ ...wish(owner), pan: "5571135571135575" });
  expect(next.body).toMatchObject({ is_save_card_succeed: true });
  expect(savedIn(next).card_owner_id).toBe(first.card_owner_id);
  expect(await cards.listed(first.card_owner_id)).toHaveLength(2);
});

test("a hold stores its card too", async () => {
  const held = await world.pay({ ...wish(), transaction_type: 3 });
  expect(held.body).toMatchObject({ is_succeed: true, is_save_card_succeed: true });
});

test("a declined payment stores nothing and says so", async () => {
  const before = await countCards();
  const declined = await world.pay({ ...wish(), cvc: "999" });
  expect(declined.body).toMatchObject({
    ...{ is_succeed: false, is_save_card_succeed: false, card_hash: "", card_owner_id: "" },
    save_card_result_message: NOT_SAVED,
  });
  expect(await countCards()).toBe(before);
});

test("a payment in doubt stores nothing, also when the bank says yes later", async () => {
  const before = await countCards();
  await world.bank.fault("reset_after_commit", { op: "sale" });
  const reference_no = world.reference();
  const doubtful = await world.pay({ ...wish(), reference_no });
  expect(doubtful.body).toMatchObject({ code: 10, is_succeed: false, is_save_card_succeed: false });
  await world.advance(10_000);
  const found = await world.post("v1/transaction/check", { reference_no });
  expect(found.body["Data"]).toMatchObject([{ is_succeed: true }]);
  expect(await countCards()).toBe(before);
  await world.isSound();
});

test("a card that cannot be stored does not undo its payment, and why is told", async () => {
  const other = await firmsOf(world).another("10002");
  const key = { authorization: `Basic ${other.secretKey}` };
  const theirs = (await world.pay(wish(), key)).body["card_owner_id"];
  for (const card_owner_id of [theirs, "own_0"]) {
    const paid = await world.pay({ ...wish({ user_unique_id: undefined }), card_owner_id });
    expect(paid.body).toMatchObject({
      ...{ is_succeed: true, is_save_card_succeed: false, card_hash: "" },
      save_card_result_message: "card_owner_id bu firmaya ait değil",
    });
  }
});

test.each([
  ["card_desc", "card_desc"],
  ["user_unique_id", "user_unique_id"],
])("a wish without %s is refused before the bank is asked", async (name, field) => {
  const before = (await world.bank.orders()).length;
  expectBadRequest(await world.pay(wish({ [name]: undefined })), `${field} alanı zorunludur`);
  expect((await world.bank.orders()).length).toBe(before);
});

test("without the wish nothing is stored, whatever else is named", async () => {
  const before = await countCards();
  for (const save_card of [undefined, false, "0"]) {
    const { body } = await world.pay(wish({ save_card }));
    expect(body).toMatchObject({ is_succeed: true, is_save_card_succeed: false });
    expect(body["save_card_result_message"]).toBe("");
  }
  expect(await countCards()).toBe(before);
});

test("a request that comes again under its key stores one card and says its hash", async () => {
  const ask = { ...wish(), reference_no: world.reference() };
  const pay = () => world.pay(ask, { "idempotency-key": "beside-1" });
  const [first, second] = [await pay(), await pay()];
  expect(second.body).toEqual(first.body);
  expect(await cards.listed(savedIn(first).card_owner_id)).toHaveLength(1);
});

test("twenty payments of one customer with one card at once store it once", async () => {
  const asked = wish();
  const pays = Array.from({ length: 20 }, () => world.pay({ ...asked, amount: "2,00" }));
  const paid = await Promise.all(pays);
  for (const { body } of paid) {
    expect(body).toMatchObject({ is_succeed: true, is_save_card_succeed: true });
  }
  expect(new Set(paid.map((each) => savedIn(each).card_hash)).size).toBe(1);
  expect(await cards.listed(savedIn(paid[0]!).card_owner_id)).toHaveLength(1);
  await world.isSound();
});

test("twenty customers at once have an owner and a card each", async () => {
  const paid = await Promise.all(
    Array.from({ length: 20 }, () => world.pay({ ...wish(), amount: "2,00" })),
  );
  expect(new Set(paid.map((each) => savedIn(each).card_owner_id)).size).toBe(20);
  expect(new Set(paid.map((each) => savedIn(each).card_hash)).size).toBe(20);
});

describe("with 3-D Secure", () => {
  const stored = async (more: object, result: object = { result: "approve" }) => {
    const payer = payerOf(world);
    const { names } = await payer.goThrough(await payer.start(more), result);
    return { charge: () => payer.charge(names), charged: await payer.charge(names) };
  };

  test("the card is stored by the charge, and named again by the next one", async () => {
    const { charge, charged } = await stored(wish());
    expect(charged.body).toMatchObject({ is_succeed: true, is_save_card_succeed: true });
    const named = savedIn(charged);
    expect(await cards.listed(named.card_owner_id)).toMatchObject([
      { ...named, card_no: "435508******4358", expire_year: goodCard.year },
    ]);
    expect((await charge()).body).toMatchObject({ code: 100, is_succeed: true });
    expect(await cards.listed(named.card_owner_id)).toHaveLength(1);
  });

  test("a holder whom the bank refuses stores nothing", async () => {
    const before = await countCards();
    const { charged } = await stored(wish(), { result: "reject" });
    expect(charged.body).toMatchObject({ code: 16, is_succeed: false });
    expect(await countCards()).toBe(before);
  });
});
