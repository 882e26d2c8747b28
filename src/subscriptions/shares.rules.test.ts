import fc from "fast-check";
import { expect, test } from "vitest";
import { MOST_MINOR } from "../lib/money.ts";
import { Refusal } from "../lib/refusal.ts";
import { companyShare, partsOf } from "./shares.rules.ts";

const amounts = fc.bigInt({ min: 1n, max: MOST_MINOR });
/** An amount and a part of it. */
const parted = amounts.chain((amount) =>
  fc.tuple(fc.constant(amount), fc.bigInt({ min: 0n, max: amount })),
);

test("of one part the other is the rest, and both together say the same", () => {
  fc.assert(
    fc.property(parted, ([amount, companyMinor]) => {
      const agentMinor = amount - companyMinor;
      expect(companyShare(amount, { companyMinor })).toBe(companyMinor);
      expect(companyShare(amount, { agentMinor })).toBe(companyMinor);
      expect(companyShare(amount, { companyMinor, agentMinor })).toBe(companyMinor);
    }),
  );
});

test("without parts it is left to the merchant's setting", () => {
  expect(companyShare(9_900n, {})).toBeNull();
  expect(companyShare(9_900n, { companyMinor: 0n, agentMinor: 0n })).toBeNull();
});

test("two parts that do not make the whole are refused, whatever they are", () => {
  fc.assert(
    fc.property(amounts, amounts, amounts, (amount, companyMinor, agentMinor) => {
      fc.pre(companyMinor + agentMinor !== amount && companyMinor + agentMinor > 0n);
      expect(() => companyShare(amount, { companyMinor, agentMinor })).toThrow(Refusal);
    }),
  );
});

test.each([
  [{ companyMinor: 9_901n }, "company_amount", "out_of_range", "0 - 99,00"],
  [{ agentMinor: 9_901n }, "agent_amount", "out_of_range", "0 - 99,00"],
  [{ companyMinor: 100n, agentMinor: 100n }, "company_amount + agent_amount", "wrong_sum", "99,00"],
])("%o of 99,00 says what is wrong", (parts, field, problem, bound) => {
  try {
    companyShare(9_900n, parts);
    expect.unreachable();
  } catch (error) {
    expect((error as Refusal).details).toEqual({ field, problem, bound });
  }
});

test("parts always make the whole: those that were said, else by the merchant's setting", () => {
  const settings = fc.bigInt({ min: 0n, max: 1_000_000n }).map((ppm) => ({ companySharePpm: ppm }));
  fc.assert(
    fc.property(settings, parted, (merchant, [amountMinor, companyMinor]) => {
      for (const part of [companyMinor, null]) {
        const { companyMinor: company, agentMinor } = partsOf(merchant, true, {
          amountMinor,
          companyMinor: part,
        });
        expect(company + agentMinor).toBe(amountMinor);
        if (part !== null) expect(company).toBe(part);
      }
    }),
  );
  const quarter = { companySharePpm: 250_000n };
  const amount = { amountMinor: 9_900n, companyMinor: null };
  expect(partsOf(quarter, true, amount)).toEqual({ companyMinor: 2_475n, agentMinor: 7_425n });
  expect(partsOf(quarter, false, amount)).toEqual({ companyMinor: 9_900n, agentMinor: 0n });
});
