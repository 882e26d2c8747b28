import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test("a sale is approved by the bank, found by check, and the books balance", async () => {
  const paid = await world.pay({ reference_no: "FIRST", amount: "150,75" });
  expect(paid.body).toMatchObject({
    is_succeed: true,
    code: 0,
    amount: 150.75,
    net_amount: 147.13,
  });
  const found = await world.post("v1/transaction/check", { reference_no: "FIRST" });
  expect(found.body["Data"]).toMatchObject([{ xact_id: paid.body["xact_id"], is_succeed: true }]);
  const report = await world.isSound();
  expect(report.balances[0]?.balances).toContainEqual(
    expect.objectContaining({ account: "company:payable", balanceMinor: -14713n }),
  );
});

test("a hold is captured in part, refunded in part a day later, and the books agree", async () => {
  const held = await world.pay({ transaction_type: 3, amount: "80,00" });
  const captured = await world.post("v1/transaction/capture", {
    xact_id: held.body["xact_id"],
    amount: "5000",
  });
  expect(captured.body).toMatchObject({ is_succeed: true, transaction_type: 4, amount: 50 });
  await world.advance(DAY_MS);
  const refunded = await world.post("v1/transaction/reversed_request", {
    xact_id: captured.body["xact_id"],
    amount: "1000",
  });
  expect(refunded.body).toEqual({
    object_name: "transaction_reversed_request",
    code: 0,
    message: "Başarılı İşlem",
  });
  await world.isSound();
});
