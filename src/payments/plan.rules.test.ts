import { describe, expect, test } from "vitest";
import {
  chargeAsk,
  NOON,
  openCharge,
  sampleAgent,
  sampleMerchant,
} from "../../test/support/sample.ts";
import type { DeclineReason, Outcome } from "../acquirers/outcome.rules.ts";
import { after, DAY_MS } from "../lib/clock.ts";
import { Refusal } from "../lib/refusal.ts";
import { otherWay } from "./other-way.rules.ts";
import type { Attempt, Done } from "./payment.rules.ts";
import {
  type FollowUp,
  OPEN_LEASE_MS,
  planCapture,
  planRelease,
  planReopen,
  planReversal,
} from "./plan.rules.ts";
import { priceOf } from "./price.rules.ts";
import { applyOutcome } from "./settle.rules.ts";

const yes: Outcome = { kind: "approved", bankReference: "B1", authorizationCode: "A1" };
const no = (reason: DeclineReason): Outcome => ({
  kind: "declined",
  reason,
  bankCode: "99",
  bankMessage: "no",
});
const settled = ({ payment, attempt }: Done, outcome: Outcome, now = NOON): Done =>
  applyOutcome(payment, attempt, outcome, now);

let born = 1;
const more = (now = after(NOON, 60_000)): FollowUp => {
  born += 1;
  return { id: `att_${String(born).padStart(20, "0")}`, xact: BigInt(born), now };
};
const nextDay = after(NOON, DAY_MS);

const sale = settled(openCharge(), yes);
const hold = settled(openCharge({ kind: "hold" }), yes);
const declined = settled(openCharge(), no("do_not_honour"));
const declinedHold = settled(openCharge({ kind: "hold" }), no("do_not_honour"));
const capturing = planCapture(hold.payment, hold.attempt, 6_000n, more());
const captured = settled({ payment: hold.payment, attempt: capturing }, yes);

const act = (
  on: Done,
  plan: (payment: Done["payment"], original: Attempt) => Attempt,
  outcome: Outcome = yes,
  now = NOON,
) => settled({ payment: on.payment, attempt: plan(on.payment, on.attempt) }, outcome, now);
const voided = act(sale, (p, a) => planReversal(p, a, undefined, more()));
const released = act(hold, (p, a) => planRelease(p, a, more()));
const reopened = act(captured, (p, a) => planReopen(p, a, more()));
const partly = act(sale, (p, a) => planReversal(p, a, 4_000n, more(nextDay)), yes, nextDay);
const spent = act(sale, (p, a) => planReversal(p, a, undefined, more(nextDay)), yes, nextDay);

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return "planned";
}

describe("a price", () => {
  test("with the commission inside leaves the amount as it was asked for", () => {
    expect(priceOf(sampleMerchant, chargeAsk(), 20_000n)).toMatchObject({
      amountMinor: 10_000n,
      companyMinor: 10_000n,
      commissionMinor: 200n,
      taxMinor: 40n,
    });
  });
  test("with the commission on top nets what was asked for, and both sides carry it", () => {
    const ask = chargeAsk({ addCommission: true, agent: sampleAgent, companyMinor: 2_500n });
    const price = priceOf(sampleMerchant, ask, 20_000n);
    expect(price.amountMinor - price.commissionMinor - price.taxMinor).toBe(10_000n);
    expect(price.companyMinor * 4n).toBeGreaterThan(price.amountMinor - 4n);
    expect(price.companyMinor * 4n).toBeLessThan(price.amountMinor + 4n);
  });
  test("gives the company what is named, or its share of an agent's sale", () => {
    const agent = sampleAgent;
    const half = { ...sampleMerchant, companySharePpm: 500_000n };
    const part = (ask: Parameters<typeof chargeAsk>[0]) =>
      priceOf(half, chargeAsk(ask), 20_000n).companyMinor;
    expect([part({}), part({ agent }), part({ agent, companyMinor: 1n })]).toEqual([
      10_000n,
      5_000n,
      1n,
    ]);
  });
  test("refuses a part above the whole", () => {
    const ask = chargeAsk({ agent: sampleAgent, companyMinor: 10_001n });
    expect(refusal(() => priceOf(sampleMerchant, ask, 20_000n))).toBe("invalid_input");
  });
});

test("a charge and its payment share the bank's order id, and it falls due by itself", () => {
  const { payment, attempt } = openCharge();
  expect(attempt.id.slice(4)).toBe(payment.id.slice(4));
  expect(attempt).toMatchObject({ status: "open", dueAt: after(NOON, OPEN_LEASE_MS) });
  expect(JSON.stringify(payment, (_key, value) => String(value))).not.toContain("43550843550843");
});

describe("a card's number in another field", () => {
  const number = "4355-0843-5508-4358";
  test("is kept as its mask", () => {
    const { payment } = openCharge({ details: { note: `card ${number}`, count: 3, vip: null } });
    expect(payment.details).toEqual({ note: "435508******4358", count: 3, vip: null });
  });
  test("is refused where it is looked up by", () => {
    expect(refusal(() => openCharge({ reference: `A${number}` }))).toBe("invalid_input");
  });
});

describe("a capture", () => {
  test.each([
    ["a hold", hold, undefined, "planned"],
    ["a part of a hold", hold, 1n, "planned"],
    ["the whole of a hold", hold, 10_000n, "planned"],
    ["more than a hold", hold, 10_001n, "amount_above_hold"],
    ["a sale", sale, undefined, "wrong_transaction_type"],
    ["a capture", captured, undefined, "wrong_transaction_type"],
    ["a declined hold", declinedHold, undefined, "payment_not_found"],
    ["a released hold", { ...released, attempt: hold.attempt }, undefined, "nothing_to_do"],
    ["a captured hold", { ...captured, attempt: hold.attempt }, undefined, "nothing_to_do"],
    ["a reopened hold", { ...reopened, attempt: hold.attempt }, 10_000n, "planned"],
  ])("of %s", (_what, { payment, attempt }, amountMinor, expected) => {
    expect(refusal(() => planCapture(payment, attempt, amountMinor, more()))).toBe(expected);
  });
});

describe("a release", () => {
  test.each([
    ["a hold", hold, "planned"],
    ["a sale", sale, "wrong_transaction_type"],
    ["a declined hold", declinedHold, "payment_not_found"],
    ["a captured hold", { ...captured, attempt: hold.attempt }, "nothing_to_do"],
    ["a released hold", { ...released, attempt: hold.attempt }, "nothing_to_do"],
  ])("of %s", (_what, { payment, attempt }, expected) => {
    expect(refusal(() => planRelease(payment, attempt, more()))).toBe(expected);
  });
});

describe("taking back a capture", () => {
  const refundedPart = act(
    captured,
    (p, a) => planReversal(p, a, 1_000n, more(nextDay)),
    yes,
    nextDay,
  );
  test.each([
    ["on its day", captured, NOON, "planned"],
    ["on the next day", captured, nextDay, "capture_too_old"],
    ["a second time", { ...reopened, attempt: captured.attempt }, NOON, "nothing_to_do"],
    ["after a refund", { ...refundedPart, attempt: captured.attempt }, NOON, "nothing_to_do"],
    ["of a sale", sale, NOON, "wrong_transaction_type"],
    ["of a hold", hold, NOON, "wrong_transaction_type"],
  ])("%s", (_when, { payment, attempt }, now, expected) => {
    expect(refusal(() => planReopen(payment, attempt, more(now)))).toBe(expected);
  });
});

describe("a reversal", () => {
  const again = { ...partly, attempt: sale.attempt };
  test.each([
    ["all of a sale on its day", sale, undefined, NOON, "void"],
    ["the named whole of a sale on its day", sale, 10_000n, NOON, "void"],
    ["all of a capture on its day", captured, undefined, NOON, "void"],
    ["all of a sale later", sale, undefined, nextDay, "refund"],
    ["a part of a sale later", sale, 1n, nextDay, "refund"],
    ["the rest of a sale", again, undefined, nextDay, "refund"],
    ["the named rest of a sale", again, 6_000n, nextDay, "refund"],
  ])("of %s is planned", (_what, { payment, attempt }, amountMinor, now, kind) => {
    expect(planReversal(payment, attempt, amountMinor, more(now)).kind).toBe(kind);
  });
  test.each([
    ["a part of a sale on its day", sale, 9_999n, NOON, "same_day_partial_refund"],
    ["more than a sale", sale, 10_001n, nextDay, "amount_above_rest"],
    ["more than a sale on its day", sale, 10_001n, NOON, "amount_above_rest"],
    ["more than the capture, less than the hold", captured, 6_001n, nextDay, "amount_above_rest"],
    ["more than the rest", again, 6_001n, nextDay, "amount_above_rest"],
    ["a hold", hold, undefined, NOON, "wrong_transaction_type"],
    ["a declined sale", declined, undefined, NOON, "payment_not_found"],
    ["a refund", partly, undefined, nextDay, "payment_not_found"],
    ["a voided sale", { ...voided, attempt: sale.attempt }, undefined, NOON, "nothing_to_do"],
    ["a spent sale", { ...spent, attempt: sale.attempt }, undefined, nextDay, "nothing_to_do"],
    ["an undone capture", { ...reopened, attempt: captured.attempt }, 1n, NOON, "nothing_to_do"],
  ])("of %s is refused", (_what, { payment, attempt }, amountMinor, now, code) => {
    expect(refusal(() => planReversal(payment, attempt, amountMinor, more(now)))).toBe(code);
  });

  test("the day turns at midnight in Istanbul", () => {
    const at = (time: string) => {
      const { payment, attempt } = sale;
      return planReversal(payment, attempt, undefined, more(new Date(time))).kind;
    };
    expect(at("2026-03-04T23:59:59.999+03:00")).toBe("void");
    expect(at("2026-03-05T00:00:00.000+03:00")).toBe("refund");
  });
});

describe("the other way", () => {
  const tried = (now: Date, reason: DeclineReason, amountMinor?: bigint) =>
    act(sale, (p, a) => planReversal(p, a, amountMinor, more(now)), no(reason), now);
  test.each([
    ["a void after the bank's day is a refund", NOON, "batch_closed", undefined, "refund"],
    ["a refund before it is a void", nextDay, "not_settled_yet", undefined, "void"],
    ["a void refused for another reason is none", NOON, "system_error", undefined, undefined],
    ["a part has none", nextDay, "not_settled_yet", 5_000n, undefined],
  ] as const)("%s", (_claim, now, reason, amountMinor, kind) => {
    const { payment, attempt } = tried(now, reason, amountMinor);
    const other = otherWay(payment, attempt, more(now));
    expect(other?.kind).toBe(kind);
    if (other) expect(other).toMatchObject({ insteadOfId: attempt.id, originalReference: "B1" });
  });
  test("there is no other way to the other way", () => {
    const first = tried(NOON, "batch_closed");
    const second = otherWay(first.payment, first.attempt, more())!;
    const failed = settled({ payment: first.payment, attempt: second }, no("not_settled_yet"));
    expect(otherWay(failed.payment, failed.attempt, more())).toBeUndefined();
  });
});
