import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest } from "../../shape.ts";
import { rowCounts } from "./rows.ts";

let world: TestWorld;
let sale: unknown;
let hold: unknown;
beforeAll(async () => {
  world = await createWorld();
  sale = (await world.pay({ amount: "50,00" })).body["xact_id"];
  hold = (await world.pay({ amount: "50,00", transaction_type: 3 })).body["xact_id"];
  await world.advance(DAY_MS);
});
afterAll(() => world.close());

/** The literal of a JSON number as a client wrote it, which `JSON.stringify` would tidy up. */
const post = (service: string, xact_id: unknown, literal: string) =>
  world.post(`v1/transaction/${service}`, `{"xact_id":"${String(xact_id)}","amount":${literal}}`);

test.each([
  ['"10,00"'],
  ['"10.00"'],
  ["10.00"],
  ["10.5"],
  ["1e3"],
  ['"1.000"'],
  ['"1e3"'],
  ['"-100"'],
  ["-100"],
  ['"abc"'],
  ['"١٠٠"'],
  ["true"],
  ['"999999999999999"'],
])("%s is no amount in kuruş, and nothing moves", async (literal) => {
  const before = await rowCounts(world);
  const message = /^amount alanı kuruş cinsinden, ayraçsız/;
  expectBadRequest(await post("reversed_request", sale, literal), message);
  expectBadRequest(await post("capture", hold, literal), message);
  expect(await rowCounts(world)).toEqual(before);
});

test("zero means all to a refund, and to a capture nothing that could be done", async () => {
  for (const zero of ["0", '"0"', '"000"']) {
    expectBadRequest(await post("capture", hold, zero), /^amount alanı kuruş cinsinden/);
  }
  const paid = (await world.pay({ amount: "3,00" })).body["xact_id"];
  expect((await post("reversed_request", paid, '"0"')).body).toMatchObject({ code: 0 });
  const found = await world.post("v1/transaction/detail", { xact_id: paid });
  expect(found.body["Data"]).toMatchObject([{ reversed: true }]);
});

test("a capture above the hold is refused with the most that is possible", async () => {
  const answer = await post("capture", hold, '"5001"');
  expectBadRequest(answer, "amount alanı ön otorizasyon tutarını aşamaz (en fazla 50,00)");
});

test.each([
  ["not an address"],
  ["ftp://shop.example/x"],
  ["javascript:alert(1)"],
  ["//shop.example"],
])("%s is no succeedUrl", async (succeedUrl) => {
  const ask = { xact_id: sale, succeedUrl };
  const answer = await world.post("v1/transaction/reversed_request", ask);
  expectBadRequest(
    answer,
    "succeedUrl alanı http:// veya https:// ile başlayan bir adres olmalıdır",
  );
});

test.each([
  ["xk_EAAAA"],
  ["xk_"],
  ["0"],
  ["99999999999999999999"],
  ["' or 1=1 --"],
  ["xk_EAAAA!!!!!!!!!!!!!!!!!!"],
  [-1],
  [1.5],
])("the id %j names nothing", async (xact_id) => {
  for (const service of ["capture", "reversed_request", "preauth_reversal", "capture_reversal"]) {
    const answer = await world.post(`v1/transaction/${service}`, { xact_id });
    expect([answer.status, answer.body["code"]]).toEqual([200, 12]);
  }
  for (const service of ["check", "detail"]) {
    const answer = await world.post(`v1/transaction/${service}`, { xact_id });
    expect(answer.body).toMatchObject({ Data: [], code: 12 });
  }
});

test("an id above the longest is refused by its name", async () => {
  const answer = await world.post("v1/transaction/check", { xact_id: "x".repeat(101) });
  expectBadRequest(answer, "xact_id alanı en fazla 100 karakter olabilir");
});
