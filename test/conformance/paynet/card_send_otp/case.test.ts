import { afterAll, beforeAll, expect, test } from "vitest";
import { messagesOf } from "../../../support/codes.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const send = (more: object = {}, headers = {}) =>
  world.post(
    "v1/card/send_otp",
    { user_gsm: "5321112233", otp_session_id: "s-1", ...more },
    headers,
  );

test("a code goes to the phone, and the answer says until when it is good", async () => {
  const { request, response } = example(import.meta.dirname);
  const sent = await world.post("v1/card/send_otp", request);
  expectLike(sent, response);
  expect(sent.body["otp_expire"]).toBe("2026-03-04T12:03:00.000+03:00");
  expect(await messagesOf(world)).toMatchObject([
    { purpose: "card_code", channel: "sms", recipient: "5321112233", status: "kept" },
  ]);
  expect((await messagesOf(world))[0]?.body).toMatch(
    /^Örnek A\.Ş\.: Kartınızı kaydetmek için onay kodunuz [0-9A-Z]{4}\. 3 dakika geçerlidir/,
  );
});

test("before that time the session gets no other code, and is told how long to wait", async () => {
  expect((await send()).body).toMatchObject({ code: 0 });
  world.clock.advance(60_000);
  const early = await send();
  expect(early.status).toBe(200);
  expect(early.body).toEqual({
    object_name: "card_send_otp",
    code: 1,
    message: "Yeni kod 120 saniye sonra istenebilir",
  });
  expect((await send({ otp_session_id: "s-2" })).body).toMatchObject({ code: 0 });
  world.clock.advance(120_000);
  expect((await send()).body).toMatchObject({ code: 0 });
});

test("who asks in English is answered, and written to, in English", async () => {
  const headers = { "accept-language": "en" };
  const ask = { otp_session_id: "s-en", user_gsm: "05321112244" };
  expect((await send(ask, headers)).body).toMatchObject({ code: 0, message: "Success" });
  const last = (await messagesOf(world)).at(-1);
  expect(last).toMatchObject({ recipient: "5321112244" });
  expect(last?.body).toContain("Your code to save your card is");
  expect((await send(ask, headers)).body).toMatchObject({ message: /^A new code can be asked/ });
});
