import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Field } from "../../form.rules.ts";
import { ver3Hash, ver3Plaintext } from "./ver3.rules.ts";

type Vector = Readonly<{
  id: string;
  rule: string;
  secrets: { storeKey: string };
  inputs: Record<string, string>;
  plaintext: string;
  expected: string;
}>;
/** The connector is tested by the same values; neither implementation knows the other. */
const file = new URL("../../../acquirers/nestpay/fixtures/hash-vectors.json", import.meta.url);
const all: { vectors: Vector[] } = JSON.parse(readFileSync(file, "utf8"));
const vectors = all.vectors.filter(({ rule }) => rule === "N3");
const fieldsOf = ({ inputs }: Vector): Field[] => Object.entries(inputs);
const isCounted = (name: string) => !["hash", "encoding"].includes(name.toLowerCase());

test("there are vectors", () => expect(vectors.length).toBeGreaterThanOrEqual(7));

describe.each(vectors)("$id", (vector) => {
  const { secrets, plaintext, expected } = vector;
  const fields = fieldsOf(vector);

  test("gives its plaintext and its recorded digest", () => {
    expect(ver3Plaintext(fields, secrets.storeKey)).toBe(plaintext);
    expect(ver3Hash(fields, secrets.storeKey)).toBe(expected);
  });
  test("changes with every value, with the key, and with a blank at the end", () => {
    const counted = fields.filter(([name]) => isCounted(name));
    for (const [changed] of counted) {
      for (const to of [(v: string) => `${v} `, (v: string) => `${v}|`, (v: string) => `x${v}`]) {
        const other = fields.map(
          ([name, value]): Field => [name, name === changed ? to(value) : value],
        );
        expect(ver3Hash(other, secrets.storeKey)).not.toBe(expected);
      }
    }
    expect(ver3Hash(fields, `${secrets.storeKey}x`)).not.toBe(expected);
  });
  test("does not change with the order of the fields, the case of names, hash or encoding", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), (shuffled) => {
        expect(ver3Hash(shuffled, secrets.storeKey)).toBe(expected);
      }),
    );
    const shouted = fields.map(([name, value]): Field => [name.toUpperCase(), value]);
    expect(ver3Hash(shouted, secrets.storeKey)).toBe(expected);
    const more: Field[] = [...fields, ["Hash", "x"], ["ENCODING", "y"]];
    expect(ver3Hash(more, secrets.storeKey)).toBe(expected);
  });
});

test("no value can pass for two", () => {
  const plain = fc.string({ unit: fc.constantFrom("|", "\\", "a") });
  fc.assert(
    fc.property(plain, plain, plain, plain, (a, b, c, d) => {
      fc.pre(a !== c || b !== d);
      const text = (x: string, y: string) =>
        ver3Plaintext(
          [
            ["a", x],
            ["b", y],
          ] as Field[],
          "KEY",
        );
      expect(text(a, b)).not.toBe(text(c, d));
    }),
  );
});

test("an empty field counts and an absent one does not", () => {
  const without: Field[] = [["a", "1"]];
  expect(ver3Plaintext([...without, ["b", ""]], "K")).toBe("1||K");
  expect(ver3Plaintext(without, "K")).toBe("1|K");
});

test("runs of digits in names are numbers, however long", () => {
  const fields: Field[] = [
    ["n10", "ten"],
    ["n9", "nine"],
    ["n", "none"],
    [`n${"9".repeat(40)}`, "most"],
    ["n2x", "two"],
  ];
  expect(ver3Plaintext(fields, "K")).toBe("none|two|nine|ten|most|K");
});
