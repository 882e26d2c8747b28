import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test("a reversal list answers the ids of original and refund, by its day", async () => {
  const sale = await world.pay({
    amount: "320,00",
    agent_id: "20001",
    user_id: "kasa-3",
  });
  await world.advance(DAY_MS);
  await world.post("v1/transaction/reversed_request", {
    xact_id: sale.body["xact_id"],
    amount: "2000",
  });
  const { request, response } = example(import.meta.dirname);
  const found = await world.post("v1/transaction/reversal_list", request);
  expectLike(found, response);
  const [row] = found.body["Data"] as Record<string, unknown>[];
  expect(row?.["xact_id"]).toBe(sale.body["xact_id"]);
  const original = await world.post("v1/transaction/detail", { xact: row?.["id"] });
  expect(original.body["Data"]).toMatchObject([{ xact_id: sale.body["xact_id"] }]);
  const refund = await world.post("v1/transaction/detail", { xact: row?.["reversed_id"] });
  expect(refund.body["Data"]).toMatchObject([{ xact_id: row?.["reversed_xact_id"], amount: 20 }]);
});

test("a cancel that the bank refused stays visible with its words", async () => {
  world.clock.advance(1_000);
  const sale = await world.pay();
  await world.bank.fault("decline", { op: "void" }, { code: "05" });
  await world.post("v1/transaction/reversed_request", { xact_id: sale.body["xact_id"] });
  const day = { datab: "2026-03-05", datbi: "2026-03-05" };
  const found = await world.post("v1/transaction/reversal_list", day);
  const [row] = found.body["Data"] as Record<string, unknown>[];
  expect(row).toMatchObject({
    xact_type: "R",
    status: 4,
    status_desc: "Banka reddetti",
    is_succeed: false,
    xact_id: sale.body["xact_id"],
  });
  expect(row?.["note"]).not.toBe("");
});
