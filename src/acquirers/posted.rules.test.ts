import fc from "fast-check";
import { expect, test } from "vitest";
import { POSTED_BYTES_MAX, readPosted, turkishBytesOf } from "./posted.rules.ts";

const readingsOf = (body: string | Uint8Array) => {
  const posted = readPosted(typeof body === "string" ? Buffer.from(body) : body);
  return posted.kind === "read" ? posted.readings.map((fields) => Object.fromEntries(fields)) : [];
};
const unreadable = { kind: "unreadable", why: expect.stringMatching(/./) };

test("values come as they are: nothing is trimmed, dropped or made null", () => {
  const body = "a=&b&c=%20x+&d=%00&e=%2B%26%3D&f==&=".slice(0, -2);
  expect(readingsOf(body)).toEqual([{ a: "", b: "", c: " x ", d: "\0", e: "+&=", f: "=" }]);
});

test("a form is read as the web reads it", () => {
  const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => /^[!-~]+$/.test(text));
  const value = fc.string({ unit: "grapheme" });
  const pairs = fc.uniqueArray(fc.tuple(name, value), {
    selector: ([each]) => each.toLowerCase(),
    minLength: 1,
  });
  fc.assert(
    fc.property(pairs, (form) => {
      const body = new URLSearchParams(form.map(([a, b]) => [a, b])).toString();
      expect(readingsOf(body)[0]).toEqual(Object.fromEntries(form));
    }),
  );
});

test("the query of an address reads as the same form posted", () => {
  const query = new URL("https://pay.example/return?a=1&b=%C4%B0").search.slice(1);
  expect(readingsOf(query)[0]).toEqual({ a: "1", b: "İ" });
});

test.each([
  ["ASCII has one reading", "a=x%41&b=", [{ a: "xA", b: "" }]],
  ["UTF-8 might be Turkish too, and is likelier not", "a=%C4%B0", [{ a: "İ" }, { a: "Ä°" }]],
  ["bytes that are not UTF-8 are Turkish", "a=%DDx&b=%FE%F0", [{ a: "İx", b: "şğ" }]],
  ["one value that is not UTF-8 makes all Turkish", "a=%DD&b=%C4%B0", [{ a: "İ", b: "Ä°" }]],
  [
    "a mark of byte order is a letter like others",
    "a=%EF%BB%BFx",
    [{ a: "\ufeffx" }, { a: "ï»¿x" }],
  ],
])("%s", (_, body, readings) => expect(readingsOf(body)).toEqual(readings));

test("bytes that a browser did not escape are read as well", () => {
  expect(readingsOf(Buffer.from("a=İ", "utf8"))[0]).toEqual({ a: "İ" });
});

test.each([
  "",
  "&",
  "a=1&a=1",
  "a=1&A=2",
  "a&a",
  "a=%",
  "a=%4",
  "a=%zz",
  "%=1",
  "=1",
  "a%20b=1",
  "%C4%B0=1",
  "a%00=1",
  `${"a".repeat(101)}=1`,
])("%j is no form that a bank posts", (body) => {
  expect(readPosted(Buffer.from(body))).toEqual(unreadable);
});

test("as much as a bank posts is read, and more is not", () => {
  const most = `a=${"x".repeat(POSTED_BYTES_MAX - 2)}`;
  expect(readPosted(Buffer.from(most)).kind).toBe("read");
  expect(readPosted(Buffer.from(`${most}x`))).toEqual(unreadable);
  const fields = (count: number) => Array.from({ length: count }, (_, i) => `a${i}=`).join("&");
  expect(readPosted(Buffer.from(fields(200))).kind).toBe("read");
  expect(readPosted(Buffer.from(fields(201)))).toEqual(unreadable);
});

test("every byte of the Turkish code page is written as it was read", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const text = new TextDecoder("iso-8859-9").decode(all);
  expect(turkishBytesOf(text)).toEqual(all);
  expect(turkishBytesOf("Ğİşğı")).toEqual(Uint8Array.of(0xd0, 0xdd, 0xfe, 0xf0, 0xfd));
});

test.each(["ð", "Ý", "☃", "€☃", "\ufffd"])("%j is not in the Turkish code page", (letter) => {
  expect(turkishBytesOf(`a${letter}b`)).toBeUndefined();
});
