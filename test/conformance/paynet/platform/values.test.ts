import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest, expectError } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const english = { "accept-language": "en-GB,en;q=0.8" };
const form = { "content-type": "application/x-www-form-urlencoded" };

test("every sentence comes in Turkish, or in English where that is asked for first", async () => {
  const paid = await world.pay({}, english);
  expect(paid.body).toMatchObject({ code: 0, message: "Success" });
  const ask = { xact_id: paid.body["xact_id"], amount: "1000" };
  const refused = await world.post("v1/transaction/reversed_request", ask, english);
  expect(refused.body["message"]).toMatch(/^No partial refund on the day of sale/);
  const declined = await world.pay({ amount: "7.001,51" }, english);
  expect(declined.body["bank_error_short_desc"]).toBe("Insufficient limit or balance");
  expectBadRequest(await world.pay({ amount: "" }, english), "amount is required");
  const unknown = await world.post("v1/transaction/check", {}, { ...english, authorization: "" });
  expectError(unknown, 401, "authorization_error", 7, "Your API key is wrong");
  const turkish = { "accept-language": "tr-TR, en;q=0.5" };
  expectBadRequest(await world.pay({ amount: "" }, turkish), "amount alanı zorunludur");
});

test("an id with spaces for plus signs or slashes for stars is the same id", async () => {
  const ids: string[] = [];
  const has = (sign: string) => ids.find((id) => id.includes(sign));
  for (let i = 0; i < 200 && !(has("+") && has("*")); i += 1) {
    ids.push(String((await world.pay({ amount: "1,00" })).body["xact_id"]));
  }
  const plus = has("+") ?? "";
  const star = has("*") ?? "";
  const find = async (body: unknown, headers = {}) => {
    const found = await world.post("v1/transaction/check", body, headers);
    return (found.body["Data"] as { xact_id: string }[])[0]?.xact_id;
  };
  expect(await find({ xact_id: plus })).toBe(plus);
  expect(await find(`xact_id=${plus}`, form)).toBe(plus);
  expect(await find(`xact_id=${encodeURIComponent(plus)}`, form)).toBe(plus);
  expect(await find({ xact_id: star.replaceAll("*", "/") })).toBe(star);
  expect(await find({ xact_id: ` ${star} ` })).toBe(star);
  // Opaque: another letter, another case or half of it is another id.
  const last = star.endsWith("A") ? "Q" : "A";
  for (const other of [star.toLowerCase(), star.slice(0, -1), `${star.slice(0, -1)}${last}`]) {
    expect(await find({ xact_id: other })).toBeUndefined();
  }
});

test.each([
  ["2026-03-04", "2026-03-04"],
  ["04.03.2026", "04.03.2026"],
  ["2026-03-04T23:59:59.9405776+03:00", "04.03.2026 00:00:00"],
  [" 2026-03-04 ", "2026-03-04T00:00:00"],
  ["0001-01-01T00:00:00", "9999-12-31"],
  ["04.03.2026", "05.03.2026"],
])("the days %s to %s hold a sale of 4 March", async (datab, datbi) => {
  const sale = await world.pay();
  const found = await world.post("v1/transaction/list", { datab, datbi, limit: 1 });
  expect(found.body["total"]).toBeGreaterThan(0);
  const names = { datab, datbi, limit: 1_000 };
  const rows = (await world.post("v1/transaction/list", names)).body["Data"] as object[];
  expect(rows).toContainEqual(expect.objectContaining({ xact_id: sale.body["xact_id"] }));
});

test("a day is Istanbul's: a sale after its midnight is the next day's", async () => {
  const late = await createWorld();
  try {
    late.clock.advance(11 * 60 * 60 * 1_000 + 59 * 60 * 1_000);
    await late.pay({ reference_no: "BEFORE" });
    late.clock.advance(2 * 60 * 1_000);
    await late.pay({ reference_no: "AFTER" });
    const listOf = async (day: string) => {
      const found = await late.post("v1/transaction/list", { datab: day, datbi: day });
      return (found.body["Data"] as { reference_no: string }[]).map((row) => row.reference_no);
    };
    expect(await listOf("2026-03-04")).toEqual(["BEFORE"]);
    expect(await listOf("2026-03-05")).toEqual(["AFTER"]);
  } finally {
    await late.close();
  }
});

test.each([
  ["30.02.2026"],
  ["2026-02-30"],
  ["2026-13-01"],
  ["04/03/2026"],
  ["2026-3-4"],
  ["20260304"],
  ["yesterday"],
  [20260304],
  [true],
])("%j is no day", async (datab) => {
  const answer = await world.post("v1/transaction/list", { datab, datbi: "2026-03-04" });
  expectBadRequest(answer, /^datab alanı geçerli bir tarih olmalıdır/);
});

test("an Idempotency-Key repeats the answer, and another request under it is refused", async () => {
  const key = { "idempotency-key": "order-77/try-1" };
  const first = await world.pay({ reference_no: "IK-1" }, key);
  const again = await world.pay({ reference_no: "IK-1" }, key);
  expect(again.body).toEqual(first.body);
  const other = await world.pay({ reference_no: "IK-1", amount: "101,00" }, key);
  expectError(other, 400, "invalid_request_error", 5, /Idempotency-Key/);
  const orders = (await world.bank.orders()).filter(
    (order) => order.orderNo === first.body["order_id"],
  );
  expect(orders).toMatchObject([{ saleKurus: 10_000 }]);
});

test.each([
  ["spaces within", "a b"],
  ["no character", ""],
  ["letters beyond ASCII", "caf\u00e9"],
  ["256 characters", "k".repeat(256)],
])("an Idempotency-Key of %s is malformed, and nothing is charged", async (_what, key) => {
  const orders = (await world.bank.orders()).length;
  const answer = await world.pay({}, { "idempotency-key": key });
  expectBadRequest(answer, /^Idempotency-Key/);
  expect((await world.bank.orders()).length).toBe(orders);
});

test("without a key the reference is the lock: a second success is code 5", async () => {
  await world.pay({ reference_no: "ONCE" });
  const second = await world.pay({ reference_no: "ONCE" });
  expect(second.status).toBe(200);
  expect(second.body).toMatchObject({ code: 5, is_succeed: false, paynet_error_id: "5" });
  expect(second.body["message"]).toMatch(/ONCE.*v1\/transaction\/check/);
});

test("a payment in doubt is code 10, always listed and never charged again", async () => {
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await world.bank.fault("system_error", { op: "inquire" }, {}, 10);
  await world.bank.fault("system_error", { op: "history" }, {}, 10);
  const doubtful = await world.pay({ reference_no: "DOUBT" });
  expect(doubtful.body).toMatchObject({ code: 10, is_succeed: false, paynet_error_id: "10" });
  expect(doubtful.body["message"]).toMatch(/v1\/transaction\/check/);
  const day = { datab: "2026-03-04", datbi: "2026-03-04", limit: 1_000 };
  for (const show_unsucceed of [true, false]) {
    const found = await world.post("v1/transaction/list", { ...day, show_unsucceed });
    expect(found.body["Data"]).toContainEqual(
      expect.objectContaining({ reference_no: "DOUBT", is_in_doubt: true, is_succeed: false }),
    );
  }
  const again = await world.pay({ reference_no: "DOUBT" });
  expect(again.body).toMatchObject({ code: 10, is_succeed: false });
  await world.bank.clearFaults();
  await world.advance(60_000);
  const found = await world.post("v1/transaction/check", { reference_no: "DOUBT" });
  expect(found.body).toMatchObject({ code: 0, Data: [{ is_succeed: true, is_in_doubt: false }] });
  await world.isSound();
});
