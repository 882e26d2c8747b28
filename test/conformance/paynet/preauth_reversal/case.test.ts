import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const cancel = (xact_id: unknown) => world.post("v1/transaction/preauth_reversal", { xact_id });

test("a cancelled hold answers the envelope, and the bank let it go", async () => {
  const held = await world.pay({ transaction_type: 3, amount: "75,00" });
  const { request, response } = example(import.meta.dirname, { hold: held.body["xact_id"] });
  expectLike(await world.post("v1/transaction/preauth_reversal", request), response);
  const order = (await world.bank.orders()).find((each) => each.orderNo === held.body["order_id"]);
  expect(order?.state).toBe("voided");
});

test("twice is code 6, a sale is code 19, a captured one is code 6", async () => {
  const hold = (await world.pay({ transaction_type: 3 })).body["xact_id"];
  await cancel(hold);
  expect((await cancel(hold)).body).toMatchObject({
    code: 6,
    object_name: "transaction_preauth_reversal",
  });
  const sale = (await world.pay()).body["xact_id"];
  expect((await cancel(sale)).body).toMatchObject({ code: 19 });
  const captured = (await world.pay({ transaction_type: 3 })).body["xact_id"];
  await world.post("v1/transaction/capture", { xact_id: captured });
  expect((await cancel(captured)).body).toMatchObject({ code: 6 });
});

test("a bank's no is code 1 with the bank's words", async () => {
  const hold = (await world.pay({ transaction_type: 3 })).body["xact_id"];
  await world.bank.fault("decline", { op: "void" }, { code: "05" });
  const refused = await cancel(hold);
  expect(refused.body).toMatchObject({ code: 1 });
  expect(refused.body["message"]).not.toBe("Başarılı İşlem");
});
