import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { formsOf } from "../../../support/forms.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectError, expectLike } from "../../shape.ts";

let world: TestWorld;
let forms: ReturnType<typeof formsOf>;
beforeAll(async () => {
  world = await createWorld();
  forms = formsOf(world);
});
afterAll(() => world.close());

test("a typed card becomes a token, and its payer goes by the bank", async () => {
  const session_id = await forms.open({ tds_required: true });
  const [, , three] = await forms.offers(session_id);
  const { instalment_key } = three!;
  const values = { session_id, instalment_key, token: world.merchant.publishableKey };
  const { request, response } = example(import.meta.dirname, values);
  expectLike(await forms.asBrowser("create_token", request), response);
  expect(await world.bank.orders()).toEqual([]);
});

test("a payer goes without 3-D Secure only where tag, firm and payer all want it", async () => {
  const firm = await firmsOf(world).another("10006", { maySellWithout3d: false });
  const strict = { authorization: `Basic ${firm.publishableKey}` };
  const isTds = async (tag: object, do_3ds: unknown, headers = {}) => {
    const opened = await forms.asBrowser("auth", { amount: 100, ...tag }, headers);
    const ask = { ...card, session_id: opened.body["session_id"], do_3ds };
    const { body } = await forms.asBrowser("create_token", ask, headers);
    expect(Object.keys(body).includes("post_url")).toBe(body["is_tds"]);
    return body["is_tds"];
  };
  expect(await isTds({}, false)).toBe(true);
  expect(await isTds({ tds_required: false }, true)).toBe(true);
  expect(await isTds({ tds_required: false }, "1")).toBe(true);
  expect(await isTds({ tds_required: false }, false, strict)).toBe(true);
  expect(await isTds({ tds_required: false }, false)).toBe(false);
  expect(await isTds({ tds_required: false }, undefined)).toBe(false);
});
const card = {
  ...{ pan: "4355084355084358", month: "12", year: "30", cvc: "000", card_holder: "Ece Tan" },
};

test("without a key the card pays at once", async () => {
  const paid = await forms.charge(await forms.enter());
  expect(paid.body).toMatchObject({ is_succeed: true, instalment: 0 });
});

test("a key is good for its card's programme, amount and rate alone", async () => {
  const session_id = await forms.open();
  const [, two] = await forms.offers(session_id);
  const [, other] = await forms.offers(session_id, "540061");
  const dearer = await forms.offers(await forms.open({ amount: 10_001 }));
  const keys = [other, dearer[1]].map((each) => each?.instalment_key);
  for (const instalment_key of [...keys, "ji_EAAAAxyz", "3", `${two?.instalment_key}A`]) {
    const answer = await forms.createToken(session_id, { instalment_key });
    expectError(answer, 400, "invalid_request_error", 21, /taksit sunulmuyor$/);
  }
  await firmsOf(world).setRate("AXSS", "cc", 2, 31_000);
  const late = await forms.createToken(session_id, { instalment_key: two?.instalment_key });
  expectError(late, 400, "invalid_request_error", 21, "Bu kart için 2 taksit sunulmuyor");
});

test("a rate that changes after the token was made changes nothing for its payer", async () => {
  const session_id = await forms.open({ add_commission: true });
  const [, , , four] = await forms.offers(session_id);
  const { body } = await forms.createToken(session_id, { instalment_key: four?.instalment_key });
  await firmsOf(world).setRate("AXSS", "cc", 4, 190_000);
  const paid = await forms.charge({ session_id, token_id: String(body["token_id"]) });
  expect(paid.body).toMatchObject({ is_succeed: true, amount: four?.total_amount, ratio: 0.04 });
});

test("a card is stored where the tag names its owner and the payer says yes", async () => {
  const owner = { user_unique_id: "u-9", card_desc: "Etiketin adı" };
  const saved = async (tag: object, payer: object) =>
    (await forms.charge(await forms.enter(tag, payer))).body;
  expect(await saved(owner, {})).toMatchObject({ is_save_card_succeed: false, card_hash: "" });
  expect(await saved({}, { save_card: true })).toMatchObject({ is_save_card_succeed: false });
  const yes = await saved(owner, { save_card: true });
  expect(yes).toMatchObject({ is_save_card_succeed: true, user_unique_id: "u-9" });
  expect(await describe(yes)).toBe("Etiketin adı");
  const tagged = { ...owner, save_card: true };
  expect(await saved(tagged, {})).toMatchObject({ card_hash: yes["card_hash"] });
  expect(await saved(tagged, { save_card: false })).toMatchObject({ card_hash: "" });
});

test("the payer's own name for the card is the one it is stored under", async () => {
  const tag = { user_unique_id: "u-10", card_desc: "Etiketin adı" };
  const payer = { save_card: true, save_card_desc: "Benim kartım" };
  const paid = await forms.charge(await forms.enter(tag, payer));
  expect(await describe(paid.body)).toBe("Benim kartım");
});

const describe = async (paid: Readonly<Record<string, unknown>>) => {
  const row = await world.db.kysely
    .selectFrom("cards")
    .select("description")
    .where("token", "=", String(paid["card_hash"]))
    .executeTakeFirst();
  return row?.description;
};

test.each([
  ["4355084355084357", {}, 18, /kart numarası/],
  ["6011111111111117", {}, 14, /bankası tanınmıyor/],
  ["4355084355084358", { month: 2, year: 2026 }, 22, /geçmiş/],
  ["4355084355084358", { cvc: "12" }, 18, /3 veya 4/],
  ["4355084355084358", { year: 999 }, 18, /month, year/],
])("the card %s with %j is code %i", async (pan, more, code, message) => {
  const answer = await forms.createToken(await forms.open(), { pan, ...more });
  expectError(answer, 400, "invalid_request_error", code, message);
});

test.each([
  ["pan", undefined, /zorunludur/],
  ["month", "", /zorunludur/],
  ["year", null, /zorunludur/],
  ["cvc", "", /zorunludur/],
  ["card_holder", undefined, /zorunludur/],
  ["month", 13, /1 - 12/],
  ["month", "x", /geçersiz/],
  ["do_3ds", "maybe", /geçersiz/],
  ["description", "x".repeat(141), /140/],
  ["card_holder_mail", "x".repeat(61), /60/],
])("%s as %j is refused by its name", async (name, value, message) => {
  const answer = await forms.createToken(await forms.open(), { [name]: value });
  expectError(answer, 400, "invalid_request_error", 11, message);
  expect(answer.body["message"]).toMatch(new RegExp(`^${name} `));
});
