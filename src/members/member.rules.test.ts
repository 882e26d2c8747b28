import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MarketProblem } from "../lib/market-problem.ts";
import { Refusal } from "../lib/refusal.ts";
import { type AccountAsk, checkAccount } from "./account.rules.ts";
import {
  checkMember,
  checkTerms,
  isSameMember,
  type MemberAsk,
  type MemberFacts,
  type ValueDateKind,
} from "./member.rules.ts";

/** The problem that a check refuses, or none. */
function problemOf(check: () => unknown): MarketProblem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    const isOurs = error instanceof Refusal && error.code === "market_refused";
    if (!isOurs) throw error;
    return (error as Refusal<"market_refused">).details.problem;
  }
}

const company: MemberFacts = {
  externalId: "seller-71",
  isSubMerchant: true,
  kind: "company",
  name: "Ada Kitap",
  title: "Ada Kitap Ltd",
  taxOffice: "Moda",
  taxNumber: "1234567890",
  identityNumber: "",
  email: "s@ada.example",
  phone: "5300000000",
  address: "Kadıköy",
  contactName: "Ece",
  contactLastname: "Su",
};
const person: MemberFacts = {
  ...company,
  kind: "person",
  taxOffice: "",
  taxNumber: "",
  identityNumber: "10000000146",
};

type Name = Exclude<keyof MemberFacts, "isSubMerchant" | "kind">;
const missing = {
  externalId: "external_id_missing",
  name: "name_missing",
  title: "title_missing",
  taxOffice: "tax_office_missing",
  taxNumber: "tax_number_missing",
  identityNumber: "identity_missing",
  email: "email_missing",
  phone: "phone_missing",
  address: "address_missing",
  contactName: "contact_name_missing",
  contactLastname: "contact_lastname_missing",
} as const satisfies Record<Name, MarketProblem>;
const names = Object.keys(missing) as Name[];
const optional: Readonly<Record<"company" | "person", readonly Name[]>> = {
  company: ["identityNumber", "contactName", "contactLastname"],
  person: ["taxOffice", "taxNumber"],
};

describe("a member", () => {
  test("is told the first thing missing in the order of the documents, whatever else is", () => {
    const cases = fc.tuple(fc.constantFrom(company, person), fc.subarray(names));
    fc.assert(
      fc.property(cases, ([whole, without]) => {
        const asked = { ...whole, ...Object.fromEntries(without.map((name) => [name, ""])) };
        const spared = optional[whole.kind === "person" ? "person" : "company"];
        const first = names.find((name) => without.includes(name) && !spared.includes(name));
        const problem = problemOf(() => checkMember(asked));
        expect(problem).toBe(first === undefined ? undefined : missing[first]);
      }),
    );
  });

  test("is taken as it was asked for, or not at all", () => {
    const any: fc.Arbitrary<Partial<MemberAsk>> = fc.record(
      Object.fromEntries(names.map((name) => [name, fc.string({ maxLength: 260 })])),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(company, person), any, (whole, more) => {
        const asked = { ...whole, ...more };
        if (problemOf(() => checkMember(asked)) !== undefined) return;
        expect(checkMember(asked)).toEqual(asked);
        const isChanged = names.some((name) => asked[name] !== whole[name]);
        expect(isSameMember(whole, checkMember(asked))).toBe(!isChanged);
      }),
    );
  });

  test("that is no sub-merchant need not have a kind, and one that is must", () => {
    const none = { ...company, kind: null };
    expect(problemOf(() => checkMember(none))).toBe("member_type_wrong");
    expect(problemOf(() => checkMember({ ...none, isSubMerchant: false }))).toBeUndefined();
  });
});

test("terms are taken within the bounds of their kind, and a commission up to all", () => {
  const most: Readonly<Record<ValueDateKind, number>> = {
    plus_day: 100,
    day_of_week: 7,
    day_of_month: 28,
  };
  const kinds = fc.constantFrom<ValueDateKind>("plus_day", "day_of_week", "day_of_month");
  const values = fc.integer({ min: -5, max: 110 });
  const rates = fc.bigInt({ min: 0n, max: 1_100_000n });
  fc.assert(
    fc.property(kinds, values, rates, (kind, value, commissionPpm) => {
      const problem = problemOf(() => checkTerms({ kind, value, commissionPpm }));
      if (value < 1 || value > most[kind]) expect(problem).toBe("value_date_value_wrong");
      else expect(problem).toBe(commissionPpm > 1_000_000n ? "commission_wrong" : undefined);
    }),
  );
});

test("an account that is taken has a bare IBAN and a title, as the database asks for", () => {
  const iban = fc.oneof(
    fc.constantFrom("TR33 0006 1005 1978 6457 8413 26", "de89370400440532013000"),
    fc.string({ maxLength: 40 }),
  );
  const asks: fc.Arbitrary<AccountAsk> = fc.record({
    currency: fc.constantFrom("TRY", undefined),
    title: fc.string({ maxLength: 210 }),
    iban,
  });
  fc.assert(
    fc.property(asks, (ask) => {
      if (problemOf(() => checkAccount(ask)) !== undefined) return;
      const account = checkAccount(ask);
      expect(account.iban).toMatch(/^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/);
      expect(account.title.length).toBeGreaterThan(0);
      expect(account.title.length).toBeLessThanOrEqual(200);
    }),
  );
});
