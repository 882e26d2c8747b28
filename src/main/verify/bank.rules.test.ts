import { expect, test } from "vitest";
import { type BankOrder, difference, type OurSide } from "./bank.rules.ts";
import { isOpenDifference } from "./transfers.rules.ts";

const order = (more: Partial<BankOrder>): BankOrder => ({
  orderNo: "1",
  state: "captured",
  saleKurus: 10_000,
  capturedKurus: 10_000,
  refundedKurus: 0,
  ...more,
});
const ours = (more: Partial<OurSide>): OurSide => ({
  status: "captured",
  amountMinor: 10_000n,
  capturedMinor: 10_000n,
  refundedMinor: 0n,
  isInDoubt: false,
  ...more,
});

test.each([
  ["the same capture", order({}), ours({})],
  ["the same refund", order({ refundedKurus: 500 }), ours({ refundedMinor: 500n })],
  ["the same hold", order({ state: "held" }), ours({ status: "held", capturedMinor: 0n })],
  ["both voided", order({ state: "voided" }), ours({ status: "voided", capturedMinor: 0n })],
  ["both declined", order({ state: "declined" }), ours({ status: "declined" })],
  ["a charge that recovery took back", order({ state: "voided" }), ours({ status: "declined" })],
  ["anything in doubt", order({ state: "captured" }), ours({ status: "pending", isInDoubt: true })],
  ["a declined order that never was ours", order({ state: "declined" }), undefined],
  ["a voided order that never was ours", order({ state: "voided" }), undefined],
])("%s is no difference", (_what, bank, us) => expect(difference(bank, us)).toBeUndefined());

test.each([
  ["money that we do not know of", order({}), undefined, "captured an order that we do not know"],
  ["a hold we do not know of", order({ state: "held" }), undefined, "held an order"],
  ["a charge we think failed", order({}), ours({ status: "declined" }), "declined here"],
  ["a void the bank never did", order({}), ours({ status: "voided" }), "captured at the bank"],
  ["a hold captured there", order({}), ours({ status: "held" }), "held here, captured"],
  ["a payment we still wait for", order({}), ours({ status: "pending" }), "pending here"],
  ["another held amount", order({ state: "held", saleKurus: 1 }), ours({ status: "held" }), "held"],
  ["another captured amount", order({ capturedKurus: 9_999 }), ours({}), "10000 captured here"],
  ["another refunded amount", order({ refundedKurus: 1 }), ours({}), "0 refunded here, 1"],
])("%s is told", (_what, bank, us, words) => expect(difference(bank, us)).toContain(words));

test("a transfer that its bank has denied and paid is open while it is asked about", () => {
  const transfer = { id: 1, reference: "R", state: "paid", amountKurus: 500, currency: "TRY" };
  const run = { state: "refused", amountMinor: 500n, currency: "TRY", isAskedAgain: true };
  const isOpen = (theirs: object, us: object) =>
    isOpenDifference({ ...transfer, state: "paid", ...theirs }, { ...run, ...us });
  expect(isOpen({}, {})).toBe(true);
  expect(isOpen({}, { isAskedAgain: false })).toBe(false);
  expect(isOpen({}, { state: "paid" })).toBe(false);
  expect(isOpen({ state: "refused" }, {})).toBe(false);
  expect(isOpen({ amountKurus: 501 }, {})).toBe(false);
  expect(isOpen({ currency: "USD" }, {})).toBe(false);
  expect(isOpenDifference({ ...transfer, state: "paid" }, undefined)).toBe(false);
});
