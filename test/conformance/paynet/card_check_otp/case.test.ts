import { afterAll, beforeAll, expect, test } from "vitest";
import { lastCode, otherCode } from "../../../support/codes.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const PHONE = "5321112233";
let made = 0;
/** A session with a code that was just sent. */
async function opened() {
  made += 1;
  const otp_session_id = `s-${made}`;
  await world.post("v1/card/send_otp", { user_gsm: PHONE, otp_session_id });
  const otp_code = await lastCode(world, PHONE);
  const check = (more: object = {}) =>
    world.post("v1/card/check_otp", { user_gsm: PHONE, otp_session_id, otp_code, ...more });
  return { otp_session_id, otp_code, check };
}
const code = (left: number) =>
  left > 0 ? `Kod hatalı; ${left} deneme hakkı kaldı` : "Kod hatalı; yeni bir kod isteyin";

test("a right code answers code and message alone", async () => {
  const { request, response } = example(import.meta.dirname, await opened());
  const asked = { ...request, otp_session_id: `s-${made}` };
  expectLike(await world.post("v1/card/check_otp", asked), response);
});

test("letters may be small, and the answer may be asked for again", async () => {
  const { otp_code, check } = await opened();
  expect((await check({ otp_code: ` ${otp_code.toLowerCase()} ` })).body).toMatchObject({
    code: 0,
  });
  expect((await check({ user_gsm: `0${PHONE}` })).body).toMatchObject({ code: 0 });
});

test("the third wrong code ends the session, the right one comes too late then", async () => {
  const { otp_code, check } = await opened();
  for (const left of [2, 1, 0]) {
    const wrong = await check({ otp_code: otherCode(otp_code) });
    expect(wrong.status).toBe(200);
    expect(wrong.body).toMatchObject({ code: 1, message: code(left) });
  }
  expect((await check()).body).toMatchObject({ code: 1, message: code(0) });
});

test.each([
  ["of another phone", { user_gsm: "5321112234" }, code(2)],
  [
    "of another session",
    { otp_session_id: "nobody's" },
    "Kodun süresi doldu; yeni bir kod isteyin",
  ],
])("a right code %s is refused", async (_what, more, message) => {
  const { check } = await opened();
  expect((await check(more)).body).toMatchObject({ code: 1, message });
});

test("a code that came too late is refused", async () => {
  const { check } = await opened();
  world.clock.advance(180_000);
  expect((await check()).body).toMatchObject({
    code: 1,
    message: "Kodun süresi doldu; yeni bir kod isteyin",
  });
});
