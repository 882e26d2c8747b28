import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Answer, DAY_MS, type TestWorld } from "../support/world.ts";
import {
  arrivesLate,
  bankOrder,
  checkOf,
  endDoubt,
  expectSound,
  hurriedWorld,
  lastOf,
  liveCharges,
  moneyCalls,
  orderOf,
  rowsOf,
  SILENCE_MS,
  xactOf,
} from "./hands.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await hurriedWorld();
});
afterAll(() => world.close());
beforeEach(() => world.bank.clearFaults());

type Fault = Readonly<{ action: string; params?: object; executes: boolean }>;
/** Faults that leave the caller without an answer it can believe. */
const losing: readonly Fault[] = [
  { action: "reset_before_commit", executes: false },
  { action: "reset_after_commit", executes: true },
  { action: "refuse", executes: false },
  { action: "half_reply", params: { end: "fin" }, executes: true },
  { action: "half_reply", params: { end: "rst" }, executes: true },
  { action: "delay", params: { ms: SILENCE_MS }, executes: true },
  { action: "delay", params: { ms: SILENCE_MS, commitLate: true }, executes: true },
  { action: "slow_drip", params: { ms: 50 }, executes: true },
  { action: "html_502", params: { commit: true }, executes: true },
  { action: "html_502", params: { commit: false }, executes: false },
  { action: "http_500", params: { commit: true }, executes: true },
  { action: "http_500", params: { commit: false }, executes: false },
  { action: "waf_reject", params: { commit: false }, executes: false },
  { action: "waf_reject", params: { commit: true }, executes: true },
  { action: "maintenance", params: { commit: false }, executes: false },
  { action: "empty_body", params: { commit: true }, executes: true },
  { action: "empty_body", params: { commit: false }, executes: false },
  { action: "invalid_xml", params: { commit: true }, executes: true },
  { action: "invalid_xml", params: { commit: false }, executes: false },
  { action: "system_error", params: { commit: true }, executes: true },
  { action: "system_error", params: { commit: false }, executes: false },
];

type Operation = Readonly<{
  /** What the bank calls it, and its letters in lists. */
  op: string;
  letters: string;
  /** Brings a payment so far that the operation comes next; answers its first charge. */
  prepare(reference: string): Promise<Answer | undefined>;
  run(reference: string, charged: Answer | undefined): Promise<Answer>;
  /** The order at the bank when the operation was done, and when it was not. */
  done: object;
  undone: object | undefined;
}>;

const AMOUNT = "10,00";
const pay = (reference: string, type = 1) =>
  world.pay({ reference_no: reference, amount: AMOUNT, transaction_type: type });
const named = (charged: Answer | undefined) => ({ xact_id: charged && xactOf(charged) });

const operations: Readonly<Record<string, Operation>> = {
  sale: {
    op: "sale",
    letters: "S",
    prepare: async () => undefined,
    run: (reference) => pay(reference),
    done: { state: "captured", capturedKurus: 1000 },
    undone: undefined,
  },
  hold: {
    op: "preauth",
    letters: "PR",
    prepare: async () => undefined,
    run: (reference) => pay(reference, 3),
    done: { state: "held", saleKurus: 1000 },
    undone: undefined,
  },
  capture: {
    op: "capture",
    letters: "CR",
    prepare: (reference) => pay(reference, 3),
    run: (_, charged) => world.post("v1/transaction/capture", named(charged)),
    done: { state: "captured", capturedKurus: 1000 },
    undone: { state: "held", capturedKurus: 0 },
  },
  void: {
    op: "void",
    letters: "R",
    prepare: (reference) => pay(reference),
    run: (_, charged) => world.post("v1/transaction/reversed_request", named(charged)),
    done: { state: "voided" },
    undone: { state: "captured", capturedKurus: 1000 },
  },
  refund: {
    op: "refund",
    letters: "CD",
    prepare: async (reference) => {
      const paid = await pay(reference);
      await world.advance(DAY_MS);
      return paid;
    },
    run: (_, charged) =>
      world.post("v1/transaction/reversed_request", { ...named(charged), amount: "400" }),
    done: { state: "captured", refundedKurus: 400 },
    undone: { state: "captured", refundedKurus: 0 },
  },
};

async function prepare(operation: Operation, reference: string): Promise<Answer | undefined> {
  const charged = await operation.prepare(reference);
  world.clock.advance(1); // Lists show operations by the moment of their birth.
  return charged;
}

/** An operation that runs into `fault`, with the order it was about. */
async function runInto(operation: Operation, fault: Fault) {
  const reference = world.reference();
  const charged = await prepare(operation, reference);
  await world.bank.fault(fault.action, { op: operation.op }, fault.params);
  const answer = await operation.run(reference, charged);
  return { reference, charged, answer, orderId: orderOf(charged ?? answer) };
}

const isLate = (fault: Fault) => (fault.params as { commitLate?: boolean })?.commitLate === true;

describe.each(Object.entries(operations))("a %s", (name, operation) => {
  const isCharge = name === "sale" || name === "hold";

  test.each(losing)(
    "$action $params: doubt first, then what the bank's book says",
    async (fault) => {
      const { reference, answer, orderId } = await runInto(operation, fault);
      expect(answer).toMatchObject({ status: 200, body: { code: 10 } });
      expect(answer.body["is_succeed"] ?? false).toBe(false);
      expect(await lastOf(world, orderId)).toMatchObject({
        xact_type: operation.letters,
        is_succeed: false,
        is_in_doubt: true,
      });
      if (isCharge) {
        expect(await checkOf(world, reference)).toMatchObject([{ is_in_doubt: true }]);
        // The reference stays taken, and asking for it again charges nobody.
        const again = await operation.run(reference, undefined);
        expect([5, 10]).toContain(again.body["code"]);
      }
      if (isLate(fault)) await arrivesLate(world, orderId);

      const row = await endDoubt(world, orderId);
      expect(row).toMatchObject({ is_in_doubt: false, is_succeed: fault.executes });
      const order = await bankOrder(world, orderId);
      if (fault.executes) expect(order).toMatchObject(operation.done);
      else if (operation.undone) expect(order).toMatchObject(operation.undone);
      else expect(order).toBeUndefined();
      expect(await moneyCalls(world, orderId)).toEqual(expectedCalls(name, fault));
      expect(await liveCharges(world, orderId)).toBeLessThanOrEqual(1);
      await expectSound(world);
    },
  );

  test("wrong_charset: the answer is read all the same", async () => {
    const { answer, orderId } = await runInto(operation, {
      action: "wrong_charset",
      executes: true,
    });
    expect(answer.body).toMatchObject({ code: 0 });
    expect(await bankOrder(world, orderId)).toMatchObject(operation.done);
  });

  const hiding = isCharge ? "not_found_for" : "stale_inquiry";
  test(`${hiding}: a lost answer that the bank hides at first is found in time`, async () => {
    const reference = world.reference();
    const charged = await prepare(operation, reference);
    await world.bank.fault("reset_after_commit", { op: operation.op });
    await world.bank.fault(hiding, { op: isCharge ? "inquire" : "history" }, {}, 2);
    const answer = await operation.run(reference, charged);
    const orderId = orderOf(charged ?? answer);
    expect(answer.body["code"]).toBe(10);
    await world.advance(10_000);
    expect(await lastOf(world, orderId)).toMatchObject({ is_in_doubt: true });
    await world.advance(20_000);
    expect(await lastOf(world, orderId)).toMatchObject({ is_in_doubt: true });
    expect(await endDoubt(world, orderId)).toMatchObject({ is_succeed: true });
    expect(await bankOrder(world, orderId)).toMatchObject(operation.done);
    expect(await moneyCalls(world, orderId)).toEqual(
      expectedCalls(name, { action: hiding, executes: true }),
    );
  });

  test("a decline is a plain no, and nothing is in doubt", async () => {
    const { answer, orderId } = await runInto(operation, {
      action: "decline",
      params: { code: "05" },
      executes: false,
    });
    expect(answer.body["is_succeed"] ?? false).toBe(false);
    const rows = await rowsOf(world, orderId);
    expect(rows.at(-1)).toMatchObject({ is_succeed: false, is_in_doubt: false });
    expect(await liveCharges(world, orderId)).toBe(isCharge ? 0 : 1);
  });

  test("after all of these the books balance and equal the bank's", () => expectSound(world));
});

/** Each operation reaches the bank once; a charge that never arrived is voided once to be sure. */
function expectedCalls(name: string, { executes }: Fault): string[] {
  const charges: Record<string, string[]> = {
    sale: executes ? ["sale"] : ["sale", "void"],
    hold: executes ? ["preauth"] : ["preauth", "void"],
    capture: ["preauth", "capture"],
    void: ["sale", "void"],
    refund: ["sale", "refund"],
  };
  return charges[name] ?? [];
}
