import fc from "fast-check";
import { expect, test } from "vitest";
import {
  boundCode,
  CODE_LENGTH,
  type CodeAsk,
  codeOf,
  exactAsk,
  secondsUntil,
  spelledCode,
} from "./code.rules.ts";

const chance = fc.uint8Array({ minLength: CODE_LENGTH, maxLength: CODE_LENGTH });

test("a code is four letters and digits of which no two look alike", () => {
  fc.assert(
    fc.property(chance, (bytes) => {
      expect(codeOf(bytes)).toMatch(/^[2-9A-HJ-NP-Z]{4}$/);
    }),
  );
  expect(() => codeOf(new Uint8Array(3))).toThrow("a byte for each character");
});

test("no character is likelier than another", () => {
  const seen = new Map<string, number>();
  for (let byte = 0; byte < 256; byte += 1) {
    const [first = ""] = codeOf(Uint8Array.of(byte, 0, 0, 0));
    seen.set(first, (seen.get(first) ?? 0) + 1);
  }
  expect([...new Set(seen.values())]).toEqual([8]);
  expect(seen.size).toBe(32);
});

test("a code is typed in small letters and with gaps too", () => {
  expect(["k7p2", " K7 P2\n", "K7P2"].map(spelledCode)).toEqual(["K7P2", "K7P2", "K7P2"]);
});

const merchant = fc.constantFrom(`mer_${"1".repeat(20)}`, `mer_${"2".repeat(20)}`);
const ask = fc.record({
  purpose: fc.constantFrom("card", "receipt", "subscription"),
  session: fc.string({ minLength: 1 }),
  phone: fc.stringMatching(/^5[0-9]{9}$/),
});
type Merchant = `mer_${string}`;

test("a code is bound to merchant, purpose, session and phone, and to nothing less", () => {
  const one = fc.tuple(merchant, ask, chance.map(codeOf));
  fc.assert(
    fc.property(one, one, ([m1, a1, c1], [m2, a2, c2]) => {
      const same = JSON.stringify([m1, a1, c1]) === JSON.stringify([m2, a2, c2]);
      const bound = [boundCode(m1 as Merchant, a1, c1), boundCode(m2 as Merchant, a2, c2)];
      expect(bound[0] === bound[1]).toBe(same);
    }),
  );
  const first: CodeAsk = { purpose: "card", session: 'a","5', phone: "5321112233" };
  const shifted: CodeAsk = { purpose: "card", session: "a", phone: '5","5321112233' };
  expect(boundCode("mer_1", first, "K7P2")).not.toBe(boundCode("mer_1", shifted, "K7P2"));
  expect(boundCode("mer_1", first, "k7p2")).toBe(boundCode("mer_1", first, "K7P2"));
});

test("a phone is kept in one spelling, and names the session of a receipt", () => {
  const phone = "0532 111 22 33";
  expect(exactAsk({ purpose: "card", session: "s-9", phone })).toEqual({
    purpose: "card",
    session: "s-9",
    phone: "5321112233",
  });
  expect(exactAsk({ purpose: "receipt", session: phone, phone })).toEqual({
    purpose: "receipt",
    session: "5321112233",
    phone: "5321112233",
  });
});

test("seconds are whole and never none", () => {
  const now = new Date("2026-03-04T09:00:00.000Z");
  const inMs = (ms: number) => secondsUntil(new Date(now.getTime() + ms), now);
  expect([180_000, 179_001, 1, 0].map(inMs)).toEqual([180, 180, 1, 1]);
});
