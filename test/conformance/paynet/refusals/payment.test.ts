import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest } from "../../shape.ts";
import { rowCounts } from "./rows.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** A refused payment leaves no row and no order. */
async function refused(more: object) {
  const before = await rowCounts(world);
  const answer = await world.pay(more);
  expect(await rowCounts(world)).toEqual(before);
  return answer;
}
async function expectCode(more: object, code: number, message: RegExp | string) {
  const { status, body } = await refused(more);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    code,
    is_succeed: false,
    paynet_error_id: String(code),
    bank_error_id: "",
    object_name: "payment_response",
  });
  expect(body["message"]).toMatch(message);
  expect(body["paynet_error_message"]).toBe(body["message"]);
}

test.each([
  [0],
  ["0"],
  ["0,00"],
  ["0,004"],
  ["-1"],
  [-1],
  ["-20,50"],
  ["1e3"],
  [1e21],
  ["NaN"],
  ["Infinity"],
  ["abc"],
  ["12 50"],
  ["1 234,50"],
  ["1,234.50"],
  ["1,234,50"],
  ["1.23,45"],
  ["12.34.56,78"],
  [",50"],
  ["50,"],
  ["₺10"],
  ["10 TL"],
  ["١٠"],
  ["１０"],
  ["0x10"],
  ["1000000000000,00"],
  [2 ** 53],
  ["9007199254740993"],
  ["99999999999999999999"],
  [true],
])("the amount %j is refused by its name", async (amount) => {
  expectBadRequest(await refused({ amount }), /^amount alanı geçerli ve sıfırdan büyük bir tutar/);
});

test("an exponent is no amount even where JSON would allow it", async () => {
  const body = JSON.stringify({ amount: "@", reference_no: "E", domain: "d", pan: "1" });
  for (const number of ["1e3", "1E3", "1.0e1"]) {
    const answer = await world.post("v2/transaction/payment", body.replace('"@"', number));
    expectBadRequest(answer, /^amount/);
  }
});

test.each([
  ["20", 20],
  [20, 20],
  ["20,5", 20.5],
  ["20.50", 20.5],
  [20.5, 20.5],
  [" 20,50 ", 20.5],
  ["1.234,50", 1234.5],
  ["1.234.567,89", 1234567.89],
  ["0,01", 0.01],
  ["8,905", 8.91],
  ["8,9049", 8.9],
  [1.005, 1.01],
  ["0020,50", 20.5],
])("the amount %j is %d lira", async (amount, lira) => {
  expect((await world.pay({ amount })).body).toMatchObject({ is_succeed: true, amount: lira });
});

const long = (length: number) => "x".repeat(length);
test.each([
  ["reference_no", 50],
  ["domain", 256],
  ["card_holder", 50],
  ["description", 140],
  ["card_holder_mail", 60],
  ["agent_reference_no", 50],
  ["user_id", 50],
])("%s takes %i characters and not one more", async (name, most) => {
  const paid = await world.pay({ [name]: long(most) });
  expect(paid.body).toMatchObject({ is_succeed: true });
  const answer = await refused({ [name]: long(most + 1) });
  expectBadRequest(answer, `${name} alanı en fazla ${most} karakter olabilir`);
});

test.each([
  ["NUL", "a\u0000b"],
  ["a control character", "a\u0007b"],
  ["a later control character", "a\u0085b"],
  ["half a character", "a\ud800b"],
  ["the other half alone", "\udc00"],
  ["what a wrong charset leaves behind", "a\ufffdb"],
])("%s in a text is refused by the field's name", async (_what, text) => {
  for (const name of ["reference_no", "description", "card_holder"]) {
    expectBadRequest(await refused({ [name]: text }), `${name} alanının biçimi geçersiz`);
  }
});

test("emoji, line ends and quotes travel whole", async () => {
  const description = 'İyi 😀 "alışveriş"\n\t\'; drop table payments; --';
  const paid = await world.pay({ description, card_holder: "😀 Deniz" });
  expect(paid.body).toMatchObject({ is_succeed: true, card_holder: "😀 Deniz" });
  const found = await world.post("v1/transaction/check", { xact_id: paid.body["xact_id"] });
  expect(found.body["Data"]).toMatchObject([{ note: description }]);
});

test.each([
  ["4355084355084357", 18, /kart numarası/],
  ["43550843550843", 18, /kart numarası/],
  ["43550843550843581", 18, /kart numarası/],
  ["4355 0843 5508 435X", 18, /kart numarası/],
  ["0000000000000000", 14, /bankası tanınmıyor/],
  ["6011111111111117", 14, /bankası tanınmıyor/],
  [4355084355084357, 18, /kart numarası/],
])("the card number %s is code %i", async (pan, code, message) => {
  await expectCode({ pan }, code, message);
});

test.each([
  ["4355 0843 5508 4358"],
  ["4355-0843-5508-4358"],
  [4355084355084358],
  ["4546711234567890"],
  ["9792096695823360"],
])("the card number %s is taken", async (pan) => {
  const { body } = await world.pay({ pan });
  expect(body["is_succeed"], JSON.stringify(body)).toBe(true);
  expect(String(body["card_no_masked"])).toMatch(/^\d{6}\*{6}\d{4}$/);
});

test.each([
  [{ month: 2, year: 2026 }, 22, /geçmiş/],
  [{ month: "12", year: "25" }, 22, /geçmiş/],
  [{ month: 12, year: 1999 }, 22, /geçmiş/],
  [{ year: 203 }, 18, /month, year/],
  [{ year: 999 }, 18, /month, year/],
  [{ cvc: "12" }, 18, /3 veya 4/],
  [{ cvc: "12345" }, 18, /3 veya 4/],
  [{ cvc: "abc" }, 18, /3 veya 4/],
])("a card with %j is code %i", async (more, code, message) => {
  await expectCode(more, code, message);
});

test("a card is good to the end of its month, in years of two digits or four", async () => {
  for (const expiry of [
    { month: 3, year: 2026 },
    { month: "03", year: "26" },
    { month: 12, year: 30 },
  ]) {
    expect((await world.pay(expiry)).body).toMatchObject({ is_succeed: true });
  }
});

test.each([
  ["month", 0, "month alanı 1 - 12 aralığında olmalıdır"],
  ["month", 13, "month alanı 1 - 12 aralığında olmalıdır"],
  ["month", "Mart", "month alanının biçimi geçersiz"],
  ["month", 3.5, "month alanının biçimi geçersiz"],
  ["year", 2100, "year alanı 0 - 2099 aralığında olmalıdır"],
  ["year", -2030, "year alanının biçimi geçersiz"],
  ["instalment", -1, "instalment alanının biçimi geçersiz"],
  ["instalment", 1000, "instalment alanı 0 - 999 aralığında olmalıdır"],
  ["add_commission", "yes", "add_commission alanının biçimi geçersiz"],
  ["company_amount", "100,01", "company_amount alanı 0 - 100,00 aralığında olmalıdır"],
  ["company_amount", "-1", /^company_amount/],
])("%s %j is refused by its name", async (name, value, message) => {
  expectBadRequest(await refused({ [name]: value, agent_id: "20001" }), message);
});

test.each([
  [{ transaction_type: 2 }, 19, /İşlem tipi/],
  [{ transaction_type: 4 }, 19, /İşlem tipi/],
  [{ transaction_type: 99 }, 19, /İşlem tipi/],
  [{ pos_type: 6 }, 20, /POS tipi/],
  [{ ratio_code: "YAZ" }, 23, /Oran tipi bulunamadı: YAZ/],
  [{ card_hash: "hash-1" }, 25, /Saklı kart/],
  [{ agent_id: "29999" }, 4, /Bayi bulunamadı: 29999/],
  [{ instalment: 101 }, 21, /101 taksit/],
  [{ instalment: 13 }, 21, /13 taksit/],
  [{ instalment: 3, pan: "5352480048848060" }, 21, /3 taksit/],
])("%j is code %i", async (more, code, message) => {
  await expectCode(more, code, message);
});

test.each([
  [3, 3],
  ["6", 6],
  [12, 12],
  [1, 0],
  [0, 0],
])("%j instalments of a card of the programme are %i", async (instalment, shown) => {
  const paid = await world.pay({ instalment });
  expect(paid.body).toMatchObject({ is_succeed: true, instalment: shown });
});

test.each([
  [{ cvc: "999" }, "82", "Güvenlik kodu hatalı"],
  [{ amount: "7.001,05" }, "05", "Banka işlemi onaylamadı"],
  [{ amount: "7.002,41" }, "41", "Kayıp kart"],
  [{ amount: "7.003,43" }, "43", "Çalıntı kart"],
  [{ amount: "7.004,51" }, "51", "Kart limiti veya bakiyesi yetersiz"],
  [{ amount: "7.005,54" }, "54", "Kartın süresi dolmuş"],
])("the bank declines %j with %s, in its words and in ours", async (more, code, text) => {
  const reference_no = world.reference();
  const declined = await world.pay({ ...more, reference_no });
  expect(declined.status).toBe(200);
  expect(declined.body).toMatchObject({
    code: 0,
    is_succeed: false,
    bank_error_id: code,
    bank_error_short_desc: text,
    bank_error_long_desc: text,
    paynet_error_id: "",
  });
  // A decline does not burn the reference.
  expect((await world.pay({ reference_no })).body).toMatchObject({ is_succeed: true });
});

test("after all of this the books balance", async () => {
  await world.isSound();
});
