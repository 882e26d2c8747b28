import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const reverse = (body: object) => world.post("v1/transaction/reversed_request", body);
const sell = async (more: object = {}) => (await world.pay(more)).body["xact_id"];

test("a cancel answers the envelope and nothing else", async () => {
  const { request, response } = example(import.meta.dirname, { sale: await sell() });
  expectLike(await reverse(request), response);
});

test("on the day of sale a part is code 1 and told what to do", async () => {
  const refused = await reverse({ xact_id: await sell(), amount: "1000" });
  expect(refused.status).toBe(200);
  expect(refused.body).toEqual({
    object_name: "transaction_reversed_request",
    code: 1,
    message: expect.stringContaining("kısmi iade yapılamaz") as string,
  });
});

test("later parts are refunded until nothing is left", async () => {
  const xact_id = await sell({ amount: "50,00" });
  await world.advance(DAY_MS);
  expect((await reverse({ xact_id, amount: 2000 })).body).toMatchObject({ code: 0 });
  expect((await reverse({ xact_id, amount: "3001" })).body).toMatchObject({
    code: 1,
    message: expect.stringContaining("30,00") as string,
  });
  expect((await reverse({ xact_id })).body).toMatchObject({ code: 0 });
  expect((await reverse({ xact_id })).body).toMatchObject({
    code: 6,
    message: "Yapılacak işlem yok: tutar daha önce iade edilmiş",
  });
  await world.isSound();
});

test("a hold is code 19, an unknown or declined transaction is code 12", async () => {
  const hold = await sell({ transaction_type: 3 });
  expect((await reverse({ xact_id: hold })).body).toMatchObject({ code: 19 });
  const declined = await sell({ amount: "7.001,51" });
  expect((await reverse({ xact_id: declined })).body).toMatchObject({ code: 12 });
  expect((await reverse({ xact_id: "xk_EAAAAnobody" })).body).toMatchObject({ code: 12 });
});

test("a bank's no is code 1 with the bank's words", async () => {
  const xact_id = await sell();
  await world.bank.fault("decline", { op: "void" }, { code: "05" });
  const refused = await reverse({ xact_id });
  expect(refused.body).toMatchObject({ code: 1, object_name: "transaction_reversed_request" });
  expect(refused.body["message"]).not.toBe("");
  expect(refused.body["message"]).not.toBe("Başarılı İşlem");
});
