import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
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
beforeEach(() => world.bank.clearFaults());

const hold = (amount = "100,00") => world.pay({ transaction_type: 3, amount });
const capture = (body: object) => world.post("v1/transaction/capture", body);
const bankOrder = async (held: Answer) =>
  (await world.bank.orders()).find((order) => order.orderNo === held.body["order_id"]);

describe("a capture", () => {
  test("of the whole books what a sale books; the hold itself books nothing", async () => {
    expect(await movedBy(world, () => hold("1,00"))).toEqual({});
    const held = await hold();
    const moved = await movedBy(world, () => capture({ xact_id: xactOf(held) }));
    expect(moved).toEqual({
      "bank:receivable": 10_000n,
      "company:payable": -9_760n,
      "platform:commission": -200n,
      "state:commission_tax": -40n,
    });
    const sold = await movedBy(world, () => world.pay());
    expect(sold).toEqual(moved);
  });

  test("of a part takes the commission of that part, and the bank releases the rest", async () => {
    const held = await hold();
    let captured: Answer | undefined;
    const moved = await movedBy(world, async () => {
      captured = await capture({ xact_id: xactOf(held), amount: "3333" });
    });
    expect(captured?.body).toMatchObject({
      code: 0,
      is_succeed: true,
      transaction_type: 4,
      amount: 33.33,
      comission: 0.67,
      comission_tax: 0.13,
      net_amount: 32.53,
    });
    expect(moved).toEqual({
      "bank:receivable": 3_333n,
      "company:payable": -3_253n,
      "platform:commission": -67n,
      "state:commission_tax": -13n,
    });
    expect(await bankOrder(held)).toMatchObject({ state: "captured", capturedKurus: 3_333 });
    // The rest is gone: a second capture finds nothing to do.
    expect((await capture({ xact_id: xactOf(held), amount: "100" })).body["code"]).toBe(6);
  });

  test("finds its hold by reference and by number too", async () => {
    const byReference = await hold();
    const reference_no = byReference.body["reference_no"];
    expect((await capture({ reference_no })).body).toMatchObject({ code: 0, is_succeed: true });
    const byNumber = await hold();
    const { rows } = await world.db.pool.query(
      "select xact from payment_attempts where payment_id = $1",
      [`pay_${String(byNumber.body["order_id"])}`],
    );
    const xact = String((rows[0] as { xact: bigint }).xact);
    expect((await capture({ xact })).body).toMatchObject({ code: 0, is_succeed: true });
  });

  test.each([
    ["above the hold", { amount: "10001" }, 400, 11],
    ["of a negative amount", { amount: "-1" }, 400, 11],
    ["of an amount with a comma", { amount: "10,00" }, 400, 11],
  ])("%s is refused and leaves the hold", async (_, more, status, code) => {
    const held = await hold();
    const refused = await capture({ xact_id: xactOf(held), ...more });
    expect(refused).toMatchObject({ status, body: { result_code: code } });
    expect(await bankOrder(held)).toMatchObject({ state: "held", capturedKurus: 0 });
  });

  test("of a sale, of a capture and of nothing known is refused as what it is", async () => {
    const sold = await world.pay();
    expect((await capture({ xact_id: xactOf(sold) })).body["code"]).toBe(19);
    const captured = await capture({ xact_id: xactOf(await hold()) });
    expect((await capture({ xact_id: xactOf(captured) })).body["code"]).toBe(19);
    expect((await capture({ reference_no: "NOT-THERE" })).body["code"]).toBe(12);
    const declined = await world.pay({ transaction_type: 3, pan: "5100050000006661" });
    expect((await capture({ xact_id: xactOf(declined) })).body["code"]).toBe(12);
  });

  test("that the bank refuses leaves the hold, and can be tried again", async () => {
    const held = await hold();
    await world.bank.fault("decline", { op: "capture" }, { code: "05" });
    const books = await booksOf(world);
    const refused = await capture({ xact_id: xactOf(held) });
    expect(refused.body).toMatchObject({ code: 0, is_succeed: false, bank_error_id: "05" });
    expect(await booksOf(world)).toEqual(books);
    const captured = await capture({ xact_id: xactOf(held) });
    expect(captured.body).toMatchObject({ code: 0, is_succeed: true });
  });

  test("of a hold that the bank let lapse is its no, and books nothing", async () => {
    const held = await hold();
    await world.advance(16 * DAY_MS);
    const moved = await movedBy(world, async () => {
      const late = await capture({ xact_id: xactOf(held) });
      expect(late.body).toMatchObject({ code: 0, is_succeed: false });
      expect(late.body["bank_error_id"]).not.toBe("");
    });
    expect(moved).toEqual({});
  });
});
