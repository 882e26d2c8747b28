import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test("a check answers an array under a capital D with every member of the service", async () => {
  await world.pay({
    reference_no: "ORD-2403",
    amount: "320,00",
    description: "Yaz kaydı",
    user_id: "kasa-3",
    card_holder_mail: "deniz@shop.example",
    card_holder_phone: "5321112233",
  });
  const { request, response } = example(import.meta.dirname);
  expectLike(await world.post("v1/transaction/check", request), response);
});

test("a reference that was tried again shows every try, newest first", async () => {
  const amounts = ["7.001,51", "10,00"];
  for (const amount of amounts) {
    await world.pay({ reference_no: "ORD-2414", amount });
    world.clock.advance(1_000);
  }
  const found = await world.post("v1/transaction/check", { reference_no: "ORD-2414" });
  expect(found.body["Data"]).toMatchObject([
    { is_succeed: true, amount: 10 },
    { is_succeed: false, amount: 7001.51, bank_error_id: "51" },
  ]);
});

test("nothing found is an empty array with code 12, not an error", async () => {
  const found = await world.post("v1/transaction/check", { reference_no: "ORD-nobody" });
  expect(found.status).toBe(200);
  expect(found.body).toEqual({
    Data: [],
    object_name: "transaction_check",
    code: 12,
    message: "İşlem bulunamadı",
  });
});
