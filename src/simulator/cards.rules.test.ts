import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasLuhnDigit } from "../lib/luhn.ts";
import { isExpired, issuerDecline, magicCode, seededCards } from "./cards.rules.ts";
import { seededMerchants } from "./merchants.rules.ts";

const good = { behaviour: "ok", limitKurus: 1000, usedKurus: 400 };
const ask = { amountKurus: 600, cvv: "000", isProven: false };

test("every seeded card passes Luhn, but for the one that manuals print wrongly", () => {
  const failing = seededCards.filter(({ pan }) => !hasLuhnDigit(pan));
  expect(failing.map(({ pan }) => pan.slice(-4))).toEqual(["7890"]);
});

test("changing any digit of a good number breaks Luhn", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...seededCards.filter(({ pan }) => hasLuhnDigit(pan))),
      fc.nat(15),
      fc.integer({ min: 1, max: 9 }),
      ({ pan }, at, by) => {
        const digit = (Number(pan[at]) + by) % 10;
        expect(hasLuhnDigit(`${pan.slice(0, at)}${digit}${pan.slice(at + 1)}`)).toBe(false);
      },
    ),
  );
});

describe("the issuer", () => {
  test("approves up to the limit and not a kuruş above", () => {
    expect(issuerDecline(good, ask)).toBeUndefined();
    expect(issuerDecline(good, { ...ask, amountKurus: 601 })).toBe("51");
  });
  test("knows no unknown card", () => expect(issuerDecline(undefined, ask)).toBe("14"));
  test("refuses CVV 999, and asks 3-D Secure for 998", () => {
    expect(issuerDecline(good, { ...ask, cvv: "999" })).toBe("82");
    expect(issuerDecline(good, { ...ask, cvv: "998" })).toBe("12");
    expect(issuerDecline(good, { ...ask, cvv: "" })).toBeUndefined();
  });
  test("asks it of nobody who has come by it", () => {
    const proven = { ...ask, isProven: true };
    expect(issuerDecline(good, { ...proven, cvv: "998" })).toBeUndefined();
    expect(issuerDecline({ ...good, behaviour: "three_ds_only" }, proven)).toBeUndefined();
    expect(issuerDecline(good, { ...proven, cvv: "999" })).toBe("82");
    expect(issuerDecline({ ...good, behaviour: "decline:43" }, proven)).toBe("43");
  });
  test("answers as the error card says", () => {
    expect(issuerDecline({ ...good, behaviour: "decline:43" }, ask)).toBe("43");
    expect(issuerDecline({ ...good, behaviour: "three_ds_only" }, ask)).toBe("12");
  });
});

test("amounts from 7,000.00 to 7,999.99 name the issuer's code in their kuruş", () => {
  expect(magicCode(700_151)).toBe("51");
  expect(magicCode(700_105)).toBe("05");
  expect([magicCode(700_100), magicCode(699_951), magicCode(800_051)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a card is good to the last day of its month", () => {
  expect(isExpired(2026, 11, "2026-11")).toBe(false);
  expect(isExpired(2026, 11, "2026-12")).toBe(true);
  expect(isExpired(2027, 1, "2026-12")).toBe(false);
});

test("every seeded merchant number is its own, and the first bank has two", () => {
  const numbers = new Set(seededMerchants.map(({ clientId }) => clientId));
  expect(numbers.size).toBe(seededMerchants.length);
  const first = seededMerchants.filter(({ prefix }) => prefix === seededMerchants[0]?.prefix);
  expect(first.map(({ clientId }) => clientId)).toEqual(["990000001", "990000002"]);
});
