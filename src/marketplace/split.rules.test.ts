import fc from "fast-check";
import { expect, test } from "vitest";
import { partsByLine, type SplitLine, splitLine } from "./split.rules.ts";

const line = (amountMinor: bigint, more: Partial<SplitLine> = {}): SplitLine => ({
  amountMinor,
  capturedMinor: amountMinor,
  commissionPpm: null,
  memberEarningMinor: null,
  cargo: null,
  discount: null,
  ...more,
});
type Of = Parameters<typeof splitLine>[1];
/** Of a payer who paid the prices, where nothing else is said. */
const split = (each: SplitLine, of: Omit<Of, "paidMinor"> & Partial<Of>) =>
  splitLine(each, { paidMinor: each.capturedMinor, ...of });
const by = (memberPpm: bigint, providerMinor = 0n) =>
  ({ calculator: "rates", memberPpm, providerMinor }) as const;

test("of 100.00 at 10 % the member is due 90.00, the platform the rest less the provider's", () => {
  expect(split(line(10_000n), by(100_000n, 150n))).toMatchObject({
    memberMinor: 9_000n,
    platformMinor: 850n,
  });
});

test("the platform has what is paid above the price, and bears what is paid below it", () => {
  const paid = (paidMinor: bigint) => split(line(10_000n), { ...by(120_000n, 24n), paidMinor });
  expect(paid(11_000n)).toMatchObject({ memberMinor: 8_800n, platformMinor: 2_176n });
  expect(paid(9_000n)).toMatchObject({ memberMinor: 8_800n, platformMinor: 176n });
  expect(paid(1_000n)).toMatchObject({ memberMinor: 8_800n, platformMinor: 0n });
});

test("two lines of one payment share its provider's commission by their prices", () => {
  const lines = [line(20_000n), line(5_000n, { commissionPpm: 50_000n })];
  const parts = partsByLine(375n, lines);
  expect(parts).toEqual([300n, 75n]);
  const [first, second] = lines.map((each, i) => split(each, by(120_000n, parts[i]!)));
  expect(first).toMatchObject({ memberMinor: 17_600n, platformMinor: 2_100n });
  expect(second).toMatchObject({
    memberMinor: 4_750n,
    platformMinor: 175n,
    commissionPpm: 50_000n,
  });
});

test.each([
  [1_000n, 10_000n, 990n, 10n],
  [100n, 120_000n, 88n, 12n],
  [1n, 500_000n, 1n, 0n],
])("%i at %i ppm gives the member %i and the platform %i", (minor, ppm, member, platform) => {
  expect(split(line(minor), by(ppm))).toMatchObject({
    memberMinor: member,
    platformMinor: platform,
  });
});

test("shipping and discounts of the platform are debts beside the shares", () => {
  const shared = split(
    line(10_000n, {
      cargo: { owner: "platform", currency: "TRY", minor: 12_000n },
      discount: { owner: "platform", kind: "amount", value: 1_000n },
    }),
    by(10_000n, 100n),
  );
  expect(shared).toEqual({
    memberMinor: 9_900n,
    platformMinor: 0n,
    commissionPpm: 10_000n,
    debts: [
      { kind: "discount", minor: 990n },
      { kind: "cargo", minor: 12_000n },
    ],
  });
});

test("a discount in percent is reckoned from the price, one of the seller makes no debt", () => {
  const discount = { owner: "platform", kind: "percent", value: 100_000n } as const;
  expect(split(line(20_000n, { discount }), by(120_000n)).debts).toEqual([
    { kind: "discount", minor: 1_760n },
  ]);
  const seller = { ...discount, owner: "member" } as const;
  expect(split(line(20_000n, { discount: seller }), by(120_000n)).debts).toEqual([]);
});

test("a discount by amount is less where less was captured, by as much; shipping is not", () => {
  const cargo = { owner: "platform", currency: "TRY", minor: 700n } as const;
  const discount = { owner: "platform", kind: "amount", value: 8_000n } as const;
  const part = { ...line(10_000n, { cargo, discount }), capturedMinor: 1_000n };
  expect(split(part, by(120_000n))).toMatchObject({
    memberMinor: 880n,
    debts: [
      { kind: "discount", minor: 704n },
      { kind: "cargo", minor: 700n },
    ],
  });
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 12n }),
      fc.bigInt({ min: 0n, max: 1_000n }),
      fc.bigInt({ min: 0n, max: 1_000n }),
      (amountMinor, valueParts, capturedParts) => {
        const value = (amountMinor * valueParts) / 1_000n;
        const capturedMinor = (amountMinor * capturedParts) / 1_000n;
        const each = { ...line(amountMinor, { discount: { ...discount, value } }), capturedMinor };
        const minor = split(each, by(0n)).debts[0]?.minor ?? 0n;
        expect(minor <= capturedMinor).toBe(true);
        const off = minor * amountMinor - value * capturedMinor;
        expect(2n * (off < 0n ? -off : off) <= amountMinor).toBe(true);
      },
    ),
  );
});

test("shipping that the member bears goes from the member to the platform, not below zero", () => {
  const cargo = { owner: "member", currency: "TRY", minor: 600n } as const;
  expect(split(line(1_000n, { cargo }), by(100_000n))).toMatchObject({
    memberMinor: 300n,
    platformMinor: 700n,
  });
  expect(split(line(1_000n, { cargo }), by(500_000n))).toMatchObject({
    memberMinor: 0n,
    platformMinor: 1_000n,
  });
});

test("the platform's own reckoning is taken as said, in part where a part was captured", () => {
  const of = { calculator: "platform", memberPpm: 100_000n, providerMinor: 0n } as const;
  const stated = line(1_000n, { memberEarningMinor: 333n });
  expect(split(stated, of)).toMatchObject({ memberMinor: 333n, platformMinor: 667n });
  expect(split({ ...stated, capturedMinor: 500n }, of)).toMatchObject({ memberMinor: 167n });
});

const ppm = fc.bigInt({ min: 0n, max: 1_000_000n });
const lines = fc
  .record({
    amountMinor: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    capturedPpm: ppm,
    ownPpm: fc.option(ppm),
    statedPpm: ppm,
    cargo: fc.constantFrom("platform", "member", "nobody", null),
    cargoPpm: ppm,
    discount: fc.constantFrom("platform", "member", null),
    discountPpm: ppm,
  })
  .map((given): SplitLine => {
    const of = (each: bigint) => (given.amountMinor * each) / 1_000_000n;
    return {
      amountMinor: given.amountMinor,
      capturedMinor: of(given.capturedPpm),
      commissionPpm: given.ownPpm,
      memberEarningMinor: of(given.statedPpm),
      cargo: given.cargo && { owner: given.cargo, currency: "TRY", minor: of(given.cargoPpm) },
      discount: given.discount && {
        owner: given.discount,
        kind: "percent",
        value: given.discountPpm,
      },
    };
  });
const calculator = fc.constantFrom("rates", "platform");

test("no part is below zero, and with the provider's they make up the price", () => {
  fc.assert(
    fc.property(lines, calculator, ppm, ppm, (each, reckoner, memberPpm, feePpm) => {
      const price = each.capturedMinor;
      const providerMinor = (price * feePpm) / 1_000_000n;
      const of = { calculator: reckoner, memberPpm, providerMinor } as const;
      const { memberMinor, platformMinor, debts } = split(each, of);
      expect(memberMinor >= 0n && memberMinor <= price).toBe(true);
      expect(platformMinor >= 0n && platformMinor <= price).toBe(true);
      if (platformMinor > 0n) expect(memberMinor + platformMinor + providerMinor).toBe(price);
      else expect(memberMinor + providerMinor >= price).toBe(true);
      expect(debts.every(({ minor }) => minor > 0n)).toBe(true);
    }),
  );
});

test("the provider's parts add up to its commission, whatever the prices", () => {
  fc.assert(
    fc.property(
      fc.array(lines, { minLength: 1 }),
      fc.bigInt({ min: 0n, max: 10n ** 10n }),
      (all, fee) => {
        const parts = partsByLine(fee, all);
        const whole = all.reduce((sum, each) => sum + each.capturedMinor, 0n);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(whole > 0n ? fee : 0n);
        expect(parts.every((part) => part >= 0n)).toBe(true);
      },
    ),
  );
});
