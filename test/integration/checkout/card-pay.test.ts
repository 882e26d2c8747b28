import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectBadRequest } from "../../conformance/shape.ts";
import { cardsOf, type Stored } from "../../support/cards.ts";
import { firmsOf } from "../../support/firms.ts";
import { formsOf } from "../../support/forms.ts";
import { type Names, payerOf } from "../../support/payer.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let cards: ReturnType<typeof cardsOf>;
let named: Stored;
let other: Stored;
beforeAll(async () => {
  world = await createWorld();
  cards = cardsOf(world);
  named = await cards.stored();
  other = await cards.stored({ user_unique_id: "u-43", card_number: "4355084355084358" });
});
afterAll(() => world.close());

/** Members of a payment that names no typed card. */
const noCard = {
  pan: undefined,
  month: undefined,
  year: undefined,
  cvc: undefined,
  card_holder: undefined,
};
const pay = (more: object, headers: Record<string, string> = {}) =>
  world.pay({ ...noCard, ...more }, headers);
const drawn = async () => (await world.bank.orders()).length;

/** A firm of its own with nothing stored, and its key. */
async function stranger(companyCode: string) {
  const { secretKey, publishableKey } = await firmsOf(world).another(companyCode);
  return {
    key: { authorization: `Basic ${secretKey}` },
    publishable: { authorization: `Basic ${publishableKey}` },
  };
}

describe("a payment with a stored card", () => {
  test.each([
    ["by its hash alone", () => ({ card_hash: named.card_hash })],
    ["by hash and owner", () => named],
    ["with its security code", () => ({ ...named, cvc: "000" })],
    [
      "though another card was typed beside it",
      () => ({ ...named, pan: "4355084355084358", month: 1, year: 2020, card_holder: "Biri" }),
    ],
  ])("succeeds %s", async (_what, more) => {
    const { body } = await pay(more());
    expect(body).toMatchObject({
      ...{ is_succeed: true, code: 0, card_no_masked: "557113******5575" },
      ...{ card_holder: "Ece Tan", card_brand_name: "MASTERCARD", card_hash: "" },
    });
  });

  test("goes on to capture and refund like any other", async () => {
    const held = await pay({ ...named, transaction_type: 3 });
    const xact_id = held.body["xact_id"];
    const captured = await world.post("v1/transaction/capture", { xact_id, amount: "5000" });
    expect(captured.body).toMatchObject({ is_succeed: true, amount: 50 });
    await world.advance(DAY_MS);
    const back = { xact_id: captured.body["xact_id"], amount: "2000" };
    const refunded = await world.post("v1/transaction/reversed_request", back);
    expect(refunded.body).toMatchObject({ code: 0 });
    await world.isSound();
  });

  test("is declined for a wrong security code, and succeeds without one", async () => {
    const reference_no = world.reference();
    const declined = await pay({ ...named, cvc: "999", reference_no });
    expect(declined.body).toMatchObject({ is_succeed: false, bank_error_id: "82" });
    expect((await pay({ ...named, reference_no })).body).toMatchObject({ is_succeed: true });
  });

  test("takes instalments of the card's programme", async () => {
    const { body } = await pay({ ...named, instalment: 3, add_commission: true });
    expect(body).toMatchObject({ is_succeed: true, instalment: 3 });
  });

  test("of an agent's key is the agent's sale", async () => {
    const key = await firmsOf(world).agentKey("20001");
    const { body } = await pay(named, key);
    expect(body).toMatchObject({ is_succeed: true, agent_id: "20001" });
  });
});

test.each([
  ["an unknown hash", () => ({ card_hash: "x".repeat(43) }), 25, "Saklı kart bulunamadı"],
  ["another owner", () => ({ ...named, card_owner_id: other.card_owner_id }), 25, "Saklı kart"],
  ["an owner of nobody", () => ({ ...named, card_owner_id: "own_0" }), 25, "Saklı kart"],
  ["a security code of two digits", () => ({ ...named, cvc: "12" }), 18, "3 veya 4"],
])("a payment with %s never reaches the bank", async (_what, more, code, message) => {
  const before = await drawn();
  const { status, body } = await pay(more());
  expect(status).toBe(200);
  expect(body).toMatchObject({ code, is_succeed: false });
  expect(body["paynet_error_message"]).toContain(message);
  expect(await drawn()).toBe(before);
});

test("without a card and a hash the first missing member is named", async () => {
  expectBadRequest(await pay({}), "pan alanı zorunludur");
});

test("a stored card of one firm does not exist for another", async () => {
  const { key } = await stranger("10002");
  expect((await pay(named, key)).body).toMatchObject({ code: 25, is_succeed: false });
  const tds = { ...noCard, ...named, return_url: "http://127.0.0.1:9/back" };
  const started = await world.post(
    "v2/transaction/tds_initial",
    { amount: "10,00", reference_no: "S-1", domain: "shop.example", ...tds },
    key,
  );
  expect(started.body).toMatchObject({ code: 25, is_succeed: false });
});

test("a deleted card pays no more, by any way", async () => {
  const gone = await cards.stored({ user_unique_id: "u-gone" });
  expect((await pay(gone)).body).toMatchObject({ is_succeed: true });
  await cards.remove(gone);
  expect((await pay(gone)).body).toMatchObject({ code: 25, is_succeed: false });
  const started = await payerOf(world).start({ ...noCard, ...gone });
  expect(started.body).toMatchObject({ code: 25, is_succeed: false });
});

test("a card that expires pays to the end of its month, and no longer", async () => {
  const later = await createWorld();
  const expiry = { expire_month: 3, expire_year: 2026 };
  const short = await cardsOf(later).stored({ ...expiry, user_unique_id: "u-short" });
  const once = () => later.pay({ ...noCard, ...short });
  expect((await once()).body).toMatchObject({ is_succeed: true });
  await later.advance(28 * DAY_MS - 1_000);
  expect((await later.post("v1/card/list", short)).body).toMatchObject({ total: 1 });
  await later.advance(1_000);
  expect((await once()).body).toMatchObject({ code: 22, is_succeed: false });
  const started = await payerOf(later).start({ ...noCard, ...short });
  expect(started.body).toMatchObject({ code: 22, is_succeed: false });
  // Its holder got a new one: the later expiry is taken over, and the hash stays.
  const renewed = await cardsOf(later).save({ user_unique_id: "u-short", expire_year: 2031 });
  expect(renewed.body["card_hash"]).toBe(short.card_hash);
  expect((await once()).body).toMatchObject({ is_succeed: true });
  await later.close();
});

test("twenty payments with a card at once are twenty, under one reference one", async () => {
  const twenty = (more: () => object) =>
    Promise.all(Array.from({ length: 20 }, () => pay({ ...named, amount: "3,00", ...more() })));
  const before = await drawn();
  const all = await twenty(() => ({}));
  expect(all.filter(({ body }) => body["is_succeed"] === true)).toHaveLength(20);
  const one = await twenty(() => ({ reference_no: "TWENTY" }));
  expect(one.filter(({ body }) => body["is_succeed"] === true)).toHaveLength(1);
  expect(await drawn()).toBe(before + 21);
  await world.isSound();
});

describe("3-D Secure with a stored card", () => {
  test.each([
    ["with its code", { cvc: "000" }],
    ["without its code", {}],
  ])("goes by the bank's page and is charged once, %s", async (_what, more) => {
    const payer = payerOf(world);
    const started = await payer.start({ ...noCard, ...named, ...more });
    expect(started.body).toMatchObject({ code: 0, object_name: "tds_initial" });
    const { names } = await payer.goThrough(started);
    const first = await payer.charge(names);
    expect(first.body).toMatchObject({
      ...{ is_succeed: true, is_tds: true, card_no_masked: "557113******5575" },
      card_holder: "Ece Tan",
    });
    expect((await payer.charge(names)).body).toEqual({ ...first.body, code: 100 });
  });

  test("leaves the card stored when the bank refuses its holder", async () => {
    const payer = payerOf(world);
    const started = await payer.start({ ...noCard, ...named });
    const { names } = await payer.goThrough(started, { result: "reject" });
    expect((await payer.charge(names)).body).toMatchObject({ code: 16, is_succeed: false });
    expect((await pay(named)).body).toMatchObject({ is_succeed: true });
  });

  test("starts and ends with a card that is deleted on the way", async () => {
    const gone = await cards.stored({ user_unique_id: "u-on-the-way" });
    const payer = payerOf(world);
    const { names } = await payer.goThrough(await payer.start({ ...noCard, ...gone }));
    await cards.remove(gone);
    // The bank has the card; what it gave back is all that is needed.
    expect((await payer.charge(names)).body).toMatchObject({ is_succeed: true });
  });
});

describe("a form with a stored card", () => {
  const asked = async (card: object, more: object = {}) => {
    const forms = formsOf(world);
    const session_id = await forms.open();
    const token = await forms.asBrowser("create_card_token", { session_id, ...card, ...more });
    const { token_id } = token.body as Partial<Names>;
    return { forms, token, names: { session_id, token_id: String(token_id) } };
  };

  test("learns how the card may pay, and draws when the shop asks", async () => {
    const { forms, token, names } = await asked(named);
    const bin = { session_id: names.session_id, ...named };
    const offers = await forms.asBrowser("check_card_bin", bin);
    expect(offers.body).toMatchObject({ bank_id: "AXSS", code: 0, card_type: "cc" });
    expect(token.body).toMatchObject({ code: 0, is_tds: false });
    expect((await forms.charge(names)).body).toMatchObject({
      ...{ is_succeed: true, card_no_masked: "557113******5575", amount: 100 },
    });
  });

  test.each([
    ["an unknown hash", () => ({ ...named, card_hash: "x".repeat(43) })],
    ["another owner", () => ({ ...named, card_owner_id: other.card_owner_id })],
  ])("is refused with %s by an error object", async (_what, card) => {
    const { forms, token, names } = await asked(card());
    const refused = { status: 400, body: { result_code: 25, type: "invalid_request_error" } };
    expect(token).toMatchObject(refused);
    const bin = { session_id: names.session_id, ...card() };
    expect(await forms.asBrowser("check_card_bin", bin)).toMatchObject(refused);
  });

  test("does not see another firm's card", async () => {
    const { publishable } = await stranger("10004");
    const forms = formsOf(world);
    const opened = await forms.auth({ tds_required: false });
    const session_id = String(opened.body["session_id"]);
    const card = { session_id, ...named };
    const theirs = await forms.asBrowser("create_card_token", card, publishable);
    expect(theirs).toMatchObject({ status: 400, body: { result_code: 13 } });
    const own = await forms.asBrowser("auth", { amount: 1_000, tds_required: false }, publishable);
    const inOwn = { ...card, session_id: String(own.body["session_id"]) };
    const refused = await forms.asBrowser("create_card_token", inOwn, publishable);
    expect(refused).toMatchObject({ status: 400, body: { result_code: 25 } });
  });
});
