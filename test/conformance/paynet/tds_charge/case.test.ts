import { afterAll, beforeAll, expect, test } from "vitest";
import { payerOf } from "../../../support/payer.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
beforeAll(async () => {
  world = await createWorld();
  payer = payerOf(world);
});
afterAll(() => world.close());

const path = "v2/transaction/tds_charge";
const initial = `${import.meta.dirname}/../tds_initial`;
const start = () => world.post("v2/transaction/tds_initial", example(initial).request);

test("a verified payer is charged: every member of a payment, and is_tds", async () => {
  const { names } = await payer.goThrough(await start());
  const { request, response } = example(import.meta.dirname, names);
  expectLike(await world.post(path, request), response);
});

test("a second call answers the first one's body with code 100", async () => {
  const { names } = await payer.goThrough(await payer.start());
  const first = await payer.charge(names);
  expect(first.body).toMatchObject({ code: 0, is_succeed: true });
  const again = await payer.charge(names);
  expect(again.status).toBe(200);
  expect(again.body).toEqual({ ...first.body, code: 100 });
  const english = await world.post(path, names, { "accept-language": "en" });
  expect(english.body).toEqual({ ...first.body, code: 100, message: "Success" });
});

test("a bank that declines is told with code 0, and the session is used then", async () => {
  const started = await payer.start({ amount: "7.001,51" });
  const { names } = await payer.goThrough(started);
  const declined = await payer.charge(names);
  const { response } = example(import.meta.dirname);
  expect(Object.keys(declined.body)).toEqual(Object.keys(response));
  expect(declined.body).toMatchObject({
    ...{ code: 0, message: "Başarılı İşlem", is_succeed: false, is_tds: true, amount: 7001.51 },
    ...{ paynet_error_id: "", bank_error_id: "51", authorization_code: "" },
    bank_error_short_desc: "Kart limiti veya bakiyesi yetersiz",
  });
  const again = await payer.charge(names);
  expect(again.status).toBe(200);
  expect(again.body).toMatchObject({ code: 17, is_succeed: false, paynet_error_id: "17" });
});

test("the last word on sale or pre-authorisation is the charge's", async () => {
  const { names } = await payer.goThrough(await payer.start());
  const held = await payer.charge(names, { transaction_type: "3" });
  expect(held.body).toMatchObject({ is_succeed: true, transaction_type: 3 });
  const refused = await payer.goThrough(await payer.start());
  const wrong = await payer.charge(refused.names, { transaction_type: 2 });
  expect(wrong.body).toMatchObject({ code: 19, is_succeed: false });
  expect((await payer.charge(refused.names)).body).toMatchObject({ code: 0, is_succeed: true });
});

test("a token is found in small letters and with blanks around it", async () => {
  const { names } = await payer.goThrough(await payer.start());
  const token_id = ` ${names.token_id.toLowerCase()} `;
  const paid = await payer.charge({ session_id: ` ${names.session_id}`, token_id });
  expect(paid.body).toMatchObject({ code: 0, is_succeed: true });
});

test("what was charged is found by its reference, and may be given back", async () => {
  const reference_no = world.reference();
  const { names } = await payer.goThrough(await payer.start({ reference_no }));
  const paid = await payer.charge(names);
  const found = await world.post("v1/transaction/check", { reference_no });
  expect(found.body["Data"]).toMatchObject([
    { xact_id: paid.body["xact_id"], is_succeed: true, is_tds: true, amount: 100 },
  ]);
  const back = { xact_id: paid.body["xact_id"] };
  expect((await world.post("v1/transaction/reversed_request", back)).body["code"]).toBe(0);
  await world.isSound();
});

test("a card that is to be stored is, and its token pays the next time", async () => {
  const wish = { save_card: true, card_desc: "Maaş kartım", user_unique_id: "u-77" };
  const { names } = await payer.goThrough(await payer.start(wish));
  const paid = await payer.charge(names);
  expect(paid.body).toMatchObject({ is_save_card_succeed: true, user_unique_id: "u-77" });
  const { card_hash, card_owner_id } = paid.body;
  const card = { pan: "", month: "", year: "", cvc: "", card_holder: "", card_hash, card_owner_id };
  const next = await payer.goThrough(await payer.start(card));
  const repaid = await payer.charge(next.names);
  expect(repaid.body).toMatchObject({ is_succeed: true, card_no_masked: "435508******4358" });
  expect(repaid.body).toMatchObject({ is_save_card_succeed: false, save_card_result_message: "" });
});

test("a card whose bank declined is not stored", async () => {
  const wish = { save_card: true, card_desc: "ana", user_unique_id: "u-78", amount: "7.001,05" };
  const { names } = await payer.goThrough(await payer.start(wish));
  const declined = await payer.charge(names);
  expect(declined.body).toMatchObject({ is_succeed: false, is_save_card_succeed: false });
  expect(declined.body).toMatchObject({ card_hash: "", card_owner_id: "" });
});
