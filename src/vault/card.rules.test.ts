import fc from "fast-check";
import { expect, test } from "vitest";
import { maskOf } from "../lib/card-number.ts";
import { hasLuhnDigit } from "../lib/luhn.ts";
import { Refusal } from "../lib/refusal.ts";
import { Secret } from "../lib/secret.ts";
import {
  holderMaskOf,
  mayHoldNumber,
  numberHider,
  readCard,
  type TypedCard,
} from "./card.rules.ts";

const NOON = new Date("2026-03-04T12:00:00+03:00");
const typed = (more: Partial<Record<"pan" | "cvv", string>> & { month?: number; year?: number }) =>
  ({
    pan: new Secret(more.pan ?? "4355084355084358"),
    month: more.month ?? 12,
    year: more.year ?? 2030,
    cvv: more.cvv === undefined ? undefined : new Secret(more.cvv),
    holder: "Deniz Ak",
  }) satisfies TypedCard;

function outcome(more: Parameters<typeof typed>[0], now = NOON, isSandbox = true): string {
  try {
    readCard(typed(more), now, isSandbox);
    return "taken";
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** Digits with the one last digit that checks. */
const checked = fc
  .string({ unit: fc.constantFrom(..."0123456789"), minLength: 14, maxLength: 15 })
  .map((body) => {
    const last = [..."0123456789"].find((digit) => hasLuhnDigit(body + digit))!;
    return body + last;
  });

test("exactly one last digit checks, and any single wrong digit is seen", () => {
  fc.assert(
    fc.property(checked, fc.nat(14), fc.integer({ min: 1, max: 9 }), (pan, at, by) => {
      const wrong = String((Number(pan[at]) + by) % 10);
      const changed = pan.slice(0, at) + wrong + pan.slice(at + 1);
      expect(hasLuhnDigit(pan)).toBe(true);
      expect(hasLuhnDigit(changed)).toBe(false);
    }),
  );
});

test("a mask shows the first six and the last four, and is as long as the number", () => {
  fc.assert(
    fc.property(checked, (pan) => {
      const mask = maskOf(pan);
      expect(mask).toMatch(/^\d{6}\*{5,6}\d{4}$/);
      expect(mask).toHaveLength(pan.length);
      expect([mask.slice(0, 6), mask.slice(-4)]).toEqual([pan.slice(0, 6), pan.slice(-4)]);
    }),
  );
});

test("a card is read with its spaces and dashes, and its number stays hidden", () => {
  const card = readCard(typed({ pan: "4355 0843-5508 4358", cvv: "000", year: 30 }), NOON, false);
  expect(card).toMatchObject({
    mask: "435508******4358",
    expiryMonth: 12,
    expiryYear: 2030,
    holder: "Deniz Ak",
    facts: { brand: "VISA", type: "cc", bankId: "AXSS" },
  });
  expect(card.pan.open()).toBe("4355084355084358");
  expect(JSON.stringify(card)).not.toContain("4355084355084358");
});

test("a number typed as the holder's name is kept as its mask", () => {
  const holder = "4355 0843 5508 4358";
  expect(readCard({ ...typed({}), holder }, NOON, false).holder).toBe("435508******4358");
});

test("a text with the number, however grouped, becomes the mask, and no other text does", () => {
  fc.assert(
    fc.property(checked, fc.string(), fc.constantFrom("", " ", "-", "."), (pan, rest, gap) => {
      fc.pre(!/\d/.test(rest));
      const hide = numberHider({ pan: new Secret(pan), mask: maskOf(pan) });
      const grouped = pan.replaceAll(/(\d{4})(?=\d)/g, `$1${gap}`);
      expect(hide(`${rest}${grouped}${rest} cvc 731`)).toBe(maskOf(pan));
      expect(hide(rest)).toBe(rest);
    }),
  );
});

test("a number is found in every text in which its digits stand with one sign between them", () => {
  const signs = fc.constantFrom("", "", "", " ", ".", "-", "  ", "/", "a", "4");
  fc.assert(
    fc.property(checked, fc.array(signs, { minLength: 16, maxLength: 16 }), (pan, between) => {
      const text = [...pan].map((digit, i) => digit + between[i]).join("");
      const plain = new RegExp([...pan].join("[ .-]?"));
      const hide = numberHider({ pan: new Secret(pan), mask: maskOf(pan) });
      expect(hide(text)).toBe(plain.test(text) ? maskOf(pan) : text);
    }),
    { numRuns: 500 },
  );
});

test("a mask finds its number, however grouped, and no number of another beginning or end", () => {
  fc.assert(
    fc.property(checked, checked, fc.constantFrom("", " ", "-", "."), (pan, other, gap) => {
      const isOfMask = mayHoldNumber(maskOf(pan));
      const grouped = (text: string) => text.replaceAll(/(\d{4})(?=\d)/g, `$1${gap}`);
      expect(isOfMask(`ref ${grouped(pan)} x`)).toBe(true);
      expect(isOfMask(maskOf(pan))).toBe(false);
      fc.pre(maskOf(pan) !== maskOf(other));
      expect(isOfMask(grouped(other))).toBe(false);
    }),
  );
});

test.each([
  ["2026-03-31T23:59:59.999+03:00", "taken"],
  ["2026-04-01T00:00:00.000+03:00", "card_expired"],
  ["2026-03-31T21:00:00.000Z", "card_expired"],
])("a card of 03/26 is at %s %s", (now, expected) => {
  expect(outcome({ month: 3, year: 26 }, new Date(now))).toBe(expected);
  expect(outcome({ month: 3, year: 2026 }, new Date(now))).toBe(expected);
});

test("a card of December is good through the last night of the year", () => {
  const december = { month: 12, year: 2026 };
  expect(outcome(december, new Date("2026-12-31T20:59:59.999Z"))).toBe("taken");
  expect(outcome(december, new Date("2026-12-31T21:00:00.000Z"))).toBe("card_expired");
});

test.each([
  ["a wrong check digit", { pan: "4355084355084359" }],
  ["letters", { pan: "435508435508435x" }],
  ["too few digits", { pan: "43550843550843" }],
  ["too many digits", { pan: "43550843550843580" }],
  ["no number", { pan: "" }],
  ["month 0", { month: 0 }],
  ["month 13", { month: 13 }],
  ["half a month", { month: 1.5 }],
  ["no month", { month: Number.NaN }],
  ["a year beyond the century", { year: 2100 }],
  ["a code of two digits", { cvv: "12" }],
  ["a code of five digits", { cvv: "12345" }],
  ["a code with letters", { cvv: "12a" }],
])("%s is wrong card data", (_what, more) => expect(outcome(more)).toBe("wrong_card_data"));

test("a printed test card whose last digit does not check is taken in a sandbox only", () => {
  expect(outcome({ pan: "4546711234567890" }, NOON, true)).toBe("taken");
  expect(outcome({ pan: "4546711234567890" }, NOON, false)).toBe("wrong_card_data");
});

test("digits of no scheme taken here are an unknown card", () => {
  const unknown = [..."0123456789"].map((digit) => `100000000000000${digit}`).find(hasLuhnDigit)!;
  expect(outcome({ pan: unknown })).toBe("card_unknown");
});

test.each([
  ["Deniz Ak", "D****K"],
  ["RQXYZPQR", "R****R"],
  ["ışıl çelik", "I****K"],
  ["ipek şahin", "İ****N"],
  ["Ömer Öğü", "Ö****Ü"],
  ["  ali  ", "A****İ"],
  ["Al", "A****L"],
  ["A", "A****"],
  ["", ""],
  ["435508******4358", ""],
  ["i\u0307pek", "İ\u0307****K"],
])("the holder %s is shown as %s", (name, mask) => expect(holderMaskOf(name)).toBe(mask));

test("a holder's mask tells two letters and not how many there are", () => {
  const letters = fc.string({ unit: fc.constantFrom(..."ABCÇĞIİÖŞÜZ "), minLength: 1 });
  fc.assert(
    fc.property(letters, letters, (one, other) => {
      const name = `A${one}B${other}Z`;
      expect(holderMaskOf(name)).toBe("A****Z");
    }),
  );
});

test.each([
  ["4355 0843 5508 4358", "435508******4358"],
  ["4355084355084358 cvc 731", "435508******4358"],
  ["5571-1355-7113-5575 731", "557113******5575 ***"],
  ["Deniz 4546711234567890", "Deniz 454671******7890"],
  ["Deniz Ak", "Deniz Ak"],
])(
  "of a number typed as the holder, this card's or another's, a mask is kept: %j",
  (holder, kept) => {
    expect(readCard({ ...typed({}), holder }, NOON, true).holder).toBe(kept);
  },
);
