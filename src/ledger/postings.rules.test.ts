import fc from "fast-check";
import { expect, test } from "vitest";
import type { AgentId, AttemptId, PosId } from "../lib/id.ts";
import {
  commissionEarned,
  commissionTaxDue,
  dueFromBank,
  dueToAgent,
  dueToCompany,
} from "./account.rules.ts";
import { entriesOf } from "./entry.rules.ts";
import {
  capture,
  feesBySide,
  feesGivenBack,
  type Leg,
  type Parts,
  refunded,
  sale,
  voided,
} from "./postings.rules.ts";

const posId: PosId = "pos_1";
const agentId: AgentId = "agt_1";
const bank = dueFromBank(posId);

/** A drawn amount with fees that fit into it; with an agent the company has any part of it. */
const parts: fc.Arbitrary<Parts> = fc
  .record({
    amountMinor: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    agent: fc.boolean(),
    companyPpm: fc.bigInt({ min: 0n, max: 1_000_000n }),
    commissionPpm: fc.bigInt({ min: 0n, max: 500_000n }),
    taxPpm: fc.bigInt({ min: 0n, max: 1_000_000n }),
  })
  .map(({ amountMinor, agent, companyPpm, commissionPpm, taxPpm }) => {
    const commissionMinor = (amountMinor * commissionPpm) / 1_000_000n;
    return {
      posId,
      agentId: agent ? agentId : undefined,
      amountMinor,
      companyMinor: agent ? (amountMinor * companyPpm) / 1_000_000n : amountMinor,
      commissionMinor,
      taxMinor: (commissionMinor * taxPpm) / 1_000_000n,
    };
  });

/** Debits less credits of every account. */
function balances(legs: readonly Leg[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  const add = (account: string, by: bigint) => sums.set(account, (sums.get(account) ?? 0n) + by);
  for (const { debit, credit, amountMinor } of legs) {
    add(debit, amountMinor);
    add(credit, -amountMinor);
  }
  return sums;
}
const total = (sums: Map<string, bigint>) => [...sums.values()].reduce((all, one) => all + one, 0n);
const at = (sums: Map<string, bigint>, account: string) => sums.get(account) ?? 0n;

/** Amounts of refunds that together give back the whole. */
const strides = (whole: bigint, cuts: readonly number[]): bigint[] => {
  const points = cuts.map((cut) => (whole * BigInt(cut)) / 1_000n).concat(whole);
  const sorted = points.sort((a, b) => (a < b ? -1 : 1));
  return sorted.map((point, i) => point - (sorted[i - 1] ?? 0n)).filter((each) => each > 0n);
};
const cuts = fc.array(fc.nat(1_000), { maxLength: 12 });

test("a sale books the amount, the fees and both sides, and balances", () => {
  fc.assert(
    fc.property(parts, (drawn) => {
      const legs = sale(drawn);
      const sums = balances(legs);
      const { company, agent } = feesBySide(drawn);
      expect(total(sums)).toBe(0n);
      expect(legs.every((leg) => leg.amountMinor > 0n && leg.debit !== leg.credit)).toBe(true);
      expect(at(sums, bank)).toBe(drawn.amountMinor);
      expect(at(sums, commissionEarned)).toBe(-drawn.commissionMinor);
      expect(at(sums, commissionTaxDue)).toBe(-drawn.taxMinor);
      expect(at(sums, dueToCompany)).toBe(
        company.commissionMinor + company.taxMinor - drawn.companyMinor,
      );
      const agentMinor = drawn.amountMinor - drawn.companyMinor;
      expect(at(sums, dueToAgent(agentId))).toBe(
        drawn.agentId ? agent.commissionMinor + agent.taxMinor - agentMinor : 0n,
      );
    }),
  );
});

test("both sides' fees add up to the whole of each, and a side without money bears none", () => {
  fc.assert(
    fc.property(parts, (drawn) => {
      const { company, agent } = feesBySide(drawn);
      expect(company.commissionMinor + agent.commissionMinor).toBe(drawn.commissionMinor);
      expect(company.taxMinor + agent.taxMinor).toBe(drawn.taxMinor);
      if (drawn.companyMinor === 0n) expect(company).toEqual({ commissionMinor: 0n, taxMinor: 0n });
      if (drawn.companyMinor === drawn.amountMinor) {
        expect(agent).toEqual({ commissionMinor: 0n, taxMinor: 0n });
      }
    }),
  );
});

test("a capture books what a sale books", () => {
  fc.assert(
    fc.property(parts, (drawn) => {
      expect(balances(capture(drawn))).toEqual(balances(sale(drawn)));
      expect(capture(drawn)[0]?.kind).not.toBe("sale");
    }),
  );
});

test("a void takes back every account of a sale or capture", () => {
  fc.assert(
    fc.property(parts, (drawn) => {
      for (const book of [sale, capture]) {
        const left = balances([...book(drawn), ...voided(drawn)]);
        expect([...left.values()].every((sum) => sum === 0n)).toBe(true);
      }
      expect(voided(drawn).every((leg) => leg.kind === "void")).toBe(true);
    }),
  );
});

test("refunds in any steps give the payer each amount exactly and take back each leg whole", () => {
  fc.assert(
    fc.property(parts, cuts, (drawn, points) => {
      let before = 0n;
      const books = sale(drawn);
      for (const stride of strides(drawn.amountMinor, points)) {
        const legs = refunded(drawn, before, before + stride);
        expect(at(balances(legs), bank)).toBe(-stride);
        expect(total(balances(legs))).toBe(0n);
        expect(legs.every((leg) => leg.amountMinor > 0n)).toBe(true);
        books.push(...legs);
        before += stride;
      }
      expect(before).toBe(drawn.amountMinor);
      expect([...balances(books)].filter(([, sum]) => sum !== 0n)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("no account is ever given back more than it had", () => {
  fc.assert(
    fc.property(parts, cuts, (drawn, points) => {
      const had = balances(sale(drawn));
      let before = 0n;
      const back: Leg[] = [];
      for (const stride of strides(drawn.amountMinor, points)) {
        back.push(...refunded(drawn, before, before + stride));
        before += stride;
        for (const account of [bank, commissionEarned, commissionTaxDue]) {
          const left = at(had, account) + at(balances(back), account);
          expect(account === bank ? left >= 0n : left <= 0n).toBe(true);
        }
      }
    }),
  );
});

test("the fees that a refund gives back are those that its legs say", () => {
  fc.assert(
    fc.property(parts, fc.nat(1_000), (drawn, cut) => {
      const [first = 0n] = strides(drawn.amountMinor, [cut]);
      const one = feesGivenBack(refunded(drawn, 0n, first));
      const rest = feesGivenBack(refunded(drawn, first, drawn.amountMinor));
      expect(one.commissionMinor + rest.commissionMinor).toBe(drawn.commissionMinor);
      expect(one.taxMinor + rest.taxMinor).toBe(drawn.taxMinor);
    }),
  );
});

test("entries are numbered after their attempt, so that booking it twice is one thing", () => {
  const sourceId: AttemptId = `att_${"0".repeat(19)}A`;
  const of = { merchantId: "mer_1", sourceId, currency: "TRY", at: new Date(0) } as const;
  const drawn: Parts = {
    posId,
    amountMinor: 100n,
    companyMinor: 100n,
    commissionMinor: 2n,
    taxMinor: 1n,
  };
  const entries = entriesOf(of, sale(drawn));
  expect(entries.map((entry) => entry.id)).toEqual([
    `ent_${"0".repeat(19)}A_1`,
    `ent_${"0".repeat(19)}A_2`,
    `ent_${"0".repeat(19)}A_3`,
  ]);
  expect(entriesOf(of, sale(drawn))).toEqual(entries);
  expect(entries[0]).toMatchObject({ debit: bank, credit: dueToCompany, currency: "TRY" });
});
