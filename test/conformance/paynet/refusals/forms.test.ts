import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { formsOf } from "../../../support/forms.ts";
import { type Answer, createWorld, goodCard, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest, expectError } from "../../shape.ts";
import { rowCounts } from "./rows.ts";

let world: TestWorld;
let forms: ReturnType<typeof formsOf>;
/** A session that every refused call is made in. */
let session_id: string;
beforeAll(async () => {
  world = await createWorld();
  forms = formsOf(world);
  session_id = await forms.open();
});
afterAll(() => world.close());

async function counts() {
  const { rows } = await sql<Record<string, bigint>>`
    select (select count(*) from checkout_sessions) as sessions,
      (select count(*) from checkout_tokens) as tokens,
      (select sum(version) from checkout_sessions) as versions`.execute(world.db.kysely);
  return { ...(await rowCounts(world)), ...rows[0] };
}
/** What is refused opens no session, changes none, keeps no card and asks no bank. */
async function refused(service: string, body: object, headers = {}): Promise<Answer> {
  const before = await counts();
  const answer = await forms.asBrowser(service, body, headers);
  expect(await counts()).toEqual(before);
  return answer;
}

describe.each([
  ["auth", {}],
  ["auth_update", { session_id: "own" }],
])("%s", (service, more: Readonly<Record<string, string>>) => {
  const own = () => ({ ...more, ...(more["session_id"] && { session_id }) });
  test.each([
    [0],
    ["0"],
    [0.4],
    [-1],
    ["-100"],
    ["10,00"],
    ["1.000,00"],
    ["1e3"],
    ["abc"],
    ["١٠٠"],
    ["0x10"],
    [" "],
    [true],
    ["NaN"],
    ["999999999999999"],
  ])("takes no amount of %j", async (amount) => {
    const answer = await refused(service, { ...own(), amount });
    expectBadRequest(answer, /^amount alanı kuruş cinsinden, ayraçsız/);
  });
  test.each([
    ["add_commission", "maybe", "add_commission alanının biçimi geçersiz"],
    ["save_card", 2, "save_card alanının biçimi geçersiz"],
    ["card_desc", "x".repeat(101), "card_desc alanı en fazla 100 karakter olabilir"],
    ["user_gsm_no", "5".repeat(21), "user_gsm_no alanı en fazla 20 karakter olabilir"],
  ])("takes no %s of %j", async (name, value, message) => {
    expectBadRequest(await refused(service, { ...own(), amount: 100, [name]: value }), message);
  });
  test("knows no table of rates but its own", async () => {
    const answer = await refused(service, { ...own(), amount: 100, ratio_code: "AB12CD34" });
    expectError(answer, 400, "invalid_request_error", 23, "Oran tipi bulunamadı: AB12CD34");
  });
});

test("a form without an amount opens nothing", async () => {
  for (const amount of [undefined, null, ""]) {
    expectBadRequest(await refused("auth", { amount }), "amount alanı zorunludur");
  }
});

test.each([
  [{ pos_type: 4 }, 20, "POS tipi desteklenmiyor: 4"],
  [{ agent_id: "99999" }, 4, "Bayi bulunamadı: 99999"],
  [{ return_url: "javascript:alert(1)" }, 11, /^return_url alanı http/],
  [{ return_url: `https://shop.example/${"x".repeat(2_048)}` }, 11, /^return_url alanı/],
  [{ domain: "x".repeat(257) }, 11, "domain alanı en fazla 256 karakter olabilir"],
  [{ reference_no: "x".repeat(51) }, 11, "reference_no alanı en fazla 50 karakter olabilir"],
  [{ reference_no: "4355084355084358" }, 11, /^reference_no/],
  [{ name: "a\u0007b" }, 11, "name alanının biçimi geçersiz"],
])("a form with %j opens nothing: code %i", async (more, code, message) => {
  const answer = await refused("auth", { amount: 100, ...more });
  expectError(answer, 400, "invalid_request_error", code, message);
});

test("a firm that may not call inside has no payer sent there", async () => {
  const firm = await firmsOf(world).another("10051", { mayCallInside: false });
  const key = { authorization: `Basic ${firm.publishableKey}` };
  for (const return_url of ["http://127.0.0.1/", "http://10.0.0.8/x", "http://[::1]:8080/"]) {
    const answer = await refused("auth", { amount: 100, return_url }, key);
    expectBadRequest(answer, /^return_url alanı dışarıdan erişilebilen bir adres olmalıdır/);
  }
});

test.each<[string, object, number, RegExp | string]>([
  ["check_bin", { bin: "" }, 11, "bin alanı zorunludur"],
  ["check_bin", { bin: "43550" }, 11, /^bin/],
  ["check_bin", { bin: "999999" }, 14, /bankası tanınmıyor/],
  ["check_bin", { bin: "435508", no_instalment: "x" }, 11, /^no_instalment/],
  ["check_card_bin", { card_hash: "A", card_owner_id: "own_1" }, 25, /Saklı kart/],
  ["create_token", { ...goodCard, pan: "4355084355084357" }, 18, /kart numarası/],
  ["create_token", { ...goodCard, instalment_key: "ji_EAAAAx" }, 21, /sunulmuyor/],
  ["create_token", { ...goodCard, instalment_key: "x".repeat(201) }, 11, /^instalment_key/],
  ["create_token", { ...goodCard, card_holder_phone: "5".repeat(21) }, 11, /^card_holder_phone/],
  ["create_card_token", { card_hash: "A", card_owner_id: "own_1" }, 25, /Saklı kart/],
  ["save_card", { card_desc: "x".repeat(101) }, 11, /^card_desc/],
])("%s with %j is code %i", async (service, more, code, message) => {
  const answer = await refused(service, { session_id, ...more });
  expectError(answer, 400, "invalid_request_error", code, message);
});

test("a token is refused while its tag's reference has paid, or nobody knows", async () => {
  await world.pay({ reference_no: "PAID" });
  const paid = await forms.open({ reference_no: "PAID" });
  const taken = await refused("create_token", { session_id: paid, ...goodCard });
  expectError(taken, 400, "invalid_request_error", 5, /^PAID referans numarası/);
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await world.bank.fault("system_error", { op: "inquire" }, {}, 10);
  await world.bank.fault("system_error", { op: "history" }, {}, 10);
  await world.pay({ reference_no: "DOUBT" });
  const unknown = await forms.open({ reference_no: "DOUBT" });
  const answer = await refused("create_token", { session_id: unknown, ...goodCard });
  expectError(answer, 400, "invalid_request_error", 10, /^DOUBT referanslı/);
  await world.bank.clearFaults();
  await world.advance(60_000);
});

test("after all of this the books balance and the bank agrees", async () => {
  await world.isSound();
});
