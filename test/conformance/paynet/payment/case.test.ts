import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test("an approved payment answers every member, a dealer's part too", async () => {
  const { request, response } = example(import.meta.dirname);
  expectLike(await world.post("v2/transaction/payment", request), response);
});

test("a payment that the bank declines answers the same members and says why", async () => {
  const { request, response } = example(import.meta.dirname);
  const ask = { ...request, reference_no: "ORD-2410", amount: "7.001,51", company_amount: "1,51" };
  const declined = await world.post("v2/transaction/payment", ask);
  expect(declined.status).toBe(200);
  expect(Object.keys(declined.body)).toEqual(Object.keys(response));
  expect(declined.body).toMatchObject({
    code: 0,
    message: "Başarılı İşlem",
    is_succeed: false,
    paynet_error_id: "",
    bank_error_id: "51",
    bank_error_short_desc: "Kart limiti veya bakiyesi yetersiz",
    authorization_code: "",
    amount: 7001.51,
  });
  expect(declined.body["bank_error_message"]).not.toBe("");
});

test("with commission on top the seller nets what was asked for", async () => {
  const paid = await world.pay({ amount: "100,00", add_commission: true });
  // 100 / (1 - 0.02 * 1.20)
  expect(paid.body).toMatchObject({
    amount: 102.46,
    net_amount: 100,
    comission: 2.05,
    comission_tax: 0.41,
    end_user_comission: 2.46,
    end_user_ratio: 0.02,
  });
});

test("a card that is to be stored is, and its token is what it is paid with next", async () => {
  const wish = { save_card: true, card_desc: "ana", user_unique_id: "u-1" };
  const paid = await world.pay(wish);
  const saved = { is_succeed: true, is_save_card_succeed: true, user_unique_id: "u-1" };
  expect(paid.body).toMatchObject({ ...saved, save_card_result_message: "Başarılı İşlem" });
  const { card_hash, card_owner_id } = paid.body;
  expect(card_hash).toMatch(/^[\w-]{43}$/);
  expect(card_owner_id).toMatch(/^own_[0-9A-Z]{20}$/);
  // The same card of the same owner is one card, by either spelling of the wish.
  const again = await world.pay({ card_save: "true", card_desc: "iş", card_owner_id });
  expect(again.body).toMatchObject({ ...saved, card_hash, card_owner_id });
  const none = { pan: "", month: "", year: "", cvc: "", card_holder: "" };
  const next = await world.pay({ ...none, card_hash });
  expect(next.body).toMatchObject({ is_succeed: true, card_no_masked: "435508******4358" });
});

test("a card that cannot be stored never fails its payment, and why is said", async () => {
  const wish = { save_card: true, card_desc: "ana" };
  const stranger = await world.pay({ ...wish, card_owner_id: `own_${"0".repeat(20)}` });
  const unsaved = { is_succeed: true, is_save_card_succeed: false, card_hash: "" };
  expect(stranger.body).toMatchObject(unsaved);
  expect(stranger.body["save_card_result_message"]).toBe("card_owner_id bu firmaya ait değil");
  const declined = await world.pay({ ...wish, user_unique_id: "u-2", amount: "7.001,51" });
  expect(declined.body).toMatchObject({ ...unsaved, is_succeed: false });
  expect(declined.body["save_card_result_message"]).not.toBe("");
});
