import fc from "fast-check";
import { expect, test } from "vitest";
import { type ApprovalTerms, planApproval, type Scene } from "./approval.rules.ts";
import type { Product } from "./sale.rules.ts";

const product = (number: bigint, more: Partial<Product> = {}): Product => ({
  merchantId: "mer_1",
  number,
  sale: 1n,
  externalId: "p",
  name: "p",
  category: "p",
  description: "p",
  amountMinor: 10_000n,
  capturedMinor: 10_000n,
  member: 501n,
  commissionPpm: null,
  memberEarningMinor: null,
  cargo: null,
  discount: null,
  approvalId: null,
  ...more,
});
const terms: ApprovalTerms = { calculator: "rates", sameDate: false, description: "" };
const weekly = { kind: "plus_day", value: 7, commissionPpm: 120_000n } as const;
const scene = (products: Product[], more: Partial<Scene> = {}): Scene => ({
  sale: 1n,
  products,
  isPaid: true,
  feeMinor: 375n,
  paidMinor: products.reduce((sum, { capturedMinor }) => sum + capturedMinor, 0n),
  day: "2026-03-02",
  platformDays: 1,
  valueDates: new Map([
    [501n, weekly],
    [502n, weekly],
  ]),
  standingDebts: new Set(),
  ...more,
});
const reasonOf = (of: Scene, asked: bigint, by: ApprovalTerms = terms) =>
  planApproval(of, [asked], by).fail[0]?.reason;

test("the documents' example: 176.00 and 21.00, 47.50 and 1.75, on their days", () => {
  const lines = [
    product(1n, { amountMinor: 20_000n, capturedMinor: 20_000n }),
    product(2n, {
      amountMinor: 5_000n,
      capturedMinor: 5_000n,
      member: 502n,
      commissionPpm: 50_000n,
    }),
  ];
  const { plans, fail } = planApproval(scene(lines), [1n, 2n], { ...terms, sameDate: true });
  expect(fail).toEqual([]);
  expect(plans).toMatchObject([
    {
      member: { minor: 17_600n, reflectionDate: "2026-03-09", payDate: "2026-03-09" },
      platform: { minor: 2_100n, reflectionDate: "2026-03-03" },
    },
    { member: { minor: 4_750n }, platform: { minor: 175n, reflectionDate: "2026-03-03" } },
  ]);
});

test("a line that is approved later bears the part of the commission it always had", () => {
  const lines = [1n, 2n, 3n].map((number) => product(number));
  const whole = planApproval(scene(lines), [1n, 2n, 3n], terms).plans;
  const single = lines.map(({ number }) => planApproval(scene(lines), [number], terms).plans[0]);
  expect(single).toEqual(whole);
  const kept = whole.reduce((sum, { platform, member }) => sum + platform.minor + member.minor, 0n);
  expect(kept).toBe(30_000n - 375n);
});

test("what is due on a holiday is paid on the next business day, and shown on its own", () => {
  const [plan] = planApproval(scene([product(1n)], { day: "2026-03-13" }), [1n], terms).plans;
  expect(plan?.member).toMatchObject({ reflectionDate: "2026-03-20", payDate: "2026-03-23" });
});

test("each product says why it is not approved", () => {
  const stated = product(2n, { memberEarningMinor: 1n });
  const lines = [product(1n), stated, product(3n, { member: null })];
  const of = scene([...lines, product(4n, { approvalId: "apr_1" }), product(5n, { member: 9n })]);
  const self: ApprovalTerms = { ...terms, calculator: "platform" };
  expect(reasonOf(of, 1n)).toBeUndefined();
  expect(reasonOf(of, 1n, self)).toBe("earning_not_stated");
  expect(reasonOf(of, 2n)).toBe("earning_stated");
  expect(reasonOf(of, 2n, self)).toBeUndefined();
  expect(reasonOf(of, 3n)).toBe("product_without_member");
  expect(reasonOf(of, 4n)).toBe("already_approved");
  expect(reasonOf(of, 5n)).toBe("value_date_missing");
  expect(reasonOf(of, 6n)).toBe("product_unknown");
  expect(reasonOf({ ...of, isPaid: false }, 1n)).toBe("payment_not_successful");
});

test("a debt that was paid before its approval was taken back is not made again", () => {
  const cargo = { owner: "platform", currency: "TRY", minor: 500n } as const;
  const of = scene([product(1n, { cargo })]);
  const debts = (standing: string[]) =>
    planApproval({ ...of, standingDebts: new Set(standing) }, [1n], terms).plans[0]?.debts;
  expect(debts([])).toEqual([{ kind: "cargo", minor: 500n }]);
  expect(debts(["1 cargo"])).toEqual([]);
});

test("what was paid is shared by the prices, and the platform bears what is missing", () => {
  const lines = [product(1n), product(2n, { member: 502n })];
  const paid = (paidMinor: bigint) =>
    planApproval(scene(lines, { paidMinor }), [1n, 2n], terms).plans.map(({ member, platform }) => [
      member.minor,
      platform.minor,
    ]);
  expect(paid(18_001n)).toEqual([
    [8_800n, 13n],
    [8_800n, 13n],
  ]);
  expect(paid(2_000n)).toEqual([
    [8_800n, 0n],
    [8_800n, 0n],
  ]);
});

test("of whatever is approved, in whatever parts, no more is due than was captured", () => {
  const minor = fc.bigInt({ min: 1n, max: 10n ** 9n });
  const lines = fc.array(fc.tuple(minor, fc.bigInt({ min: 0n, max: 1_000_000n })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(lines, fc.bigInt({ min: 0n, max: 10n ** 8n }), (all, feeMinor) => {
      const products = all.map(([capturedMinor, commissionPpm], i) =>
        product(BigInt(i), { amountMinor: capturedMinor, capturedMinor, commissionPpm }),
      );
      const of = scene(products, { feeMinor });
      const { plans } = planApproval(
        of,
        products.map(({ number }) => number),
        terms,
      );
      const due = plans.reduce((sum, each) => sum + each.member.minor + each.platform.minor, 0n);
      expect(due <= all.reduce((sum, [captured]) => sum + captured, 0n)).toBe(true);
      expect(plans).toHaveLength(all.length);
    }),
  );
});
