import { afterAll, beforeAll, expect, test } from "vitest";
import { messagesOf } from "../../../support/codes.ts";
import { endUsersOf } from "../../../support/end-users.ts";
import { firmsOf } from "../../../support/firms.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectError, expectLike } from "../../shape.ts";
import { rowCounts } from "../refusals/rows.ts";

let world: TestWorld;
let users: ReturnType<typeof endUsersOf>;
beforeAll(async () => {
  world = await createWorld();
  users = endUsersOf(world);
});
afterAll(() => world.close());

const path = "v2/agent/create_end_user_receipt_otp";

test("a code goes to the end user's phone, and the answer has no object name", async () => {
  const { request, response } = example(import.meta.dirname);
  expectLike(await world.post(path, request), response);
  const [sms] = await messagesOf(world);
  expect(sms).toMatchObject({ purpose: "receipt_code", channel: "sms", recipient: "5321112233" });
  expect(sms?.body).toMatch(
    /^Örnek A\.Ş\.: Ödemenizin makbuzu için onay kodunuz [0-9A-Z]{4}\. 3 dakika geçerlidir/,
  );
});

test("who asks in English is answered, and writes to the end user, in English", async () => {
  const sent = await users.ask("05321112244", { "accept-language": "en" });
  expect(sent.body).toEqual({ object_name: null, code: 0, message: "The SMS was sent." });
  expect((await messagesOf(world)).at(-1)?.body).toContain("Your code for the receipt");
});

test("a phone gets one code at a time, however its number is written", async () => {
  const phone = users.newPhone();
  expect((await users.ask(phone)).body).toMatchObject({ code: 0 });
  world.clock.advance(100_000);
  for (const spelling of [phone, phone.slice(1), `+9${phone}`]) {
    const early = await users.ask(spelling);
    expect(early.status).toBe(200);
    expect(early.body).toEqual({
      object_name: null,
      code: 1,
      message: "Yeni kod 80 saniye sonra istenebilir",
    });
  }
  world.clock.advance(80_000);
  expect((await users.ask(phone)).body).toMatchObject({ code: 0 });
});

test("twenty requests at once send one code", async () => {
  const phone = users.newPhone();
  const answers = await Promise.all(Array.from({ length: 20 }, () => users.ask(phone)));
  expect(answers.filter(({ body }) => body["code"] === 0)).toHaveLength(1);
  const sent = (await messagesOf(world)).filter(({ recipient }) => recipient === phone.slice(1));
  expect(sent).toHaveLength(1);
});

test("two firms may send a code to one phone at one time", async () => {
  const phone = users.newPhone();
  const { secretKey } = await firmsOf(world).another("10002");
  expect((await users.ask(phone)).body).toMatchObject({ code: 0 });
  const theirs = await users.ask(phone, { authorization: `Basic ${secretKey}` });
  expect(theirs.body).toMatchObject({ code: 0 });
});

test("an agent's own key may ask", async () => {
  const key = await firmsOf(world).agentKey("20001");
  expect((await users.ask(users.newPhone(), key)).body).toMatchObject({ code: 0 });
});

test.each([
  ["missing", undefined, "phoneNumber alanı zorunludur"],
  ["null", null, "phoneNumber alanı zorunludur"],
  ["empty", "", "phoneNumber alanı zorunludur"],
  ["ten digits of a landline", "02121112233", /^phoneNumber alanı 5XXXXXXXXX biçiminde/],
  ["a digit short", "0532111223", /^phoneNumber/],
  ["a digit long", "053211122334", /^phoneNumber/],
  ["letters", "telefon", /^phoneNumber/],
  ["two phones", "05321112233,05321112234", /^phoneNumber/],
  ["another country's", "+4915112345678", /^phoneNumber/],
  ["digits of another script", "٠٥٣٢١١١٢٢٣٣", /^phoneNumber/],
  ["far too long", "0".repeat(31), "phoneNumber alanı en fazla 30 karakter olabilir"],
  ["an object", { phone: "05321112233" }, "phoneNumber alanının biçimi geçersiz"],
])("a phone that is %s is refused by its name, and no code is sent", async (_what, phone, why) => {
  const before = await rowCounts(world);
  expectBadRequest(await world.post(path, { phoneNumber: phone }), why);
  expect(await rowCounts(world)).toEqual(before);
});

test("a publishable key sends no code", async () => {
  const headers = { authorization: `Basic ${world.merchant.publishableKey}` };
  const refused = await users.ask(users.newPhone(), headers);
  expectError(refused, 401, "authorization_error", 7);
});
