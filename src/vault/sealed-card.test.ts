import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CardId, type MerchantId, newId } from "../lib/id.ts";
import { keyringOf } from "../lib/seal.ts";
import { Secret } from "../lib/secret.ts";
import { type DataKey, newDataKey, openDataKey } from "./data-key.ts";
import { fingerprintOf, openSealed, reseal, sealCard } from "./sealed-card.ts";

const NOON = new Date("2026-03-04T12:00:00+03:00");
const ring = keyringOf(randomBytes(32).toString("base64"));
const merchantId: MerchantId = newId("mer", NOON);
const keyFor = (merchant: MerchantId): DataKey =>
  openDataKey(ring, merchant, newDataKey(ring, merchant, NOON));
const key = keyFor(merchantId);

const pan = fc
  .string({ unit: fc.constantFrom(..."0123456789"), minLength: 15, maxLength: 16 })
  .map((digits) => new Secret(digits));
const holder = fc.string({ unit: "binary", maxLength: 60 });
const cardId = fc.nat().map((): CardId => newId("crd", NOON));

test("what was sealed opens, whatever the holder is called", () => {
  fc.assert(
    fc.property(pan, holder, cardId, (number, name, id) => {
      const sealed = sealCard(key, { merchantId, id }, { pan: number, holder: name });
      const opened = openSealed(key, { merchantId, id }, sealed);
      expect(opened.pan.open()).toBe(number.open());
      expect(opened.holder).toBe(name.toWellFormed());
    }),
  );
});

test("a sealed card opens as no other card, of no other merchant, and under no other key", () => {
  const other: MerchantId = newId("mer", NOON);
  const otherKey = keyFor(merchantId);
  fc.assert(
    fc.property(pan, cardId, cardId, (number, id, otherId) => {
      const sealed = sealCard(key, { merchantId, id }, { pan: number, holder: "Deniz Ak" });
      const open = (by: DataKey, name: { merchantId: MerchantId; id: CardId }) => () =>
        openSealed(by, name, sealed);
      expect(open(key, { merchantId, id: otherId })).toThrow("does not open");
      expect(open(key, { merchantId: other, id })).toThrow("does not open");
      expect(open(otherKey, { merchantId, id })).toThrow("does not open");
    }),
  );
});

test("a resealed card opens under its new key only, as the same card only", () => {
  const to = keyFor(merchantId);
  fc.assert(
    fc.property(pan, holder, cardId, (number, name, id) => {
      const card = { merchantId, id };
      const before = sealCard(key, card, { pan: number, holder: name });
      const after = reseal(key, to, card, before);
      expect(openSealed(to, card, after).pan.open()).toBe(number.open());
      expect(openSealed(to, card, after).holder).toBe(name.toWellFormed());
      expect(() => openSealed(key, card, after)).toThrow("does not open");
      expect(() => reseal(to, key, card, before)).toThrow("does not open");
    }),
  );
});

test("equal numbers have equal fingerprints inside one merchant and no two merchants", () => {
  const other: MerchantId = newId("mer", NOON);
  fc.assert(
    fc.property(pan, pan, (one, two) => {
      const isSame = one.open() === two.open();
      const print = fingerprintOf(ring, merchantId, one);
      expect(print.equals(fingerprintOf(ring, merchantId, two))).toBe(isSame);
      expect(print.equals(fingerprintOf(ring, merchantId, new Secret(one.open())))).toBe(true);
      expect(print.equals(fingerprintOf(ring, other, one))).toBe(false);
    }),
  );
});

test("a fingerprint cannot be made without the root key", () => {
  const number = new Secret("4355084355084358");
  const elsewhere = keyringOf(randomBytes(32).toString("base64"));
  const print = fingerprintOf(ring, merchantId, number);
  expect(print.equals(fingerprintOf(elsewhere, merchantId, number))).toBe(false);
});

test("a wrapped key opens for its own merchant, by its own root key, and unchanged only", () => {
  const wrapped = newDataKey(ring, merchantId, NOON);
  const opened = openDataKey(ring, merchantId, wrapped);
  expect(opened.bytes).toHaveLength(32);
  expect(openDataKey(ring, merchantId, wrapped).bytes).toEqual(opened.bytes);
  const other: MerchantId = newId("mer", NOON);
  expect(() => openDataKey(ring, other, wrapped)).toThrow("does not open");
  const elsewhere = keyringOf(randomBytes(32).toString("base64"));
  expect(() => openDataKey(elsewhere, merchantId, wrapped)).toThrow("VEZNE_VAULT_KEY");
  const moved = { ...wrapped, id: newDataKey(ring, merchantId, NOON).id };
  expect(() => openDataKey(ring, merchantId, moved)).toThrow("does not open");
});

test("a wrapped key holds nothing of the key, and two keys are never the same", () => {
  const [one, two] = [newDataKey(ring, merchantId, NOON), newDataKey(ring, merchantId, NOON)];
  const [first, second] = [one, two].map((each) => openDataKey(ring, merchantId, each).bytes);
  expect(first!.equals(second!)).toBe(false);
  for (const form of ["hex", "base64", "latin1"] as const) {
    expect(one.wrapped.toString(form)).not.toContain(first!.toString(form));
  }
});

test("what does not open says so without what it holds", () => {
  const number = "4355084355084358";
  const card = { merchantId, id: newId("crd", NOON) };
  const sealed = sealCard(key, card, { pan: new Secret(number), holder: "Deniz Ak" });
  sealed[sealed.length - 1]! ^= 1;
  let told: unknown;
  try {
    openSealed(key, card, sealed);
  } catch (error) {
    told = error;
  }
  expect(inspect(told)).toContain(card.id);
  // An id is chance in part, and may have these digits by itself.
  expect(inspect(told).replaceAll(card.id, "")).not.toMatch(/4355|Deniz/);
});

test("a thousand merchants' keys are remembered and the rest are unwrapped again", () => {
  const first = newDataKey(ring, merchantId, NOON);
  const opened = openDataKey(ring, merchantId, first);
  expect(openDataKey(ring, merchantId, first)).toBe(opened);
  for (let i = 0; i < 1_000; i += 1) keyFor(newId("mer", NOON));
  expect(openDataKey(ring, merchantId, first)).not.toBe(opened);
  expect(openDataKey(ring, merchantId, first)).toEqual(opened);
});
