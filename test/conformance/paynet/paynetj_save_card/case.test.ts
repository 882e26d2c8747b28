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

test("a payer who wants the card stored gets it stored with the payment", async () => {
  const session_id = await forms.open({ user_unique_id: "u-1", card_desc: "eski" });
  const { request, response } = example(import.meta.dirname, { session_id });
  const answer = await forms.asBrowser("save_card", request);
  expectLike(answer, response);
  expect(answer.body["session_id"]).toBe(session_id);
  const { body } = await forms.createToken(session_id);
  const paid = await forms.charge({ session_id, token_id: String(body["token_id"]) });
  expect(paid.body).toMatchObject({ is_save_card_succeed: true, user_unique_id: "u-1" });
  const next = await forms.open({ card_owner_id: paid.body["card_owner_id"], save_card: true });
  const { card_hash, card_owner_id } = paid.body;
  const known = { session_id: next, card_hash, card_owner_id };
  expect((await forms.asBrowser("check_card_bin", known)).body).toMatchObject({ code: 0 });
});

test("a firm that stores cards by a code only is paid, and says why none is stored", async () => {
  const firm = await firmsOf(world).another("10008", { needsCardCode: true });
  const key = { authorization: `Basic ${firm.publishableKey}` };
  const tag = { amount: 100, tds_required: false, user_unique_id: "u-2" };
  const opened = await forms.asBrowser("auth", tag, key);
  const session_id = String(opened.body["session_id"]);
  await forms.asBrowser("save_card", { session_id, user_gsm: "5321112233" }, key);
  const card = { pan: "4355084355084358", month: 12, year: 2030, cvc: "000", card_holder: "E" };
  const { body } = await forms.asBrowser("create_token", { session_id, ...card }, key);
  const names = { session_id, token_id: String(body["token_id"]) };
  const paid = await forms.charge(names, {}, { authorization: `Basic ${firm.secretKey}` });
  expect(paid.body).toMatchObject({ is_succeed: true, is_save_card_succeed: false });
  expect(paid.body["save_card_result_message"]).toMatch(/SMS/);
});

test("a session that is charged, over or another's stores nothing", async () => {
  const names = await forms.enter();
  await forms.charge(names);
  const ask = (session_id: string) => forms.asBrowser("save_card", { session_id });
  expectError(await ask(names.session_id), 400, "invalid_request_error", 17);
  const session_id = await forms.open();
  world.clock.advance(20 * 60_000);
  expectError(await ask(session_id), 400, "invalid_request_error", 13);
  expectError(await ask("js_EAAAAnothing"), 400, "invalid_request_error", 13);
});
