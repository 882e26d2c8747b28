import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hasLongNumber,
  holdsCardNumber,
  maskOf,
  replaceCardNumbers,
  withoutCardData,
} from "./card-number.ts";
import { hasLuhnDigit } from "./luhn.ts";

const PAN = "4355084355084358";
const MASK = "435508******4358";

/** How numbers of each scheme begin, and how long they are. */
const starts: readonly (readonly [string, readonly number[]])[] = [
  ["4", [13, 16, 19]],
  ["51", [16]],
  ["55", [16]],
  ["2221", [16]],
  ["2720", [16]],
  ["34", [15]],
  ["37", [15]],
  ["9792", [16]],
  ["65", [16, 17, 18, 19]],
  ["5018", [13, 16, 19]],
  ["6011", [16]],
  ["62", [16, 19]],
  ["3528", [16, 19]],
  ["36", [14]],
  ["2200", [16]],
];
const withCheckDigit = (digits: string): string =>
  [..."0123456789"].map((last) => digits + last).find(hasLuhnDigit)!;
const numbers = fc
  .constantFrom(...starts.flatMap(([start, lengths]) => lengths.map((n) => [start, n] as const)))
  .chain(([start, length]) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 18, maxLength: 18 })
      .map((digits) => withCheckDigit((start + digits.join("")).slice(0, length - 1))),
  );
const gaps = fc.constantFrom(
  ...["", " ", "-", ".", ",", "/", "|", "+", "_", "\u00a0", "\u2013", "\u200b", "\n"],
  ...[" - ", ", ", "&nbsp;"],
);
/** A number with anything between any of its digits. */
const grouped = numbers.chain((number) =>
  fc
    .array(gaps, { minLength: number.length, maxLength: number.length })
    .map((all) => ({ number, text: [...number].map((d, i) => d + (all[i + 1] ?? "")).join("") })),
);
const word = fc.constantFrom(
  "kart",
  "No:",
  "(",
  ")",
  "=",
  "/",
  "€",
  "Ödeme",
  "12/30",
  "#7",
  "\u0131",
);
const words = fc.array(word, { maxLength: 4 }).map((all) => all.join(" "));
const digitsOf = (text: string) => text.replaceAll(/\D/g, "");

describe("a card number", () => {
  test("of any scheme, in any groups, is found wherever it stands", () => {
    fc.assert(
      fc.property(grouped, words, words, ({ number, text }, before, behind) => {
        for (const around of [
          text,
          `${before} ${text} ${behind}`,
          `x${text}x`,
          `${before}: ${text}, ${text}`,
          `a=${text}&b=${text}`,
        ]) {
          expect(holdsCardNumber(around)).toBe(true);
          expect(digitsOf(withoutCardData(around))).not.toContain(number);
        }
      }),
      { numRuns: 500 },
    );
  });
  test("leaves its mask, and the words around it as they are", () => {
    expect(withoutCardData(`Ece'nin kartı ${PAN}, teşekkürler`)).toBe(
      `Ece'nin kartı ${MASK}, teşekkürler`,
    );
    expect(withoutCardData("4355 0843 5508 4358 / 5571-1355-7113-5575")).toBe(
      `${MASK} / 557113******5575`,
    );
    expect(withoutCardData("amex 3742 454554 00126.")).toBe("amex 374245*****0126.");
    expect(withoutCardData(`2026-03-04 ${PAN} 12/30`)).toBe(`****-03-04 ${MASK} 12/30`);
  });
  test("that a manual prints without its check digit is one too", () => {
    expect(withoutCardData("4546711234567890")).toBe("454671******7890");
  });
  test("is hidden whole where two readings of the digits are possible", () => {
    const four = "4111 1111 1111 1111 0843 5508 4358";
    const shown = withoutCardData(four);
    expect(digitsOf(shown).length).toBeLessThanOrEqual(10 + digitsOf("5508 4358").length);
    expect(shown).not.toContain("1111 1111");
  });
  test("is written as the caller wants it", () => {
    const first = (digits: string) => `${digits.slice(0, 6)}!`;
    expect(replaceCardNumbers(`a ${PAN} b ${PAN}`, first)).toBe("a 435508! b 435508!");
    expect(maskOf("374245455400126")).toBe("374245*****0126");
  });
});

describe("the look before the search", () => {
  /** Every character that may stand between the digits of a number. */
  const parts = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter(
    (character) => /^[\s.,/|+_\p{Pd}\p{Cf}]$/u.test(character),
  );
  const between = fc.oneof(
    fc.array(fc.constantFrom(...parts), { maxLength: 3 }).map((all) => all.join("")),
    fc.constant("&nbsp;"),
  );
  const digit = fc.constantFrom(..."0123456789");

  test("sees thirteen digits whatever stands between them and around them", () => {
    expect(parts.length).toBeGreaterThan(200);
    for (const part of parts) {
      expect(hasLongNumber(Array(13).fill("4").join(part.repeat(3)))).toBe(true);
    }
    fc.assert(
      fc.property(
        fc.array(fc.tuple(digit, between), { minLength: 13, maxLength: 19 }),
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        (number, before, behind) => {
          const text = number.map(([one, gap]) => one + gap).join("");
          expect(hasLongNumber(before + text + behind)).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
  test("sees every text in which a number is found", () => {
    fc.assert(
      fc.property(grouped, words, words, ({ text }, before, behind) => {
        expect(hasLongNumber(`${before}${text}${behind}`)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
  test.each([
    ["", "nothing"],
    ["435508435508", "twelve digits"],
    ["B-31926-48211", "a reference"],
    [`"time":"2026-11-22T02:25:01.123Z","ms":33.4`, "a line of a log"],
    ["pay_01KARX5J2Q8R7T6M4N3P", "an id"],
    ["4355084 a 3550843", "digits in two places"],
  ])("passes over %j: %s", (text) => expect(hasLongNumber(text)).toBe(false));
});

describe("a security code", () => {
  test.each([
    [`${PAN} 731`, `${MASK} ***`],
    [`kart ${PAN} cvc 731 son 12/2030`, `kart ${MASK} cvc *** son 12/****`],
    [`731, ${PAN}`, `***, ${MASK}`],
    [`${PAN} 7319`, `${MASK} ****`],
    ["cvc 731", "cvc ***"],
    ["CVV2=7319", "CVV2=***"],
    ["cvc731", "cvc***"],
    ["CVV'si 731", "CVV'si ***"],
    ["güvenlik kodu: 731", "güvenlik kodu: ***"],
    ["Security code is 731.", "Security code is ***."],
  ])("%j is kept as %j", (text, kept) => expect(withoutCardData(text)).toBe(kept));
});

describe("what is no card number stays", () => {
  test.each([
    ["4355084355084359", "no check digit"],
    ["43550843550843581", "a digit too many"],
    [withCheckDigit("123456781234567"), "no scheme"],
    [withCheckDigit("35693803564380"), "an IMEI"],
    ["1772614800123", "milliseconds since 1970"],
    ["20260304120000", "a day and its time"],
    ["10000000146", "an identity number"],
    ["+90 (532) 111 22 33 / 0212 444 55 66", "telephones"],
    ["TR330006100519786457841326", "an account"],
    ["TR33 0006 1005 1978 6457 8413 26", "an account in groups"],
    ["4 adet x 1.250,00 = 5.000,00 TL", "an invoice's line"],
    ["192.168.100.200", "an address"],
    ["1.250,00 / 2.500,00 / 3.750,00", "amounts"],
    ["731", "a number by itself"],
    ["", "nothing"],
  ])("%j: %s", (text) => {
    expect(holdsCardNumber(text)).toBe(false);
    expect(withoutCardData(text)).toBe(text);
  });
  test("an account whose check does not fit is none", () => {
    expect(holdsCardNumber("TR34 0006 4355 0843 5508 4358 26")).toBe(true);
  });
  test("and so does any GUID and any hash", () => {
    const hex = fc.constantFrom(..."00112233445566778899ab");
    const hash = fc.array(hex, { minLength: 23, maxLength: 63 }).map((all) => `${all.join("")}a`);
    const guid = fc
      .array(fc.constantFrom(..."4440123567899"), { minLength: 32, maxLength: 32 })
      .map((all) => all.join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.*)$/, "$1-$2-$3-$4-$5"));
    fc.assert(
      fc.property(fc.oneof(hash, guid, fc.uuid()), (text) => {
        expect(holdsCardNumber(`id=${text}`)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
  test("a text without any is given back as it was, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!holdsCardNumber(text) && !/cv|kodu|code/i.test(text));
        expect(withoutCardData(text)).toBe(text);
      }),
    );
  });
});

test("what was hidden once stays so, and no text grows", () => {
  const any = fc.oneof(
    fc.string({ unit: "binary" }),
    words,
    grouped.map(({ text }) => text),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 4 }), (parts) => {
      const text = parts.join(" ");
      const once = withoutCardData(text);
      expect(withoutCardData(once)).toBe(once);
      expect(once.length).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 1_000 },
  );
});

test("a long text is read in no time", () => {
  const long = "4 3 5 5 0 8 ".repeat(5_000);
  const startedAt = performance.now();
  withoutCardData(long);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
