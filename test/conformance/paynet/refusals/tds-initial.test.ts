import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { leaksInDatabase } from "../../../support/leaks.ts";
import { payerOf } from "../../../support/payer.ts";
import { createWorld, goodCard, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest, expectError } from "../../shape.ts";
import { rowCounts } from "./rows.ts";

let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
beforeAll(async () => {
  world = await createWorld();
  payer = payerOf(world);
});
afterAll(() => world.close());

async function counts() {
  const { rows } = await sql<{ count: bigint }>`select count(*) from checkout_tokens`.execute(
    world.db.kysely,
  );
  return { ...(await rowCounts(world)), tokens: Number(rows[0]?.count) };
}
/** A refused start leaves no card, no try and no order. */
async function refused(more: object, headers?: Record<string, string>) {
  const before = await counts();
  const body = { amount: "10,00", reference_no: "BAD", domain: "shop.example", ...goodCard };
  const ask = { ...body, return_url: "https://shop.example/back", ...more };
  const answer = await world.post("v2/transaction/tds_initial", ask, headers);
  expect(await counts()).toEqual(before);
  return answer;
}

test.each([
  ["", "return_url alanı zorunludur"],
  [null, "return_url alanı zorunludur"],
  ["not an address", /^return_url alanı http:\/\/ veya https:\/\/ ile başlayan/],
  ["ftp://shop.example/x", /^return_url/],
  ["javascript:alert(1)", /^return_url/],
  ["//shop.example", /^return_url/],
  ["https://user:pass@shop.example/", /^return_url/],
  ["https://shop.example/\u0007", /^return_url/],
  [`https://shop.example/${"x".repeat(240)}`, "return_url alanı en fazla 256 karakter olabilir"],
])("%j is no return_url", async (return_url, message) => {
  expectBadRequest(await refused({ return_url }), message);
});

test.each([
  ["http://127.0.0.1/back"],
  ["http://localhost:3000/back"],
  ["https://10.1.2.3/"],
  ["http://[::1]/"],
  ["http://169.254.169.254/latest/meta-data"],
  ["http://0x7f000001/"],
])("a firm that may not call inside is refused %s", async (return_url) => {
  inner ??= await firmsOf(world).another("10031", { mayCallInside: false });
  const key = { authorization: `Basic ${inner.secretKey}` };
  const said = /^return_url alanı dışarıdan erişilebilen bir adres olmalıdır/;
  expectBadRequest(await refused({ return_url }, key), said);
});
let inner: Awaited<ReturnType<ReturnType<typeof firmsOf>["another"]>> | undefined;

test.each([
  ["amount", "0", /^amount alanı geçerli ve sıfırdan büyük/],
  ["amount", "1e3", /^amount/],
  ["amount", undefined, "amount alanı zorunludur"],
  ["reference_no", "", "reference_no alanı zorunludur"],
  ["reference_no", "x".repeat(51), /50 karakter/],
  ["domain", null, "domain alanı zorunludur"],
  ["pan", "", "pan alanı zorunludur"],
  ["month", "13", /1 - 12/],
  ["year", "", "year alanı zorunludur"],
  ["cvc", undefined, "cvc alanı zorunludur"],
  ["card_holder", "", "card_holder alanı zorunludur"],
  ["company_amount", "x", /^company_amount/],
  ["save_card", "maybe", /^save_card/],
])("%s as %j is refused by its name", async (name, value, message) => {
  expectBadRequest(await refused({ [name]: value }), message);
});

test.each([
  [{ pan: "4355084355084357" }, 18, /kart numarası/],
  [{ pan: "6011111111111117" }, 14, /bankası tanınmıyor/],
  [{ month: 2, year: 2026 }, 22, /geçmiş/],
  [{ cvc: "12" }, 18, /3 veya 4/],
  [{ card_hash: "A".repeat(43) }, 25, /Saklı kart/],
  [{ pos_type: 4 }, 20, /4/],
  [{ ratio_code: "AB12CD34" }, 23, /AB12CD34/],
  [{ transaction_type: 2 }, 19, /tipi/],
  [{ instalment: 15 }, 21, "Bu kart için 15 taksit sunulmuyor"],
  [{ pan: "4938410157705591", instalment: 3 }, 21, "Bu kart için 3 taksit sunulmuyor"],
  [{ agent_id: "99999" }, 4, "Bayi bulunamadı: 99999"],
])("%j is code %i", async (more, code, message) => {
  const { status, body } = await refused(more);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ code, is_succeed: false, paynet_error_id: String(code), object_name: "tds_initial" },
  });
  expect(body["message"]).toMatch(message);
  expect(body["paynet_error_message"]).toBe(body["message"]);
});

test("a card that is to be stored needs a name and an owner", async () => {
  const wish = { save_card: true };
  const missing = "user_unique_id alanı zorunludur";
  expectBadRequest(await refused({ ...wish, card_desc: "ana" }), missing);
  expectBadRequest(await refused({ ...wish, user_unique_id: "u" }), "card_desc alanı zorunludur");
});

test("a reference that has paid already is code 5, one in doubt code 10", async () => {
  await world.pay({ reference_no: "PAID" });
  expect((await refused({ reference_no: "PAID" })).body).toMatchObject({ code: 5 });
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await world.bank.fault("system_error", { op: "inquire" }, {}, 10);
  await world.bank.fault("system_error", { op: "history" }, {}, 10);
  await world.pay({ reference_no: "DOUBT" });
  expect((await refused({ reference_no: "DOUBT" })).body).toMatchObject({ code: 10 });
  await world.bank.clearFaults();
  await world.advance(60_000);
});

test("a reference that pays between start and charge is told at the charge", async () => {
  const { names } = await payer.goThrough(await payer.start({ reference_no: "BETWEEN" }));
  await world.pay({ reference_no: "BETWEEN" });
  expect((await payer.charge(names)).body).toMatchObject({ code: 5, is_succeed: false });
  const found = await world.post("v1/transaction/check", { reference_no: "BETWEEN" });
  expect(found.body["Data"]).toHaveLength(1);
});

test("blocked agents start nothing", async () => {
  const firms = firmsOf(world);
  const answer = await firms.whileBlocked("20001", () => refused({ agent_id: "20001" }));
  expectError(answer, 403, "authorization_error", 3, "Bayi bloke edilmiş");
});

test("a card's number in the wrong member rests nowhere", async () => {
  const { pan } = goodCard;
  const grouped = pan.match(/.{4}/g)!.join(" ");
  for (const name of ["reference_no", "return_url", "user_unique_id"]) {
    const value = name === "return_url" ? `https://shop.example/?no=${pan}` : grouped;
    const save = { save_card: true, card_desc: "ana", user_unique_id: "u-1" };
    const answer = await refused({ ...save, [name]: value });
    expectBadRequest(answer, `${name} alanında kart numarası bulunamaz`);
  }
  const notes = { description: `kart ${grouped} cvc 000`, user_id: pan, card_holder: pan };
  const save = { save_card: true, card_desc: pan, user_unique_id: "u-2" };
  const { names } = await payer.goThrough(await payer.start({ ...notes, ...save }));
  const paid = await payer.charge(names);
  const mask = "435508******4358";
  expect(paid.body).toMatchObject({ is_succeed: true, user_id: mask, card_holder: mask });
  const { leaks, values } = await leaksInDatabase(world.database.ownerUrl, []);
  expect(leaks).toEqual([]);
  expect(values).toBeGreaterThan(200);
  await world.isSound();
});
