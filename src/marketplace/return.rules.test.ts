import fc from "fast-check";
import { expect, test } from "vitest";
import { Refusal } from "../lib/refusal.ts";
import type { DebtDue, EarningDue, PayoutState } from "./earning.rules.ts";
import { heldOf, lowered, type ReturnTerms, unwound, unwoundLate } from "./return.rules.ts";
import { capturedOf, type Product } from "./sale.rules.ts";

const born = new Date("2026-03-04T09:00:00Z");
const shared = {
  merchantId: "mer_1",
  sale: 1n,
  currency: "TRY",
  payDate: "2026-03-11",
  isHeld: false,
  calculatedAt: born,
} as const;

const earning = (
  product: number,
  party: "member" | "platform",
  minor: number,
  payoutState: PayoutState | null = null,
): EarningDue => ({
  ...shared,
  number: BigInt(product * 2 + (party === "member" ? 0 : 1)),
  approvalId: "apr_1",
  product: BigInt(product),
  party,
  member: BigInt(product),
  amountMinor: BigInt(minor),
  commissionPpm: 120_000n,
  reflectionDate: "2026-03-11",
  state: minor === 0 ? "closed" : "open",
  isRetried: false,
  payout: payoutState && 9n,
  payoutState,
});

const debt = (product: number, kind: DebtDue["kind"], minor: number): DebtDue => ({
  ...shared,
  number: BigInt(product + 100),
  product: BigInt(product),
  member: BigInt(product),
  kind,
  amountMinor: BigInt(minor),
  state: "open",
  payout: null,
  payoutState: null,
});

const none: ReturnTerms = {
  isWhole: false,
  deletes: false,
  platformMinor: 0n,
  memberMinor: 0n,
  recommissions: false,
};
const product = (number: number, minor: number) =>
  ({ number: BigInt(number), amountMinor: BigInt(minor), capturedMinor: BigInt(minor) }) as Product;
const sumOf = (all: readonly bigint[]) => all.reduce((sum, each) => sum + each, 0n);

/** Lines of two earnings each, some of which are in a payout. */
const lines = fc.array(
  fc.record({
    member: fc.integer({ min: 0, max: 100_000 }),
    platform: fc.integer({ min: 0, max: 100_000 }),
    state: fc.constantFrom<PayoutState | null>(null, "queued", "paid", "failed"),
  }),
  { minLength: 1, maxLength: 20 },
);
const earningsOf = (
  all: readonly { member: number; platform: number; state: PayoutState | null }[],
) =>
  all.flatMap(({ member, platform, state }, i) => [
    earning(i + 1, "member", member, member > 0 ? state : null),
    earning(i + 1, "platform", platform),
  ]);

test("what members are lowered by, and what they owe back, is what was asked, to the kuruş", () => {
  fc.assert(
    fc.property(lines, fc.nat(1_000), (all, thousandths) => {
      const earnings = earningsOf(all);
      const members = earnings.filter(({ party }) => party === "member");
      const whole = sumOf(members.map(({ amountMinor }) => amountMinor));
      const memberMinor = (whole * BigInt(thousandths)) / 1_000n;
      const change = lowered(
        { earnings, debts: [] },
        { ...none, memberMinor },
        { feeMinor: 0n, products: [] },
      );
      const taken = sumOf(
        change.earnings.map(({ before, after }) => before.amountMinor - after.amountMinor),
      );
      expect(taken + sumOf(change.clawbacks.map(({ minor }) => minor))).toBe(memberMinor);
      expect(change.earnings.every(({ after }) => after.amountMinor >= 0n)).toBe(true);
      expect(change.earnings.every(({ before }) => before.payoutState !== "paid")).toBe(true);
    }),
  );
});

test("of a sale that is back whole nothing stays due but what members have, and owe back", () => {
  fc.assert(
    fc.property(lines, (all) => {
      const earnings = earningsOf(all);
      const { earnings: changed, clawbacks } = unwound({ earnings, debts: [] });
      const after = new Map(changed.map(({ after: each }) => [each.number, each]));
      const left = earnings
        .map((each) => after.get(each.number) ?? each)
        .filter(({ state }) => state !== "deleted");
      const due = sumOf(left.map(({ amountMinor }) => amountMinor));
      expect(due - sumOf(clawbacks.map(({ minor }) => minor))).toBe(0n);
    }),
  );
});

test("what was clawed back before is not clawed back again", () => {
  const earnings = [earning(1, "member", 1_000, "paid"), earning(1, "platform", 100)];
  const debts = [debt(1, "clawback", -400), debt(1, "cargo", 50)];
  const change = unwound({ earnings, debts });
  expect(change.clawbacks).toMatchObject([{ minor: 600n }]);
  expect(change.debts.map(({ kind }) => kind)).toEqual(["cargo"]);
  expect(change.freed).toEqual([]);
  const part = { ...none, memberMinor: 601n };
  expect(() => heldOf({ earnings, debts }, part)).toThrow(Refusal);
  expect(heldOf({ earnings, debts }, { ...none, memberMinor: 600n }).earnings).toEqual([3n]);
});

test("a clawback of an earning that was not paid after all falls away with it", () => {
  const earnings = [earning(1, "member", 1_000, "failed"), earning(1, "platform", 100)];
  const debts = [debt(1, "clawback", -400)];
  const change = unwound({ earnings, debts });
  expect(change.clawbacks).toEqual([]);
  expect(change.debts).toHaveLength(1);
  expect(change.freed).toEqual([1n]);
});

test("a discount that was paid is owed back with the earning, shipping is not", () => {
  const paid = { payout: 9n, payoutState: "paid" } as const;
  const earnings = [earning(1, "member", 9_000, "paid"), earning(1, "platform", 850)];
  const debts = [
    { ...debt(1, "discount", 3_600), ...paid },
    { ...debt(1, "cargo", 500), ...paid },
  ];
  const change = unwound({ earnings, debts });
  expect(change.clawbacks).toMatchObject([{ minor: 12_600n }]);
  expect(change.debts).toEqual([]);
  // A discount alone, of a product whose approval was taken back.
  expect(unwound({ earnings: [], debts }).clawbacks).toMatchObject([{ minor: 3_600n }]);
});

test("what was about to be paid is held, and falls away with what is owed back of it", () => {
  const other = earning(1, "platform", 850, "sending");
  const due = {
    earnings: [earning(1, "member", 9_000, "queued"), other],
    debts: [{ ...debt(1, "discount", 3_600), payout: 8n, payoutState: "paid" as const }],
  };
  const { held, clawbacks } = unwound(due);
  expect(held).toEqual({ earnings: [2n, 3n], debts: [] });
  expect(clawbacks).toMatchObject([{ minor: 12_600n }]);
  const owed = { ...debt(1, "clawback", -12_600), number: 200n };
  const failed = { earnings: [earning(1, "member", 9_000, "failed"), other] };
  const late = unwoundLate({ ...failed, debts: [...due.debts, owed] });
  expect(late.clawbacks).toMatchObject([{ minor: 3_600n }]);
  expect(late.debts).toEqual([owed]);
  expect(late.earnings.map(({ after }) => after)).toMatchObject([
    { amountMinor: 0n, state: "closed", payout: null },
  ]);
  expect(late.held).toEqual({ earnings: [3n], debts: [] });
});

test("of what was not paid, as much stays due as its member has owed back and did", () => {
  const earnings = [earning(1, "member", 9_000, "failed"), earning(1, "platform", 0)];
  const debts = [{ ...debt(1, "clawback", -4_000), payout: 8n, payoutState: "paid" as const }];
  const [back] = unwoundLate({ earnings, debts }).earnings;
  expect(back?.after).toMatchObject({ amountMinor: 4_000n, state: "open", payout: null });
  const after = { ...earnings[0]!, ...back!.after };
  expect(unwoundLate({ earnings: [after, earnings[1]!], debts }).earnings).toEqual([]);
});

test("what a member owed back and was forgiven is not asked for again", () => {
  const earnings = [earning(1, "member", 9_000, "paid"), earning(1, "platform", 0)];
  expect(unwoundLate({ earnings, debts: [] }).clawbacks).toEqual([]);
});

test("the provider's commission comes back by what was captured, and not to what it ate up", () => {
  const earnings = [
    earning(1, "member", 17_600),
    earning(1, "platform", 1_920),
    earning(2, "member", 5_000),
    earning(2, "platform", 0),
  ];
  const of = { feeMinor: 300n, products: [product(1, 20_000), product(2, 5_000)] };
  const change = lowered({ earnings, debts: [] }, { ...none, recommissions: true }, of);
  expect(change.earnings.map(({ after }) => after.amountMinor)).toEqual([2_160n]);
});

test("lines of a part that was captured add up to that part of all lines", () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 1n, max: 10n ** 9n }), { minLength: 1, maxLength: 50 }),
      fc.bigInt({ min: 0n, max: 1_000n }),
      (amounts, thousandths) => {
        const whole = sumOf(amounts);
        const captured = (whole * thousandths) / 1_000n;
        const lined = amounts.map((amountMinor, i) => ({ number: BigInt(i), amountMinor }));
        const parts = capturedOf(lined, captured, whole);
        expect(sumOf(parts.map(({ capturedMinor }) => capturedMinor))).toBe(captured);
        expect(parts.every(({ capturedMinor }, i) => capturedMinor <= (amounts[i] ?? 0n))).toBe(
          true,
        );
      },
    ),
  );
});
