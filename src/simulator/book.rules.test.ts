import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  batchShare,
  type Decision,
  decideCapture,
  decideCharge,
  decideRefund,
  decideVoid,
  HOLD_DAYS,
  liveTxns,
  type OrderFacts,
  type TxnFacts,
} from "./book.rules.ts";

type Account = { order: OrderFacts | undefined; txns: TxnFacts[]; usedKurus: number };
type Step =
  | { do: "sale" | "preauth" | "capture" | "refund"; amountKurus: number }
  | { do: "void"; nth: number | undefined }
  | { do: "eod" };

const DAY_MS = 24 * 60 * 60 * 1000;
const empty: Account = { order: undefined, txns: [], usedKurus: 0 };

function decide({ order, txns }: Account, step: Exclude<Step, { do: "eod" }>): Decision {
  const currency = "TRY";
  if (step.do === "void") {
    const target = step.nth === undefined ? undefined : txns[step.nth % Math.max(1, txns.length)];
    return decideVoid(order, txns, target?.bankTxnId ?? "");
  }
  const { amountKurus } = step;
  if (step.do === "capture") return decideCapture(order, txns, { amountKurus, currency, atMs: 0 });
  if (step.do === "refund") return decideRefund(order, txns, { amountKurus, currency });
  return decideCharge(order, { type: step.do, amountKurus, currency });
}

/** What the book does with a decision, in memory. */
function apply(account: Account, step: Step): Account {
  if (step.do === "eod") {
    return { ...account, txns: account.txns.map((txn) => ({ ...txn, isSettled: true })) };
  }
  const decision = decide(account, step);
  if (decision.kind === "refused") return account;
  const id = account.txns.length + 1;
  const { type, amountKurus, refTxnId, voids, next, usedDeltaKurus } = decision;
  const row: TxnFacts = {
    ...{ id, type, amountKurus, refTxnId, bankTxnId: `T${id}`, atMs: 0 },
    ...{ isApproved: true, voidedBy: null, isSettled: false },
  };
  const txns = account.txns.map((txn) => (txn.id === voids?.id ? { ...txn, voidedBy: id } : txn));
  return { order: next, txns: [...txns, row], usedKurus: account.usedKurus + usedDeltaKurus };
}
const run = (steps: Step[]): Account => steps.reduce(apply, empty);
const why = (account: Account, step: Exclude<Step, { do: "eod" }>) => {
  const decision = decide(account, step);
  return decision.kind === "refused" ? decision.why : "moved";
};

const amountKurus = fc.integer({ min: 1, max: 1000 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom("sale" as const, "preauth" as const, "capture" as const, "refund" as const),
    amountKurus,
  }),
  fc.record({ do: fc.constant("void" as const), nth: fc.option(fc.nat(20), { nil: undefined }) }),
  fc.constant({ do: "eod" as const }),
);
const anyHistory = fc.array(anyStep, { maxLength: 25 });
const sumOf = (txns: TxnFacts[], ...types: TxnFacts["type"][]) =>
  txns.filter((txn) => types.includes(txn.type)).reduce((sum, txn) => sum + txn.amountKurus, 0);

describe("whatever is asked in whatever order", () => {
  test("captured never exceeds what was held, refunded never what was captured", () => {
    fc.assert(
      fc.property(anyHistory, (steps) => {
        const { order } = run(steps);
        if (!order) return;
        expect(order.capturedKurus).toBeLessThanOrEqual(order.saleKurus);
        expect(order.refundedKurus).toBeLessThanOrEqual(order.capturedKurus);
        expect(order.refundedKurus).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  test("the order's amounts are the sums of the transactions that stand", () => {
    fc.assert(
      fc.property(anyHistory, (steps) => {
        const { order, txns } = run(steps);
        const live = liveTxns(txns);
        expect(order?.capturedKurus ?? 0).toBe(sumOf(live, "sale", "capture"));
        expect(order?.refundedKurus ?? 0).toBe(sumOf(live, "refund"));
      }),
      { numRuns: 1000 },
    );
  });

  test("the card's used limit is what stands on it, and a voided order uses none", () => {
    fc.assert(
      fc.property(anyHistory, (steps) => {
        const { order, txns, usedKurus } = run(steps);
        const live = liveTxns(txns);
        const standing = sumOf(live, "sale", "preauth", "capture") - sumOf(live, "refund");
        expect(usedKurus).toBe(standing);
        if (order?.state === "voided") expect(usedKurus).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  test("an order has at most one charge that stands", () => {
    fc.assert(
      fc.property(anyHistory, (steps) => {
        const { txns } = run(steps);
        const charges = txns.filter((t) => t.type === "sale" || t.type === "preauth");
        expect(charges.filter((t) => t.voidedBy === null).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("nothing that was settled is ever voided, but for a hold", () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(20), (steps, nth) => {
        const account = run([...steps, { do: "eod" }]);
        const decision = decide(account, { do: "void", nth });
        if (decision.kind === "move") expect(decision.voids?.type).toBe("preauth");
      }),
    );
  });
});

describe("refusals", () => {
  const sold = run([{ do: "sale", amountKurus: 500 }]);
  const held = run([{ do: "preauth", amountKurus: 500 }]);
  const settled = apply(sold, { do: "eod" });

  test("a second charge on an order that stands is refused", () => {
    expect(why(sold, { do: "sale", amountKurus: 1 })).toBe("order_paid");
    expect(why(held, { do: "preauth", amountKurus: 1 })).toBe("order_paid");
  });
  test("a declined order takes a further attempt", () => {
    const declined: OrderFacts = {
      ...{ state: "declined", currency: "TRY" },
      ...{ saleKurus: 0, capturedKurus: 0, refundedKurus: 0 },
    };
    const again = decideCharge(declined, { type: "sale", amountKurus: 5, currency: "TRY" });
    expect(again).toMatchObject({ kind: "move", next: { state: "captured", saleKurus: 5 } });
  });
  test("a refund waits for the end of day", () => {
    expect(why(sold, { do: "refund", amountKurus: 1 })).toBe("not_settled");
    expect(why(settled, { do: "refund", amountKurus: 1 })).toBe("moved");
  });
  test("a refund above the net, and one of a net of zero, differ", () => {
    const part = apply(settled, { do: "refund", amountKurus: 400 });
    expect(why(part, { do: "refund", amountKurus: 101 })).toBe("refund_above_net");
    const whole = apply(part, { do: "refund", amountKurus: 100 });
    expect(why(whole, { do: "refund", amountKurus: 1 })).toBe("refund_net_zero");
  });
  test("a refund of a voided sale finds a net of zero", () => {
    const voided = apply(sold, { do: "void", nth: undefined });
    expect(why(voided, { do: "refund", amountKurus: 1 })).toBe("refund_net_zero");
  });
  test("a void after the end of day is refused, and of nothing too", () => {
    expect(why(settled, { do: "void", nth: undefined })).toBe("batch_closed");
    expect(why(empty, { do: "void", nth: undefined })).toBe("nothing_to_void");
  });
  test("captures: once, of a hold, within it, in time, in its currency", () => {
    expect(why(held, { do: "capture", amountKurus: 501 })).toBe("capture_above_hold");
    expect(why(sold, { do: "capture", amountKurus: 1 })).toBe("capture_done");
    expect(why(empty, { do: "capture", amountKurus: 1 })).toBe("capture_without_hold");
    const ask = { amountKurus: 1, currency: "", atMs: HOLD_DAYS * DAY_MS };
    expect(decideCapture(held.order, held.txns, ask).kind).toBe("move");
    const late = { ...ask, atMs: ask.atMs + 1 };
    expect(decideCapture(held.order, held.txns, late)).toMatchObject({ why: "capture_too_late" });
    const usd = { ...ask, currency: "USD" };
    expect(decideCapture(held.order, held.txns, usd)).toMatchObject({ why: "currency_differs" });
  });
});

test("a void of a capture makes its hold live again, to the whole limit", () => {
  const captured = run([
    { do: "preauth", amountKurus: 500 },
    { do: "capture", amountKurus: 200 },
  ]);
  expect(captured.usedKurus).toBe(200);
  const back = apply(captured, { do: "void", nth: undefined });
  expect(back).toMatchObject({ usedKurus: 500, order: { state: "held", capturedKurus: 0 } });
  expect(why(back, { do: "capture", amountKurus: 500 })).toBe("moved");
  expect(apply(back, { do: "void", nth: undefined }).usedKurus).toBe(0);
});

test("only money that moves counts in a batch", () => {
  const none = { saleCount: 0, saleKurus: 0, refundCount: 0, refundKurus: 0 };
  expect(batchShare("preauth", 5)).toEqual(none);
  expect(batchShare("void", 5)).toEqual(none);
  expect(batchShare("capture", 5)).toEqual({ ...none, saleCount: 1, saleKurus: 5 });
  expect(batchShare("refund", 5)).toEqual({ ...none, refundCount: 1, refundKurus: 5 });
});
