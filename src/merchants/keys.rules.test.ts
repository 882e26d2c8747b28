import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keyringOf } from "../lib/seal.ts";
import { hashOfKey, keyOfHeader, keyText, mayCallFrom } from "./keys.rules.ts";

const chance = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const kind = fc.constantFrom("secret", "publishable");
const base64 = (text: string) => Buffer.from(text).toString("base64");

test("a key comes out of its header, sent as it is or as a user name", () => {
  fc.assert(
    fc.property(kind, chance, (which, bytes) => {
      const key = keyText(which, bytes);
      const headers = [
        `Basic ${key}`,
        `basic ${key}`,
        ` BASIC  ${key} `,
        `Basic ${base64(`${key}:`)}`,
        `Basic ${base64(key)}`,
        `Basic ${base64(`${key}:ignored`)}`,
      ];
      for (const header of headers) expect(keyOfHeader(header)).toBe(key);
    }),
  );
});

test("a key with + and / is not decoded as a part of an address", () => {
  const key = keyText("secret", Buffer.alloc(32, 0xfb));
  expect(key).toContain("+");
  expect(keyOfHeader(`Basic ${key}`)).toBe(key);
  expect(keyOfHeader(`Basic ${encodeURIComponent(key)}`)).not.toBe(key);
});

test.each([
  undefined,
  "",
  "Basic",
  "Basic ",
  "Bearer sck_abc",
  "sck_abc",
  "Basic abc",
  `Basic ${base64("user:password")}`,
  "Basic sck_abc extra",
  `Basic sck_${"a".repeat(300)}`,
])("%s holds no key", (header) => expect(keyOfHeader(header)).toBeUndefined());

test("a key says what it is for, and its hash does not say the key", () => {
  const [secret, publishable] = [
    keyText("secret", randomBytes(32)),
    keyText("publishable", randomBytes(32)),
  ];
  expect([secret.slice(0, 4), publishable.slice(0, 4)]).toEqual(["sck_", "pbk_"]);
  const ring = keyringOf(randomBytes(32).toString("base64"));
  expect(hashOfKey(ring, secret)).toEqual(hashOfKey(ring, secret));
  expect(hashOfKey(ring, secret)).not.toEqual(hashOfKey(ring, publishable));
  const other = keyringOf(randomBytes(32).toString("base64"));
  expect(hashOfKey(other, secret)).not.toEqual(hashOfKey(ring, secret));
});

test("without a list any address may call, with one only those on it", () => {
  expect(mayCallFrom(null, "203.0.113.9")).toBe(true);
  const list = ["203.0.113.9", "2001:db8::1"];
  expect(mayCallFrom(list, "203.0.113.9")).toBe(true);
  expect(mayCallFrom(list, "::ffff:203.0.113.9")).toBe(true);
  expect(mayCallFrom(list, "2001:db8::1")).toBe(true);
  expect(mayCallFrom(list, "203.0.113.8")).toBe(false);
  expect(mayCallFrom([], "203.0.113.9")).toBe(false);
});
