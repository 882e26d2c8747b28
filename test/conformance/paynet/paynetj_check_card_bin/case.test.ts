import { afterAll, beforeAll, expect, test } from "vitest";
import { formsOf } from "../../../support/forms.ts";
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

test("a stored card tells what its first digits would", async () => {
  const session_id = await forms.open();
  const values = { ...stored, session_id, token: world.merchant.publishableKey };
  const { request, response } = example(import.meta.dirname, values);
  expectLike(await forms.asBrowser("check_card_bin", request), response);
  const whole = await forms.asBrowser("check_card_bin", { ...stored, session_id });
  expect(whole.body["data"]).toEqual(await forms.offers(session_id));
});

test.each([
  ["another token", { card_hash: "A".repeat(43) }],
  ["another owner", { card_owner_id: `own_${"0".repeat(20)}` }],
])("%s is code 25", async (_what, more) => {
  const session_id = await forms.open();
  const answer = await forms.asBrowser("check_card_bin", { session_id, ...stored, ...more });
  expectError(answer, 400, "invalid_request_error", 25, "Saklı kart bulunamadı");
});

test.each([["card_hash"], ["card_owner_id"], ["session_id"]])("%s is required", async (name) => {
  const session_id = await forms.open();
  const ask = { session_id, ...stored, [name]: "" };
  const answer = await forms.asBrowser("check_card_bin", ask);
  expectError(answer, 400, "invalid_request_error", 11, `${name} alanı zorunludur`);
});

test("a card whose month has passed since is code 22", async () => {
  const { body } = await world.pay({
    ...{ month: 3, year: 2026, save_card: true, card_desc: "eski", user_unique_id: "u-2" },
  });
  world.clock.advance(31 * 24 * 60 * 60_000);
  const { card_hash, card_owner_id } = body;
  const session_id = await forms.open();
  const answer = await forms.asBrowser("check_card_bin", { session_id, card_hash, card_owner_id });
  expectError(answer, 400, "invalid_request_error", 22);
});
