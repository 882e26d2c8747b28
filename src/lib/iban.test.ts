import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bareIban, isIban } from "./iban.ts";

/** Published as examples by the banks' registry. */
const examples = [
  "TR330006100519786457841326",
  "DE89370400440532013000",
  "GB29NWBK60161331926819",
  "FR1420041010050500013M02606",
  "NO9386011117947",
  "MT84MALT011000012345MTLCAST001S",
];

test.each(examples)("%s is an IBAN", (iban) => expect(isIban(iban)).toBe(true));

test("an IBAN is read through spaces and small letters", () => {
  expect(bareIban(" tr33 0006 1005 1978 6457 8413 26\t")).toBe("TR330006100519786457841326");
});

test.each([
  ["nothing", ""],
  ["a country alone", "TR"],
  ["one of fourteen characters", "NO938601111794"],
  ["one of thirty-five", "MT84MALT011000012345MTLCAST001SAAAA"],
  ["a Turkish one of 25", "TR33000610051978645784132"],
  ["a Turkish one of 27", "TR3300061005197864578413260"],
  ["a Turkish one with letters in its bank", "TR3300A6100519786457841326"],
  ["one with spaces", "TR33 0006 1005 1978 6457 8413 26"],
  ["one in small letters", "tr330006100519786457841326"],
  ["digits of another script", "DE8937040044053201300\u0660"],
  ["one with a line after it", "DE89370400440532013000\n"],
])("%s is no IBAN", (_what, text) => expect(isIban(text)).toBe(false));

const pair = (number: number) => String(number).padStart(2, "0");
const digits = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((all) => all.join(""));
/** A country with an account: Turkish ones in their own form, of other countries as they come. */
const accounts = fc.oneof(
  digits(22).map((account) => ["TR", account] as const),
  fc.tuple(
    fc.constantFrom("DE", "GB", "NL", "XK"),
    fc.string({
      unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
      minLength: 11,
      maxLength: 30,
    }),
  ),
);
const withCheck = ([country, account]: readonly [string, string]): string[] =>
  Array.from({ length: 100 }, (_, check) => `${country}${pair(check)}${account}`).filter(isIban);

describe("check digits of an IBAN", () => {
  test("there is one pair for every account", () => {
    fc.assert(
      fc.property(accounts, (account) => {
        expect(withCheck(account)).toHaveLength(1);
      }),
    );
  });

  test("they find each wrong digit and each pair of digits that changed places", () => {
    const turkish = digits(22).map((account) => withCheck(["TR", account])[0]!);
    const place = fc.integer({ min: 4, max: 25 });
    fc.assert(
      fc.property(turkish, place, fc.integer({ min: 1, max: 9 }), (iban, at, more) => {
        const wrong = String((Number(iban[at]) + more) % 10);
        expect(isIban(iban.slice(0, at) + wrong + iban.slice(at + 1))).toBe(false);
        const [left, right] = [iban[at], iban[at + 1] ?? iban[at]];
        const turned = iban.slice(0, at) + right + left + iban.slice(at + 2);
        if (left !== right) expect(isIban(turned)).toBe(false);
      }),
    );
  });
});
