import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const hold = async (reference_no: string) => {
  world.clock.advance(1_000);
  const held = await world.pay({
    reference_no,
    amount: "90,00",
    transaction_type: 3,
    user_id: "kasa-3",
  });
  return held.body["xact_id"];
};

test("a capture answers charge's members with type 4 and an id of its own", async () => {
  const held = await hold("ORD-2402");
  const { request, response } = example(import.meta.dirname, { hold: held });
  const captured = await world.post("v1/transaction/capture", request);
  expectLike(captured, response);
  expect(captured.body["xact_id"]).not.toBe(held);
});

test("a capture is named by plain number or reference just as well", async () => {
  await hold("ORD-2411");
  const list = await world.post("v1/transaction/list", {
    datab: "2026-03-04",
    datbi: "2026-03-04",
  });
  const [row] = list.body["Data"] as { xact: number }[];
  const byNumber = await world.post("v1/transaction/capture", { xact: row?.xact });
  expect(byNumber.body).toMatchObject({ is_succeed: true, reference_no: "ORD-2411", amount: 90 });
  await hold("ORD-2412");
  const byReference = await world.post("v1/transaction/capture", { reference_no: "ORD-2412" });
  expect(byReference.body).toMatchObject({ is_succeed: true, reference_no: "ORD-2412" });
});

test("a capture that the bank declines keeps the hold", async () => {
  const xact_id = await hold("ORD-2413");
  await world.bank.fault("decline", { op: "capture" }, { code: "51" });
  const declined = await world.post("v1/transaction/capture", { xact_id });
  expect(declined.body).toMatchObject({ code: 0, is_succeed: false, object_name: "transaction" });
  expect(declined.body["bank_error_id"]).not.toBe("");
  const again = await world.post("v1/transaction/capture", { xact_id });
  expect(again.body).toMatchObject({ is_succeed: true });
});

test.each([
  { what: "a sale", type: 1, isCaptured: false, code: 19, why: "İşlem tipi" },
  { what: "a captured hold", type: 3, isCaptured: true, code: 6, why: "daha önce çekilmiş" },
])("a capture of $what is refused", async ({ type, isCaptured, code, why }) => {
  const paid = await world.pay({ transaction_type: type });
  const xact_id = paid.body["xact_id"];
  if (isCaptured) await world.post("v1/transaction/capture", { xact_id });
  const refused = await world.post("v1/transaction/capture", { xact_id });
  expect(refused.status).toBe(200);
  expect(refused.body).toMatchObject({ code, is_succeed: false, object_name: "transaction" });
  expect(refused.body["paynet_error_id"]).toBe(String(code));
  expect(refused.body["message"]).toContain(why);
});

test("a capture of what nobody knows is code 12", async () => {
  const refused = await world.post("v1/transaction/capture", { xact_id: "xk_EAAAAnothing" });
  expect(refused.body).toMatchObject({ code: 12, is_succeed: false, message: "İşlem bulunamadı" });
});
