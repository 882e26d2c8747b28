import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test("a detail answers every member, each row with an envelope of its own", async () => {
  const sale = await world.pay({
    reference_no: "ORD-2404",
    amount: "320,00",
    description: "Yaz kaydı",
    user_id: "kasa-3",
    card_holder_mail: "deniz@shop.example",
    card_holder_phone: "5321112233",
  });
  const { request, response } = example(import.meta.dirname, { sale: sale.body["xact_id"] });
  expectLike(await world.post("v1/transaction/detail", request), response);
});

test("a sale that was cancelled says so and names the cancel", async () => {
  const sale = await world.pay({ instalment: 6 });
  const xact_id = sale.body["xact_id"];
  await world.post("v1/transaction/reversed_request", { xact_id });
  const found = await world.post("v1/transaction/detail", { xact_id });
  const [row] = found.body["Data"] as Record<string, unknown>[];
  expect(row).toMatchObject({
    reversed: true,
    instalment_text: "6 Taksit",
    payment_string: "Axess 6 Taksit",
  });
  const cancel = await world.post("v1/transaction/detail", { xact_id: row?.["reversed_xact_id"] });
  expect(cancel.body["Data"]).toMatchObject([
    { xact_type_desc: "İptal", transaction_type: 2, is_succeed: true, reversed: false },
  ]);
});

test("a detail is found by reference and by plain number", async () => {
  const byReference = await world.post("v1/transaction/detail", { reference_no: "ORD-2404" });
  expect(byReference.body["Data"]).toMatchObject([{ reference_no: "ORD-2404" }]);
  const list = await world.post("v1/transaction/list", {
    datab: "2026-03-04",
    datbi: "2026-03-04",
  });
  const rows = list.body["Data"] as { xact: number; xact_id: string }[];
  const { xact, xact_id } = rows.at(-1)!;
  for (const named of [{ xact }, { xact: String(xact) }, { xact_id: String(xact) }]) {
    const found = await world.post("v1/transaction/detail", named);
    expect(found.body["Data"]).toMatchObject([{ xact_id }]);
  }
});
