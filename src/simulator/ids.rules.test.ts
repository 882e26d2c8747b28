import fc from "fast-check";
import { expect, test } from "vitest";
import { idsOf } from "./ids.rules.ts";

const ids = idsOf("seed");
const atMs = Date.UTC(2026, 2, 1, 21, 30);

test("references have the forms of the wire, with Istanbul's day and time", () => {
  expect(ids.rrn(7, atMs)).toBe("606100000007");
  expect(ids.bankTxnId(7, atMs)).toMatch(/^260610030[A-Z]{3}000007$/);
  fc.assert(
    fc.property(fc.nat(), (id) => {
      expect(ids.authCode(id)).toMatch(/^[1-9]\d{5}$/);
      expect(ids.orderNo(id)).toMatch(/^SIM\d{17}$/);
    }),
  );
});

test("two transactions never share a reference, and two seeds draw differently", () => {
  const numbers = Array.from({ length: 5_000 }, (_, id) => ids.bankTxnId(id, atMs));
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(idsOf("other").authCode(7)).not.toBe(ids.authCode(7));
  expect(idsOf("seed").authCode(7)).toBe(ids.authCode(7));
});

test("chance lies between nothing and all, and is spread", () => {
  const drawn = Array.from({ length: 1_000 }, (_, turn) => ids.chance(1, turn));
  expect(drawn.every((chance) => chance >= 0 && chance < 1)).toBe(true);
  const half = drawn.filter((chance) => chance < 0.5).length;
  expect(half).toBeGreaterThan(400);
  expect(half).toBeLessThan(600);
});
