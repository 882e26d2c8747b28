import fc from "fast-check";
import { expect, test } from "vitest";
import { bankNameOf, factsOfBin } from "./bin.rules.ts";

test.each([
  ["4355084355084358", { brand: "VISA", bankId: "AXSS" }],
  ["5571135571135575", { brand: "MASTERCARD", bankId: "AXSS" }],
  ["5549608789641500", { brand: "MASTERCARD", bankId: "BONS" }],
  ["4111111111111111", { brand: "VISA", bankId: "ZDGR" }],
  ["9792096695823360", { brand: "TROY", bankId: "ZDGR" }],
  ["374245455400126", { brand: "AMEX", bankId: "ZDGR" }],
])("the first digits of %s tell %o", (pan, facts) => {
  expect(factsOfBin(pan)).toMatchObject(facts);
});

test.each([
  ["2221000000000000", "MASTERCARD"],
  ["2720990000000000", "MASTERCARD"],
  ["2220990000000000", undefined],
  ["2721000000000000", undefined],
  ["5099990000000000", undefined],
  ["5600000000000000", undefined],
  ["6500000000000000", "TROY"],
  ["435508435508435", undefined],
])("%s is of the scheme %s", (pan, brand) => expect(factsOfBin(pan)?.brand).toBe(brand));

test.each([
  ["435508", { brand: "VISA", type: "cc", bankId: "AXSS" }],
  ["43550843", { brand: "VISA", type: "cc", bankId: "AXSS" }],
  ["557113", { brand: "MASTERCARD", bankId: "AXSS" }],
  ["374422", { brand: "AMEX", bankId: "BONS" }],
  ["37442200", { brand: "AMEX", bankId: "BONS" }],
  ["340000", { brand: "AMEX", bankId: "ZDGR" }],
  ["360000", undefined],
  ["979209", { brand: "TROY", bankId: "ZDGR" }],
  ["476662", { brand: "VISA", type: "dc", bankId: "DENZ" }],
  ["51704100", { brand: "MASTERCARD", type: "dc", bankId: "BONS" }],
  ["411111", { brand: "VISA", type: "cc", bankId: "ZDGR" }],
  ["000000", undefined],
])("%s alone tells %o", (bin, facts) => {
  if (facts) expect(factsOfBin(bin)).toMatchObject(facts);
  else expect(factsOfBin(bin)).toBeUndefined();
});

test("the first six or eight digits tell what the whole number tells", () => {
  const heads = fc.constantFrom("4", "51", "55", "2221", "34", "37", "9792", "65", "60", "36", "0");
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 16 });
  fc.assert(
    fc.property(heads, digits, (head, rest) => {
      const number = (head + rest).slice(0, /^3[47]/.test(head) ? 15 : 16);
      for (const length of [6, 7, 8]) {
        expect(factsOfBin(number.slice(0, length))).toEqual(factsOfBin(number));
      }
    }),
  );
});

test("a number of 16 digits that begins as an American Express one is of no scheme", () => {
  expect(factsOfBin("3744220000000000")).toBeUndefined();
});

test("every programme has a name, and what has none is another bank's", () => {
  expect(bankNameOf("AXSS")).toBe("Axess");
  expect(bankNameOf("VAKF")).toBe("Vakıfbank");
  expect(bankNameOf("ZDGR")).toBe("Diğer Banka");
  expect(bankNameOf("????")).toBe("Diğer Banka");
  for (const bin of ["435508", "404809", "493841", "428220", "409070", "415565", "518896"]) {
    const { bankId = "" } = factsOfBin(bin) ?? {};
    expect([bankId, bankNameOf(bankId)]).not.toContain("Diğer Banka");
  }
});
