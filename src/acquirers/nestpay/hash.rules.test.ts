import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HashFields, sameHash, ver1FormHash, ver1ReturnHash, ver3Hash } from "./hash.rules.ts";

type Vector = {
  id: string;
  rule: "N3" | "N1" | "N1R";
  secrets: { storeKey: string };
  inputs: Record<string, string>;
  plaintext: string;
  expected: string;
};
const file = new URL("./fixtures/hash-vectors.json", import.meta.url);
const { vectors }: { vectors: Vector[] } = JSON.parse(readFileSync(file, "utf8"));
const hashes = { N3: ver3Hash, N1: ver1FormHash, N1R: ver1ReturnHash };
const ver3Vectors = vectors.filter(({ rule }) => rule === "N3");
const form: HashFields = vectors.find(({ id }) => id === "sim-nestpay-v3-form")!.inputs;
const key = "SIMKEY01";

test.each(vectors)("$id gives its recorded digest", ({ rule, inputs, secrets, expected }) => {
  expect(hashes[rule](inputs, secrets.storeKey)).toBe(expected);
});

test.each(ver3Vectors)("$id is the digest of its plaintext", ({ plaintext, inputs, secrets }) => {
  const digest = createHash("sha512").update(plaintext, "utf8").digest("base64");
  expect(ver3Hash(inputs, secrets.storeKey)).toBe(digest);
});

describe.each(ver3Vectors)("mutations of $id", ({ inputs, secrets, expected }) => {
  const hashed = Object.keys(inputs).filter((name) => !/^(hash|encoding)$/i.test(name));

  test.each(hashed)("another %s gives another digest", (name) => {
    for (const value of [
      `${inputs[name]} `,
      ` ${inputs[name]}`,
      `${inputs[name]}|`,
      `x${inputs[name]}`,
    ]) {
      expect(ver3Hash({ ...inputs, [name]: value }, secrets.storeKey)).not.toBe(expected);
    }
  });

  test.each(hashed)("leaving out %s gives another digest, even when it is empty", (name) => {
    expect(ver3Hash(inputs, secrets.storeKey, [name])).not.toBe(expected);
  });

  test("the order in which fields arrive does not matter", () => {
    const shuffled = fc.shuffledSubarray(Object.entries(inputs), {
      minLength: Object.keys(inputs).length,
    });
    fc.assert(
      fc.property(shuffled, (entries) => {
        expect(ver3Hash(Object.fromEntries(entries), secrets.storeKey)).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  test("another store key gives another digest", () => {
    expect(ver3Hash(inputs, `${secrets.storeKey} `)).not.toBe(expected);
  });
});

test("a field named hash or encoding never counts, in any case", () => {
  const more = { HASH: "a", Hash: "b", hash: "c", encoding: "d", ENCODING: "e" };
  expect(ver3Hash({ ...form, ...more }, key)).toBe(ver3Hash(form, key));
});

test("a bank's own exceptions are left out, in any case", () => {
  const returned = { ...form, NATIONALIDNO: "10000000146", countdown: "5" };
  expect(ver3Hash(returned, key, ["nationalIdNo", "COUNTDOWN"])).toBe(ver3Hash(form, key));
  expect(ver3Hash(returned, key)).not.toBe(ver3Hash(form, key));
});

test("null counts as empty and absent does not", () => {
  expect(ver3Hash({ ...form, Email: null }, key)).toBe(ver3Hash({ ...form, Email: "" }, key));
  expect(ver3Hash({ ...form, Email: "" }, key)).not.toBe(ver3Hash(form, key));
});

test("names of mixed case sort as if they had none", () => {
  const [mixed, lower] = [
    { Zeta: "1", alpha: "2", Beta: "3" },
    { zeta: "1", alpha: "2", beta: "3" },
  ];
  const plain = createHash("sha512").update("2|3|1|k", "utf8").digest("base64");
  expect(ver3Hash(mixed, "k")).toBe(plain);
  expect(ver3Hash(lower, "k")).toBe(plain);
});

test("digits in names sort as numbers, with and without leading zeros", () => {
  const fields = { i10: "d", i9: "c", i02: "b", i1: "a", i: "0", i10b: "e" };
  const plain = createHash("sha512").update("0|a|b|c|d|e|k", "utf8").digest("base64");
  expect(ver3Hash(fields, "k")).toBe(plain);
});

test("values that differ only in where a pipe or a backslash stands never collide", () => {
  const piece = fc.string({ unit: fc.constantFrom("|", "\\", "a", "ş"), maxLength: 6 });
  const pair = fc.tuple(piece, piece, piece);
  fc.assert(
    fc.property(pair, pair, ([a, b, k], [c, d, l]) => {
      fc.pre(a !== c || b !== d || k !== l);
      expect(ver3Hash({ x: a, y: b }, k)).not.toBe(ver3Hash({ x: c, y: d }, l));
    }),
    { numRuns: 500 },
  );
});

test("a shortened list of parameters changes a version 1 return's digest", () => {
  const { inputs, secrets, expected } = vectors.find(({ rule }) => rule === "N1R")!;
  const shortened = { ...inputs, HASHPARAMS: "clientid:oid:" };
  expect(ver1ReturnHash(shortened, secrets.storeKey)).not.toBe(expected);
});

test("hashes compare by value, and a missing one equals none", () => {
  const { expected } = vectors[0]!;
  expect(sameHash(expected, expected)).toBe(true);
  expect(sameHash(expected.toLowerCase(), expected)).toBe(false);
  expect(sameHash(`${expected} `, expected)).toBe(false);
  expect(sameHash("", "")).toBe(false);
  expect(sameHash(undefined, expected)).toBe(false);
  expect(sameHash(null, expected)).toBe(false);
});
