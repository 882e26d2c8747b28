import { afterAll, beforeAll, expect, test } from "vitest";
import { booksOf, movedBy, xactOf } from "../../support/books.ts";
import { type Answer, createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const hold = () => world.pay({ transaction_type: 3 });
const capture = (of: Answer, amount?: string) =>
  world.post("v1/transaction/capture", { xact_id: xactOf(of), amount });
const release = (of: Answer) =>
  world.post("v1/transaction/preauth_reversal", { xact_id: xactOf(of) });
const reopen = (of: Answer) =>
  world.post("v1/transaction/capture_reversal", { xact_id: xactOf(of) });
const reverse = (of: Answer, amount?: string) =>
  world.post("v1/transaction/reversed_request", { xact_id: xactOf(of), amount });
const bankOrder = async (held: Answer) =>
  (await world.bank.orders()).find((order) => order.orderNo === held.body["order_id"]);

test("a released hold is given back at the bank, books nothing, and is released once", async () => {
  const held = await hold();
  expect(await movedBy(world, () => release(held))).toEqual({});
  expect(await bankOrder(held)).toMatchObject({ state: "voided" });
  expect((await release(held)).body["code"]).toBe(6);
  expect((await capture(held)).body["code"]).toBe(6);
});

test("a hold can be released on a later day too", async () => {
  const held = await hold();
  await world.advance(2 * DAY_MS);
  expect((await release(held)).body).toMatchObject({ code: 0 });
  expect(await bankOrder(held)).toMatchObject({ state: "voided" });
});

test("what was captured is not released, and a sale is no hold", async () => {
  const held = await hold();
  await capture(held);
  expect((await release(held)).body["code"]).toBe(6);
  expect((await release(await world.pay())).body["code"]).toBe(19);
  expect(await bankOrder(held)).toMatchObject({ state: "captured" });
});

test("a capture taken back leaves the hold, to be captured for another amount", async () => {
  const held = await hold();
  const before = await booksOf(world);
  const first = await capture(held, "6000");
  const undone = await reopen(first);
  expect(undone.body).toMatchObject({ code: 0, is_succeed: true, transaction_type: 6, amount: 60 });
  expect(await booksOf(world)).toEqual(before);
  expect(await bankOrder(held)).toMatchObject({ state: "held", capturedKurus: 0 });
  expect((await reopen(first)).body["code"]).toBe(6);
  expect((await reverse(first)).body["code"]).toBe(6);

  const second = await capture(held, "7000");
  expect(second.body).toMatchObject({ code: 0, is_succeed: true, amount: 70 });
  expect((await reopen(first)).body["code"]).toBe(6);
  await world.advance(DAY_MS);
  expect((await reverse(second, "2000")).body["code"]).toBe(0);
  expect(await bankOrder(held)).toMatchObject({ capturedKurus: 7_000, refundedKurus: 2_000 });
});

test("a hold whose capture was taken back can be released", async () => {
  const held = await hold();
  await reopen(await capture(held));
  expect((await release(held)).body).toMatchObject({ code: 0 });
  expect(await bankOrder(held)).toMatchObject({ state: "voided" });
});

test("a capture is taken back on its own day only, and a sale is no capture", async () => {
  const held = await hold();
  await world.advance(DAY_MS);
  const captured = await capture(held);
  expect((await reopen(captured)).body).toMatchObject({ code: 0 });
  const again = await capture(held);
  await world.advance(DAY_MS);
  expect((await reopen(again)).body).toMatchObject({ code: 6, is_succeed: false });
  expect((await reopen(await world.pay())).body["code"]).toBe(19);
  expect(await bankOrder(held)).toMatchObject({ state: "captured" });
});
