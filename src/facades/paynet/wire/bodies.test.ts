import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "../../../lib/refusal.ts";
import { decodeBody, readForm, readJson, readXml, writeXml } from "./bodies.ts";

/** Some names mean something to every object and are refused in XML. */
const names = fc.stringMatching(/^[a-z]{1,4}_[a-z_]{1,16}$/);
const texts = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
  .filter((each) => each.trim() === each && !/[\r\n]/.test(each));
const bodies = fc.dictionary(names, texts, { minKeys: 1, maxKeys: 8 });

/** The refusal that reading ends in. */
function refusalOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return error.details;
    throw error;
  }
}
const wrong = (problem: string, field = "") => ({ field, problem });

describe("what is written in any form is read as it was", () => {
  const survives = (there: (body: Record<string, string>) => Record<string, unknown>) =>
    fc.assert(
      fc.property(bodies, (body) => {
        expect(there(body)).toEqual(body);
      }),
    );
  test("JSON", () => {
    survives((body) => readJson(JSON.stringify(body)));
  });
  test("forms", () => {
    survives((body) => readForm(new URLSearchParams(body).toString()));
  });
  test("XML, by our own writer", () => {
    survives((body) => readXml(writeXml(body)));
  });
});

test("no text makes a reader do anything but read or refuse", () => {
  const near = fc.string({ unit: fc.constantFrom(..."{}[]<>/&;=!\"':,.-eE0a \\u\n") });
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: "binary" })), (any) => {
      for (const read of [readJson, readForm, readXml]) {
        const found = refusalOf(() => read(any));
        expect(typeof found).toBe("object");
        expect(Array.isArray(found)).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});

test("empty members are left out, false and zero stay", () => {
  expect(readJson('{"a":null,"b":"","c":false,"d":0}')).toEqual({ c: false, d: 0 });
  expect(readForm("a=&b=0&c")).toEqual({ b: "0" });
  expect(readXml("<x><a/><b></b><c>0</c><d> </d></x>")).toEqual({ c: "0" });
});

test("numbers keep their digits where a double or its printing would change them", () => {
  const text = '{"a":10.00,"b":12345678901234567890,"c":1e3,"d":12,"e":"1.50","f":-0.50}';
  expect(readJson(text)).toEqual({
    a: "10.00",
    b: "12345678901234567890",
    c: "1e3",
    d: "12",
    e: "1.50",
    f: "-0.50",
  });
  expect(readJson('{"d":12}')).toEqual({ d: 12 });
});

test.each([
  ["JSON", readJson, '{"amount":1,"amount":2}'],
  ["JSON by an escape", readJson, '{"amount":1,"\\u0061mount":2}'],
  ["a form", readForm, "amount=1&amount=2"],
  ["XML", readXml, "<a><amount>1</amount><amount>2</amount></a>"],
])("a member that stands twice in %s is named", (_what, read, text) => {
  expect(refusalOf(() => read(text))).toEqual(wrong("doubled", "amount"));
});

test("a name that is none of this wire's is not repeated to the caller", () => {
  const card = "4355084355084358";
  expect(refusalOf(() => readForm(`${card}=1&${card}=2`))).toEqual(wrong("unreadable"));
  expect(refusalOf(() => readJson(`{"${card}":1,"${card}":2}`))).toEqual(wrong("unreadable"));
});

test("what declares entities is not read, comments and CDATA are", () => {
  const inner = "<a><b>1</b></a>";
  for (const text of [`<!DOCTYPE a>${inner}`, `<!doctype a>${inner}`, `<!ENTITY x "y">${inner}`]) {
    expect(refusalOf(() => readXml(text))).toEqual(wrong("unreadable"));
  }
  expect(readXml(`<!-- x -->${inner}`)).toEqual({ b: "1" });
  expect(readXml("<a><b><![CDATA[<&>]]></b></a>")).toEqual({ b: "<&>" });
  expect(readXml("<a><b>&lt;&amp;&#305;&#x15F;</b></a>")).toEqual({ b: "<&ış" });
});

test("a body's charset is UTF-8 or what its type names, without a byte order mark", () => {
  const turkish = Buffer.from([0xfe, 0xfd, 0xf0]);
  expect(decodeBody(Buffer.from("\uFEFFşığ"), undefined)).toBe("şığ");
  expect(decodeBody(Buffer.from("şığ"), "application/json; charset=UTF-8")).toBe("şığ");
  expect(decodeBody(turkish, 'text/xml; charset="ISO-8859-9"')).toBe("şığ");
  expect(decodeBody(turkish, "text/xml; Charset=windows-1254")).toBe("şığ");
  const unknown = () => decodeBody(turkish, "text/xml; charset=klingon");
  expect(refusalOf(unknown)).toEqual(wrong("unknown_content_type"));
});
