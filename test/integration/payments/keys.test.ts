import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, goodCard, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const body = { amount: "5,00", domain: "shop.example", description: "first", ...goodCard };
let made = 0;
const key = () => ({ "idempotency-key": `key-${++made}` });

test.each([
  ["description", "second"],
  ["card_holder", "Ece Tan"],
  ["domain", "other.example"],
  ["user_id", "u-1"],
  ["add_commission", true],
  ["card_desc", "ana"],
  ["pan", "5571135571135575"],
  ["year", 2031],
  ["a_member_of_tomorrow", "x"],
])("the same key with another %s is refused", async (name, value) => {
  const headers = key();
  const first = { ...body, reference_no: world.reference() };
  expect((await world.post("v2/transaction/payment", first, headers)).body["code"]).toBe(0);
  const second = await world.post("v2/transaction/payment", { ...first, [name]: value }, headers);
  expect(second).toMatchObject({ status: 400, body: { result_code: 5 } });
});

test("order of members, numbers as texts and security code make no other request", async () => {
  const headers = key();
  const first = { ...body, reference_no: world.reference() };
  const paid = await world.post("v2/transaction/payment", first, headers);
  const { month, ...rest } = first;
  const again = { month: String(month), ...rest, cvc: "001" };
  expect((await world.post("v2/transaction/payment", again, headers)).body).toEqual(paid.body);
});

test("the same key for another service is refused", async () => {
  const headers = key();
  const held = await world.pay({ transaction_type: 3 });
  const { xact_id } = held.body;
  await world.post("v1/transaction/capture", { xact_id }, headers);
  const other = await world.post("v1/transaction/preauth_reversal", { xact_id }, headers);
  expect(other).toMatchObject({ status: 400, body: { result_code: 5 } });
});

test("the same key with another address to notify is refused", async () => {
  const headers = key();
  const { xact_id } = (await world.pay()).body;
  const path = "v1/transaction/reversed_request";
  await world.post(path, { xact_id, succeedUrl: "http://127.0.0.1:9/a" }, headers);
  const other = await world.post(path, { xact_id, succeedUrl: "http://127.0.0.1:9/b" }, headers);
  expect(other).toMatchObject({ status: 400, body: { result_code: 5 } });
});
