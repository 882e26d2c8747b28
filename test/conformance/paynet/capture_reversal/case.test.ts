import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function captured(reference_no: string) {
  const hold = await world.pay({ reference_no, transaction_type: 3, amount: "90,00" });
  const xact_id = hold.body["xact_id"];
  const done = await world.post("v1/transaction/capture", { xact_id, amount: "6150" });
  return { hold: xact_id, capture: done.body["xact_id"] };
}

test("a cancelled capture answers type 6, and the hold is open again", async () => {
  const ids = await captured("ORD-2409");
  const { request, response } = example(import.meta.dirname, ids);
  expectLike(await world.post("v1/transaction/capture_reversal", request), response);
  const again = await world.post("v1/transaction/capture", { xact_id: ids.hold });
  expect(again.body).toMatchObject({ is_succeed: true, amount: 90, transaction_type: 4 });
  await world.isSound();
});

test("a hold is code 19, twice is code 6, and later a refund is pointed to", async () => {
  const cancel = (xact_id: unknown) => world.post("v1/transaction/capture_reversal", { xact_id });
  const ids = await captured("ORD-2415");
  expect((await cancel(ids.hold)).body).toMatchObject({ code: 19, is_succeed: false });
  await cancel(ids.capture);
  expect((await cancel(ids.capture)).body).toMatchObject({ code: 6, is_succeed: false });
  const later = await captured("ORD-2416");
  await world.advance(DAY_MS);
  const refused = await cancel(later.capture);
  expect(refused.body).toMatchObject({ code: 6, is_succeed: false, object_name: "transaction" });
  expect(refused.body["message"]).toMatch(/iade/);
});
