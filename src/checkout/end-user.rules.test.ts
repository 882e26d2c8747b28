import fc from "fast-check";
import { expect, test } from "vitest";
import { Refusal } from "../lib/refusal.ts";
import { endUserDetails, endUserIn, endUserOf, type SentEndUser } from "./end-user.rules.ts";

const sent = {
  end_user_name: " Ece ",
  end_user_surname: "Tan",
  end_user_tckn: "10000000146",
  end_user_phone: "0532 111 22 33",
  end_user_mail: "ece@shop.example",
  end_user_address: "Kadıköy",
} as const;
const terms = { instalments: 2, addCommission: true };

function refusalOf(more: SentEndUser, changed: Partial<typeof terms> = {}): object {
  try {
    endUserOf({ ...sent, ...more }, { ...terms, ...changed });
  } catch (error) {
    if (error instanceof Refusal && error.code === "receipt_refused") return error.details;
    throw error;
  }
  throw new Error("it was not refused");
}

test("an end user is read in one spelling, and of the number only the mask is left", () => {
  const user = endUserOf(sent, terms);
  expect(user).toEqual({
    name: "Ece",
    surname: "Tan",
    numberMask: "100******46",
    phone: "5321112233",
    email: "ece@shop.example",
    address: "Kadıköy",
  });
  expect(JSON.stringify(user)).not.toContain(sent.end_user_tckn);
});

test("a field that lacks, or is blank, is named", () => {
  const fields = fc.constantFrom(...(Object.keys(sent) as (keyof typeof sent)[]));
  fc.assert(
    fc.property(fields, fc.constantFrom(undefined, "", " ", "\t\n"), (field, value) => {
      expect(refusalOf({ [field]: value })).toEqual({ what: "person", field });
    }),
  );
});

test("either number must check where it is sent, also beside a good one", () => {
  expect(refusalOf({ end_user_vkn: "4540536921" })).toMatchObject({ field: "end_user_vkn" });
  expect(refusalOf({ end_user_tckn: "4540536920" })).toMatchObject({ field: "end_user_tckn" });
  const firm = { ...sent, end_user_tckn: undefined, end_user_vkn: " 4540536920 " };
  expect(endUserOf(firm, terms).numberMask).toBe("454*****20");
});

test("the terms are looked at after the person", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1 }), fc.boolean(), (instalments, addCommission) => {
      expect(refusalOf({}, { instalments, addCommission })).toEqual({ what: "instalments" });
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 36 }), (instalments) => {
      expect(refusalOf({}, { instalments, addCommission: false })).toEqual({ what: "commission" });
      expect(endUserOf(sent, { ...terms, instalments }).name).toBe("Ece");
    }),
  );
  expect(refusalOf({ end_user_name: "" }, { instalments: 0 })).toMatchObject({ what: "person" });
});

test("what is kept of an end user reads as the same end user", () => {
  const words = fc.string({ minLength: 1 });
  const users = fc.record({
    name: words,
    surname: words,
    numberMask: words,
    phone: words,
    email: words,
    address: words,
  });
  fc.assert(
    fc.property(users, fc.constantFrom("tr", "en"), (user, locale) => {
      const kept = { note: "x", ...endUserDetails(user, locale) };
      expect(endUserIn(JSON.parse(JSON.stringify(kept)))).toEqual({ ...user, locale });
    }),
  );
  expect(endUserIn({ note: "x", phone: "5321112233" })).toBeUndefined();
});
