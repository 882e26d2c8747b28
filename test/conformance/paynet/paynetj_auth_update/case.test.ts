import { afterAll, beforeAll, expect, test } from "vitest";
import { formsOf } from "../../../support/forms.ts";
import { payerOf } from "../../../support/payer.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectError, expectLike } from "../../shape.ts";

let world: TestWorld;
let forms: ReturnType<typeof formsOf>;
beforeAll(async () => {
  world = await createWorld();
  forms = formsOf(world);
});
afterAll(() => world.close());

const update = (session_id: string, more: object) =>
  forms.asBrowser("auth_update", { session_id, ...more });

test("amount, commission and the wish to store change before the card is entered", async () => {
  const session_id = await forms.open({ amount: 500, user_unique_id: "u-50" });
  const token = world.merchant.publishableKey;
  const { request, response } = example(import.meta.dirname, { session_id, token });
  expectLike(await forms.asBrowser("auth_update", request), response);
  const [single] = await forms.offers(session_id);
  // 11 / (1 - 0.02 * 1.20)
  expect(single).toMatchObject({ total_amount: 11.27, commision: 0.23 });
  const { body } = await forms.createToken(session_id);
  const paid = await forms.charge({ session_id, token_id: String(body["token_id"]) });
  expect(paid.body).toMatchObject({ amount: 11.27, net_amount: 11, is_save_card_succeed: true });
});

test("members that are not sent stay as they were", async () => {
  const session_id = await forms.open({ amount: 500, add_commission: true, installments: "0,3" });
  await update(session_id, {});
  const counts = (await forms.offers(session_id)).map(({ instalment }) => instalment);
  expect(counts).toEqual([0, 3]);
  await update(session_id, { amount: 1_000 });
  expect((await forms.offers(session_id))[0]).toMatchObject({ total_amount: 10.25 });
  await update(session_id, { add_commission: "false" });
  expect((await forms.offers(session_id))[0]).toMatchObject({ total_amount: 10 });
});

test("a token that was priced before cannot be charged any more", async () => {
  const names = await forms.enter({ amount: 500 });
  await update(names.session_id, { amount: 50_000 });
  const refused = await forms.charge(names);
  expect(refused.body).toMatchObject({ code: 15, is_succeed: false });
  const { body } = await forms.createToken(names.session_id);
  const token_id = String(body["token_id"]);
  expect((await forms.charge({ ...names, token_id })).body).toMatchObject({ amount: 500 });
});

test("many changes at once all count, one after the other", async () => {
  const session_id = await forms.open({ amount: 500 });
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, i) => update(session_id, { amount: 600 + i })),
  );
  expect(answers.map(({ body }) => body["code"])).toEqual([0, 0, 0, 0, 0]);
  const [single] = await forms.offers(session_id);
  expect([6, 6.01, 6.02, 6.03, 6.04]).toContain(single?.total_amount);
});

test("a charged session is used, an expired one is gone", async () => {
  const names = await forms.enter();
  await forms.charge(names);
  const used = await update(names.session_id, { amount: 1 });
  expectError(used, 400, "invalid_request_error", 17);
  const session_id = await forms.open();
  world.clock.advance(20 * 60_000);
  expectError(await update(session_id, { amount: 1 }), 400, "invalid_request_error", 13);
});

test("what a shop's server started is not a browser's to change", async () => {
  const payer = payerOf(world);
  const started = await payer.start();
  const { names } = await payer.goThrough(started);
  const refused = await update(names.session_id, { amount: 1 });
  expectError(refused, 400, "invalid_request_error", 13);
  expect((await payer.charge(names)).body).toMatchObject({ is_succeed: true, amount: 100 });
});
