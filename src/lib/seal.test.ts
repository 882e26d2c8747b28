import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keyedHash, keyedHashText, keyringOf, seal, unseal } from "./seal.ts";

const key = randomBytes(32);
const text = fc.string({ unit: "binary", maxLength: 200 });

test("what was sealed opens with its key and its binding", () => {
  fc.assert(
    fc.property(text, text, (secret, binding) => {
      expect(unseal(key, seal(key, secret, binding), binding).open()).toBe(secret.toWellFormed());
    }),
  );
});

test("a single changed bit, anywhere, opens nothing", () => {
  const sealed = seal(key, "a password", "mer_1/pos_1");
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => unseal(key, changed, "mer_1/pos_1")).toThrow();
  }
});

test("what is cut short anywhere opens nothing", () => {
  const sealed = seal(key, "a password", "here");
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => unseal(key, sealed.subarray(0, length), "here")).toThrow();
  }
});

test("another binding or another key opens nothing", () => {
  const sealed = seal(key, "a password", "mer_1/pos_1");
  expect(() => unseal(key, sealed, "mer_1/pos_2")).toThrow();
  expect(() => unseal(randomBytes(32), sealed, "mer_1/pos_1")).toThrow();
});

test("the same text sealed twice looks different", () => {
  expect(seal(key, "same", "here").equals(seal(key, "same", "here"))).toBe(false);
});

test("one root makes one ring, with a key of its own for each purpose", () => {
  const root = randomBytes(32).toString("base64");
  expect(keyringOf(root)).toEqual(keyringOf(root));
  const keys = Object.values(keyringOf(root)).map((each) => each.toString("hex"));
  expect(new Set([...keys, Buffer.from(root, "base64").toString("hex")]).size).toBe(
    keys.length + 1,
  );
});

test.each(["", "short", randomBytes(31).toString("base64"), randomBytes(33).toString("base64")])(
  "a root key that has not 32 bytes is refused: %s",
  (root) => expect(() => keyringOf(root)).toThrow("32 bytes"),
);

test("equal texts have equal hashes under one key, and others under another", () => {
  expect(keyedHash(key, "card")).toEqual(keyedHash(key, "card"));
  expect(keyedHash(key, "card")).not.toEqual(keyedHash(key, "cart"));
  expect(keyedHash(key, "card")).not.toEqual(keyedHash(randomBytes(32), "card"));
});

test("a hash as a text is the hash in base64", () => {
  fc.assert(
    fc.property(text, (asked) => {
      expect(keyedHashText(key, asked)).toBe(keyedHash(key, asked).toString("base64"));
    }),
  );
});
