import { afterAll, beforeAll, expect, test } from "vitest";
import { formsOf } from "../../../support/forms.ts";
import { payerOf } from "../../../support/payer.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
let forms: ReturnType<typeof formsOf>;
beforeAll(async () => {
  world = await createWorld();
  forms = formsOf(world);
});
afterAll(() => world.close());

test("a form's payment answers every member: commission on top, dealer, stored card", async () => {
  const tag = { agent_id: "20001", add_commission: true, tds_required: true };
  const save = { user_unique_id: "u-88", card_desc: "ana", save_card: true };
  const session_id = await forms.open({ ...tag, ...save });
  const [, , three] = await forms.offers(session_id);
  const token = await forms.createToken(session_id, {
    instalment_key: three?.instalment_key,
    card_holder_phone: "5321112233",
    card_holder_mail: "deniz@shop.example",
  });
  const gate = { session_id, ...token.body, post_url: "" };
  const query = new URLSearchParams({ session_id, token_id: String(token.body["token_id"]) });
  const post_url = `${String(token.body["post_url"])}?${query}&publishable_key=pbk_x`;
  const { names } = await payerOf(world).goThrough({ ...token, body: { ...gate, post_url } });
  const { request, response } = example(import.meta.dirname, names);
  expectLike(await world.post("v1/transaction/charge", request), response);
});

test("a second call answers the first one's body with code 100", async () => {
  const names = await forms.enter();
  const first = await forms.charge(names, { reference_no: world.reference() });
  expect(first.body).toMatchObject({ code: 0, is_succeed: true, is_tds: false });
  const again = await forms.charge(names);
  expect(again.body).toEqual({ ...first.body, code: 100 });
});

test("the amount is the cart's, before any commission on top", async () => {
  const names = await forms.enter({ add_commission: true, amount: 10_000 });
  for (const amount of ["10246", "9999", 1]) {
    const refused = await forms.charge(names, { amount });
    expect(refused.body).toMatchObject({ code: 15, is_succeed: false, object_name: "transaction" });
  }
  const paid = await forms.charge(names, { amount: 10_000 });
  expect(paid.body).toMatchObject({ code: 0, amount: 102.46, net_amount: 100 });
  expect((await forms.charge(names, { amount: "9999" })).body).toMatchObject({ code: 15 });
});

test("the reference is the charge's, else the tag's, else the bank's order", async () => {
  const tagged = await forms.enter({ reference_no: "TAG-1" });
  expect((await forms.charge(tagged)).body).toMatchObject({ reference_no: "TAG-1" });
  const named = await forms.enter({ reference_no: "TAG-2" });
  const paid = await forms.charge(named, { reference_no: "CART-2" });
  expect(paid.body).toMatchObject({ reference_no: "CART-2" });
  const without = await forms.charge(await forms.enter());
  expect(without.body["reference_no"]).toBe(without.body["order_id"]);
});

test("a reference that has paid is code 5, and another charges the session", async () => {
  await world.pay({ reference_no: "TAKEN" });
  const names = await forms.enter();
  const refused = await forms.charge(names, { reference_no: "TAKEN" });
  expect(refused.body).toMatchObject({ code: 5, is_succeed: false, paynet_error_id: "5" });
  const paid = await forms.charge(names, { reference_no: "FREE" });
  expect(paid.body).toMatchObject({ code: 0, is_succeed: true, reference_no: "FREE" });
});

test("what the payer and the tag say is kept with the payment", async () => {
  const tag = { description: "Etiket", invoice_no: "F-1" };
  const payer = { description: "Not", card_holder_mail: "ece@shop.example" };
  const paid = await forms.charge(await forms.enter(tag, payer));
  expect(paid.body).toMatchObject({ email: "ece@shop.example", user_id: "PaynetJ", phone: "" });
  const found = await world.post("v1/transaction/check", { xact_id: paid.body["xact_id"] });
  expect(found.body["Data"]).toMatchObject([{ note: "Not" }]);
});

test("a form's card may be held instead of charged", async () => {
  const held = await forms.charge(await forms.enter(), { transaction_type: 3 });
  expect(held.body).toMatchObject({ code: 0, is_succeed: true, transaction_type: 3 });
  const captured = await world.post("v1/transaction/capture", { xact_id: held.body["xact_id"] });
  expect(captured.body).toMatchObject({ code: 0, is_succeed: true, amount: 100 });
  await world.isSound();
});
