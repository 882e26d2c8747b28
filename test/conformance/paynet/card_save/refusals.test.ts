import { afterAll, beforeAll, expect, test } from "vitest";
import { cardsOf, type Stored, typedCard } from "../../../support/cards.ts";
import { firmsOf } from "../../../support/firms.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest } from "../../shape.ts";
import { rowCounts } from "../refusals/rows.ts";

let world: TestWorld;
let cards: ReturnType<typeof cardsOf>;
let named: Stored;
beforeAll(async () => {
  world = await createWorld();
  cards = cardsOf(world);
  named = await cards.stored();
});
afterAll(() => world.close());

/** What is refused leaves no row, no message and nothing at the bank. */
async function refused(service: string, body: unknown, headers = {}) {
  const before = await rowCounts(world);
  const answer = await world.post(`v1/card/${service}`, body, headers);
  expect(await rowCounts(world)).toEqual(before);
  return answer;
}
const save = (more: object) =>
  refused("save", { ...typedCard, user_unique_id: "u-new", cvv: "000", ...more });
const otp = { user_gsm: "5321112233", otp_session_id: "s-1" };
const bodies = {
  save: { ...typedCard, cvv: "000", user_unique_id: "u-new" },
  delete: () => named,
  desc_update: () => ({ ...named, card_desc: "yeni" }),
  list: () => ({ card_owner_id: named.card_owner_id }),
  send_otp: otp,
  check_otp: { ...otp, otp_code: "ART2" },
};
const bodyOf = (service: keyof typeof bodies): Record<string, unknown> => {
  const body = bodies[service];
  return typeof body === "function" ? body() : body;
};

test.each([
  ["save", "card_desc"],
  ["save", "card_holder"],
  ["save", "card_number"],
  ["save", "expire_month"],
  ["save", "expire_year"],
  ["save", "user_unique_id"],
  ["delete", "card_owner_id"],
  ["delete", "card_hash"],
  ["desc_update", "card_owner_id"],
  ["desc_update", "card_hash"],
  ["desc_update", "card_desc"],
  ["list", "card_owner_id"],
  ["send_otp", "user_gsm"],
  ["send_otp", "otp_session_id"],
  ["check_otp", "user_gsm"],
  ["check_otp", "otp_session_id"],
  ["check_otp", "otp_code"],
] as const)("%s without %s says so", async (service, name) => {
  for (const empty of [undefined, null, ""]) {
    const answer = await refused(service, { ...bodyOf(service), [name]: empty });
    expectBadRequest(answer, `${name} alanı zorunludur`);
  }
});

test.each([
  ["save", "card_desc", 100],
  ["save", "card_holder", 50],
  ["save", "user_unique_id", 100],
  ["save", "card_owner_id", 100],
  ["save", "otp_session_id", 100],
  ["delete", "card_hash", 100],
  ["desc_update", "card_desc", 100],
  ["list", "card_owner_id", 100],
  ["send_otp", "otp_session_id", 100],
  ["check_otp", "otp_code", 20],
] as const)("%s takes no more than its length of %s", async (service, name, most) => {
  const long = { ...bodyOf(service), [name]: "x".repeat(most + 1) };
  expectBadRequest(
    await refused(service, long),
    `${name} alanı en fazla ${most} karakter olabilir`,
  );
});

test.each([
  ["NUL", "a\u0000b"],
  ["a later control character", "a\u0085b"],
  ["half a character", "a\ud800b"],
  ["what a wrong charset leaves behind", "a\ufffdb"],
  ["an object", { $ne: "" }],
  ["an array", ["u-new"]],
])("%s in a text is refused by the field's name", async (_what, value) => {
  for (const name of ["card_desc", "card_holder", "user_unique_id", "otp_session_id"]) {
    expectBadRequest(await save({ [name]: value }), `${name} alanının biçimi geçersiz`);
  }
});

test.each([
  ["expire_month", 13, "expire_month alanı 1 - 12 aralığında olmalıdır"],
  ["expire_month", "Mart", "expire_month alanının biçimi geçersiz"],
  ["expire_year", 2100, "expire_year alanı 0 - 2099 aralığında olmalıdır"],
  ["expire_year", -30, "expire_year alanının biçimi geçersiz"],
  ["user_gsm", "2121112233", /^user_gsm alanı 5XXXXXXXXX biçiminde/],
  ["user_gsm", "532111223", /^user_gsm/],
  ["user_gsm", "+4915112345678", /^user_gsm/],
])("%s %j is refused by its name", async (name, value, message) => {
  expectBadRequest(await save({ [name]: value }), message);
});

test.each([
  ["send_otp", "05321112233; 5321112234"],
  ["send_otp", "5321112233,5321112234"],
  ["send_otp", "53211122334"],
  ["check_otp", "abc"],
] as const)("%s to the phone %j is refused", async (service, user_gsm) => {
  expectBadRequest(await refused(service, { ...bodyOf(service), user_gsm }), /^user_gsm alanı/);
});

test.each([
  [{ card_number: "5571135571135574" }, 18, /kart numarası/],
  [{ card_number: "55711355711355" }, 18, /kart numarası/],
  [{ card_number: "Ece Tan" }, 18, /kart numarası/],
  [{ card_number: "6011111111111117" }, 14, /bankası tanınmıyor/],
  [{ expire_month: 2, expire_year: 2026 }, 22, /geçmiş/],
  [{ expire_year: "25" }, 22, /geçmiş/],
  [{ expire_year: 203 }, 18, /expire_month, expire_year/],
  [{ cvv: "12" }, 18, /cvv/],
  [{ cvv: "abc" }, 18, /3 veya 4/],
  [{ cvv: "12345" }, 18, /3 veya 4/],
])("a card with %j is code %i", async (more, code, message) => {
  const answer = await save(more);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    object_name: "card_save",
    code,
    message: expect.stringMatching(message),
  });
});

test("an owner who is not this firm's is code 26, and the bank is not asked", async () => {
  const other = await firmsOf(world).another("10002");
  const key = { authorization: `Basic ${other.secretKey}` };
  const ask = { ...typedCard, cvv: "000", card_owner_id: named.card_owner_id };
  const theirs = await refused("save", ask, key);
  expect(theirs.status).toBe(200);
  expect(theirs.body).toMatchObject({ code: 26, message: /card_owner_id/ });
  for (const card_owner_id of ["own_0", "own_01ARZ3NDEKTSV4RRFFQ6", "' or 1=1"]) {
    expect((await save({ card_owner_id })).body).toMatchObject({ code: 26 });
  }
});

test("another firm's card can be neither deleted nor renamed", async () => {
  const other = await firmsOf(world).another("10003");
  const key = { authorization: `Basic ${other.secretKey}` };
  for (const service of ["delete", "desc_update"] as const) {
    const answer = await refused(service, { ...bodyOf(service) }, key);
    expect(answer.body).toMatchObject({ code: 25, message: "Saklı kart bulunamadı" });
  }
  expect(await cards.listed(named.card_owner_id)).toMatchObject([{ card_desc: "Maaş kartım" }]);
});

test("a publishable key and a wrong one store nothing", async () => {
  const { publishableKey, secretKey } = world.merchant;
  for (const service of Object.keys(bodies) as (keyof typeof bodies)[]) {
    for (const key of [publishableKey, `${secretKey}x`]) {
      const headers = { authorization: `Basic ${key}` };
      const answer = await refused(service, bodyOf(service), headers);
      expect(answer).toMatchObject({ status: 401, body: { result_code: 7 } });
    }
  }
});

test("refusals speak English to who asks for it", async () => {
  const headers = { "accept-language": "en" };
  const ask = { ...bodyOf("save"), card_number: "5571135571135574" };
  expect((await refused("save", ask, headers)).body["message"]).toBe(
    "The card data is wrong: invalid card number (pan / card_number)",
  );
});
