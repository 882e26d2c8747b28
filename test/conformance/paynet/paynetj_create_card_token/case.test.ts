import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { formsOf } from "../../../support/forms.ts";
import { payerOf } from "../../../support/payer.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectError, expectLike } from "../../shape.ts";

let world: TestWorld;
let forms: ReturnType<typeof formsOf>;
let stored: Readonly<Record<"card_hash" | "card_owner_id", unknown>>;
beforeAll(async () => {
  world = await createWorld();
  forms = formsOf(world);
  const { body } = await world.pay({ save_card: true, card_desc: "ana", user_unique_id: "u-1" });
  stored = { card_hash: body["card_hash"], card_owner_id: body["card_owner_id"] };
});
afterAll(() => world.close());

const create = (session_id: string, more: object = {}) =>
  forms.asBrowser("create_card_token", { session_id, ...stored, ...more });
const nameOf = (session_id: string, token_id: unknown) => ({
  ...{ session_id, token_id: String(token_id) },
});

test("a stored card becomes a token, and its payer goes by the bank", async () => {
  const session_id = await forms.open();
  const [, , three] = await forms.offers(session_id);
  const key = { instalment_key: three?.instalment_key, token: world.merchant.publishableKey };
  const { request, response } = example(import.meta.dirname, { session_id, ...stored, ...key });
  const made = await forms.asBrowser("create_card_token", request);
  expectLike(made, response);
  const names = nameOf(session_id, made.body["token_id"]);
  const post_url = `${String(made.body["post_url"])}?${new URLSearchParams(names)}`;
  const started = { ...made, body: { ...made.body, ...names, post_url } };
  const back = await payerOf(world).goThrough(started);
  const paid = await forms.charge(back.names);
  expect(paid.body).toMatchObject({ is_succeed: true, is_tds: true, instalment: 3 });
});

test("a stored card pays without its security code, and with it", async () => {
  for (const more of [{}, { cvc: "000" }]) {
    const session_id = await forms.open();
    const { body } = await create(session_id, more);
    expect(body).toMatchObject({ code: 0, is_tds: false });
    const paid = await forms.charge(nameOf(session_id, body["token_id"]));
    expect(paid.body).toMatchObject({ is_succeed: true, card_no_masked: "435508******4358" });
  }
});

test("the bank is told the code that was typed", async () => {
  const session_id = await forms.open();
  const { body } = await create(session_id, { cvc: "999" });
  const paid = await forms.charge(nameOf(session_id, body["token_id"]));
  expect(paid.body).toMatchObject({ is_succeed: false, bank_error_id: "82" });
});

test("another's card is code 25", async () => {
  const firm = await firmsOf(world).another("10007");
  const theirs = { authorization: `Basic ${firm.publishableKey}` };
  const opened = await forms.asBrowser("auth", { amount: 100 }, theirs);
  const ask = { ...stored, session_id: opened.body["session_id"] };
  const refused = await forms.asBrowser("create_card_token", ask, theirs);
  expectError(refused, 400, "invalid_request_error", 25);
  const wrong = await create(await forms.open(), { card_hash: "A".repeat(43) });
  expectError(wrong, 400, "invalid_request_error", 25, "Saklı kart bulunamadı");
});

test.each([["card_hash"], ["card_owner_id"], ["session_id"]])("%s is required", async (name) => {
  const answer = await create(await forms.open(), { [name]: null });
  expectError(answer, 400, "invalid_request_error", 11, `${name} alanı zorunludur`);
});
