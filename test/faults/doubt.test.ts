import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sandboxPos } from "../../src/main/demo.ts";
import { verify } from "../../src/main/verify/index.ts";
import { INQUIRY_GAPS_MS } from "../../src/payments/doubt.rules.ts";
import { type Answer, createWorld, DAY_MS, type TestWorld } from "../support/world.ts";
import {
  arrivesLate,
  bankCalls,
  bankOrder,
  checkOf,
  endDoubt,
  expectSound,
  hurriedWorld,
  lastOf,
  moneyCalls,
  orderOf,
  SILENCE_MS,
  xactOf,
} from "./hands.ts";

const ALWAYS = 1_000;
const HOUR_MS = 60 * 60 * 1_000;
let world: TestWorld;
beforeAll(async () => {
  world = await hurriedWorld();
});
afterAll(() => world.close());
beforeEach(() => world.bank.clearFaults());

const isInDoubt = async (orderId: string) => (await lastOf(world, orderId))["is_in_doubt"];

/** A charge whose answer is lost; `arrives` says whether the bank carried it out. */
async function lostCharge(arrives: boolean, type = 1) {
  const reference = world.reference();
  const action = arrives ? "reset_after_commit" : "reset_before_commit";
  await world.bank.fault(action, { op: type === 1 ? "sale" : "preauth" });
  const answer = await world.pay({ reference_no: reference, transaction_type: type });
  expect(answer.body).toMatchObject({ code: 10, is_succeed: false });
  world.clock.advance(1);
  return { reference, answer, orderId: orderOf(answer) };
}

const pay = (reference: string) => world.pay({ reference_no: reference });
const capture = (of: Answer, more: object = {}) =>
  world.post("v1/transaction/capture", { xact_id: xactOf(of), ...more });
const reverse = (of: Answer, more: object = {}) =>
  world.post("v1/transaction/reversed_request", { xact_id: xactOf(of), ...more });

/** Asks as the schedule does until only its person is left. */
async function exhaustSchedule(): Promise<void> {
  for (const gap of INQUIRY_GAPS_MS) await world.advance(gap);
}

/** Attempts that a person is told to look at, by their bank's order id. */
async function flagged(): Promise<string[]> {
  const report = await verify(world.db, world.clock(), world.bank);
  return report.flagged.map((each) => each.payment_id.slice("pay_".length));
}

async function eventsOf(orderId: string): Promise<string[]> {
  const rows = await world.db.kysely
    .selectFrom("events")
    .select("type")
    .where("merchant_id", "=", world.merchant.merchantId)
    .where("subject_id", "=", `pay_${orderId}`)
    .orderBy("created_at")
    .execute();
  return rows.map((row) => row.type);
}

describe("a charge that the bank does not find", () => {
  test("is believed lost after three answers over five minutes and one void", async () => {
    const { reference, orderId } = await lostCharge(false);
    for (const gap of INQUIRY_GAPS_MS.slice(0, 5)) {
      await world.advance(gap);
      expect(await isInDoubt(orderId)).toBe(true);
      expect(await moneyCalls(world, orderId)).toEqual(["sale"]);
    }
    await world.advance(INQUIRY_GAPS_MS[5]!);
    expect(await lastOf(world, orderId)).toMatchObject({ is_in_doubt: false, is_succeed: false });
    expect(await moneyCalls(world, orderId)).toEqual(["sale", "void"]);
    expect(await bankOrder(world, orderId)).toBeUndefined();

    const fresh = await pay(reference);
    expect(fresh.body).toMatchObject({ code: 0, is_succeed: true });
    expect(orderOf(fresh)).not.toBe(orderId);
    expect(await checkOf(world, reference)).toMatchObject([
      { is_succeed: true },
      { is_succeed: false, is_in_doubt: false },
    ]);
    await expectSound(world);
  });

  test("and had happened after all is taken back by that void", async () => {
    const { reference, orderId } = await lostCharge(true);
    await world.bank.fault("not_found_for", { op: "inquire" }, {}, ALWAYS);
    expect(await endDoubt(world, orderId)).toMatchObject({ is_in_doubt: false, is_succeed: false });
    expect(await moneyCalls(world, orderId)).toEqual(["sale", "void"]);
    expect(await bankOrder(world, orderId)).toMatchObject({ state: "voided" });
    await world.bank.clearFaults();
    expect((await pay(reference)).body).toMatchObject({ code: 0, is_succeed: true });
    await expectSound(world);
  });

  test("is not given up while the safety void's own answer is lost", async () => {
    const { orderId } = await lostCharge(true);
    await world.bank.fault("not_found_for", { op: "inquire" }, {}, 6);
    await world.bank.fault("reset_after_commit", { op: "void" });
    for (const gap of INQUIRY_GAPS_MS.slice(0, 6)) await world.advance(gap);
    expect(await isInDoubt(orderId)).toBe(true);
    expect(await endDoubt(world, orderId)).toMatchObject({ is_in_doubt: false, is_succeed: false });
    expect(await moneyCalls(world, orderId)).toEqual(["sale", "void"]);
    await expectSound(world);
  });

  test("by a caller's questions alone is not believed lost before five minutes", async () => {
    const { reference, orderId } = await lostCharge(false);
    for (let i = 0; i < 6; i += 1) expect((await pay(reference)).body).toMatchObject({ code: 10 });
    expect(await moneyCalls(world, orderId)).toEqual(["sale"]);
    await endDoubt(world, orderId);
  });
});

describe("a bank that does not answer questions", () => {
  test("for hours: the payment is flagged, told of once, and found when it is back", async () => {
    const { reference, orderId } = await lostCharge(true);
    await world.bank.fault("refuse", { op: "inquire" }, {}, ALWAYS);
    await exhaustSchedule();
    expect(await flagged()).toContain(orderId);
    await world.advance(6 * HOUR_MS);
    await world.advance(6 * HOUR_MS);
    expect(await eventsOf(orderId)).toEqual(["payment.needs_attention"]);
    expect((await pay(reference)).body).toMatchObject({ code: 10 });

    await world.bank.clearFaults();
    await world.advance(6 * HOUR_MS);
    expect(await lastOf(world, orderId)).toMatchObject({ is_in_doubt: false, is_succeed: true });
    expect(await flagged()).not.toContain(orderId);
    expect(await moneyCalls(world, orderId)).toEqual(["sale"]);
    await expectSound(world);
  });

  test("and then says that it never saw the payment: the flagged doubt still ends", async () => {
    const { orderId } = await lostCharge(false);
    await world.bank.fault("refuse", { op: "inquire" }, {}, ALWAYS);
    await exhaustSchedule();
    expect(await flagged()).toContain(orderId);
    await world.bank.clearFaults();
    for (let i = 0; i < 3; i += 1) await world.advance(6 * HOUR_MS);
    expect(await lastOf(world, orderId)).toMatchObject({ is_in_doubt: false, is_succeed: false });
    await expectSound(world);
  });

  test("a flagged payment is settled by the client's own next request", async () => {
    const { reference, orderId } = await lostCharge(true);
    await world.bank.fault("refuse", { op: "inquire" }, {}, ALWAYS);
    await exhaustSchedule();
    await world.bank.clearFaults();
    expect((await pay(reference)).body).toMatchObject({ code: 5, is_succeed: false });
    expect(await lastOf(world, orderId)).toMatchObject({ is_succeed: true });
    expect(await flagged()).not.toContain(orderId);
  });

  test("callers who ask often neither charge again nor use up the schedule", async () => {
    const { reference, orderId } = await lostCharge(true);
    await world.bank.fault("refuse", { op: "inquire" }, {}, 15);
    for (let i = 0; i < 15; i += 1) {
      expect((await pay(reference)).body).toMatchObject({ code: 10, is_succeed: false });
    }
    expect(await moneyCalls(world, orderId)).toEqual(["sale"]);
    expect(await flagged()).not.toContain(orderId);
    await world.advance(INQUIRY_GAPS_MS[0]!);
    expect(await lastOf(world, orderId)).toMatchObject({ is_in_doubt: false, is_succeed: true });
    expect((await pay(reference)).body).toMatchObject({ code: 5 });
  });
});

describe("an operation on a payment in doubt", () => {
  test("asks the bank first and then goes on: capture of a hold that stands", async () => {
    const { answer, orderId } = await lostCharge(true, 3);
    expect((await capture(answer)).body).toMatchObject({ code: 0, is_succeed: true, amount: 100 });
    expect(await bankCalls(world, orderId)).toEqual(["preauth", "inquire", "capture"]);
    await expectSound(world);
  });

  test("is refused as in doubt while the bank does not find the hold", async () => {
    const { answer, orderId } = await lostCharge(false, 3);
    expect((await capture(answer)).body).toMatchObject({ code: 10, is_succeed: false });
    expect(await bankCalls(world, orderId)).toEqual(["preauth", "inquire"]);
    expect(await endDoubt(world, orderId)).toMatchObject({ is_succeed: false });
    expect((await capture(answer)).body).toMatchObject({ code: 12 });
  });

  test("voids a sale that stands, and asks about one that does not say", async () => {
    const known = await lostCharge(true);
    expect((await reverse(known.answer)).body).toMatchObject({ code: 0 });
    expect(await bankCalls(world, known.orderId)).toEqual(["sale", "inquire", "void"]);
    const silent = await lostCharge(true);
    await world.bank.fault("refuse", { op: "inquire" });
    expect((await reverse(silent.answer)).body).toMatchObject({ code: 10 });
    expect(await moneyCalls(world, silent.orderId)).toEqual(["sale"]);
    await endDoubt(world, silent.orderId);
    await expectSound(world);
  });

  test("refunds a capture that was in doubt, by what the bank's history says", async () => {
    const held = await world.pay({ transaction_type: 3 });
    world.clock.advance(1);
    await world.bank.fault("reset_after_commit", { op: "capture" });
    const lost = await capture(held, { amount: "6000" });
    expect(lost.body).toMatchObject({ code: 10 });
    world.clock.advance(DAY_MS); // Without asking: the refund must do that.
    expect((await reverse(lost, { amount: "2000" })).body).toMatchObject({ code: 0 });
    expect(await bankOrder(world, orderOf(held))).toMatchObject({
      capturedKurus: 6000,
      refundedKurus: 2000,
    });
    expect(await moneyCalls(world, orderOf(held))).toEqual(["preauth", "capture", "refund"]);
    await expectSound(world);
  });

  test("a second refund counts the one in doubt before it goes on", async () => {
    const paid = await world.pay();
    await world.advance(DAY_MS);
    await world.bank.fault("reset_after_commit", { op: "refund" });
    expect((await reverse(paid, { amount: "7000" })).body).toMatchObject({ code: 10 });
    world.clock.advance(1);
    expect((await reverse(paid, { amount: "7000" })).body).toMatchObject({ code: 1 });
    expect((await reverse(paid, { amount: "3000" })).body).toMatchObject({ code: 0 });
    expect(await bankOrder(world, orderOf(paid))).toMatchObject({ refundedKurus: 10_000 });
    expect(await moneyCalls(world, orderOf(paid))).toEqual(["sale", "refund", "refund"]);
    await expectSound(world);
  });

  test("a late capture after an earlier one was taken back is not given up", async () => {
    const held = await world.pay({ transaction_type: 3 });
    const orderId = orderOf(held);
    world.clock.advance(1);
    const first = await capture(held);
    world.clock.advance(1);
    await world.post("v1/transaction/capture_reversal", { xact_id: xactOf(first) });
    world.clock.advance(1);
    await world.bank.fault("delay", { op: "capture" }, { ms: SILENCE_MS, commitLate: true });
    expect((await capture(held)).body).toMatchObject({ code: 10 });
    await world.advance(INQUIRY_GAPS_MS[0]!);
    expect(await isInDoubt(orderId)).toBe(true);
    await arrivesLate(world, orderId);
    expect(await endDoubt(world, orderId)).toMatchObject({ xact_type: "CR", is_succeed: true });
    await expectSound(world);
  });
});

test("a bank that cannot be reached says a plain no, and the reference is free", async () => {
  const nobody = await createWorld({ merchant: { pos: sandboxPos("http://127.0.0.1:1") } });
  try {
    for (let i = 0; i < 2; i += 1) {
      const { body } = await nobody.pay({ reference_no: "NOBODY" });
      expect(body).toMatchObject({ code: 0, is_succeed: false, bank_error_id: "bank_unreachable" });
      // What the network said names addresses of our own side.
      expect(body["bank_error_message"]).toBe("Bankaya bağlanılamadı; karttan para çekilmedi");
    }
    expect(await nobody.bank.orders()).toEqual([]);
    await nobody.isSound();
  } finally {
    await nobody.close();
  }
});

test("after all of these nothing is left in doubt", async () => {
  const report = await world.isSound();
  expect(report.flagged).toEqual([]);
  const doubts = report.findings.find(({ counted }) => counted.includes("in doubt"));
  expect(doubts?.counted).toBe("0 attempts in doubt");
});
