import fc from "fast-check";
import { expect, test } from "vitest";
import { type Field, readForm, writeForm } from "./form.rules.ts";

const turkish = fc.string({ unit: fc.constantFrom(..."aZ09 &=+%*|\\ğİıŞçÖü'\"<>") });
const anyForm = fc.array(fc.tuple(fc.string({ unit: "grapheme", minLength: 1 }), fc.string()));

test("a form in UTF-8 has the bytes that a browser's own writer gives it", () => {
  fc.assert(
    fc.property(anyForm, (fields) => {
      const pairs = fields.map(([name, value]) => [name, value] as [string, string]);
      expect(writeForm(pairs, "utf-8")).toBe(new URLSearchParams(pairs).toString());
    }),
  );
});

test("what was written is read, in UTF-8 and in ISO-8859-9", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b"), turkish)), (fields) => {
      expect(readForm(Buffer.from(writeForm(fields, "utf-8")))).toEqual(fields);
    }),
  );
  const fields: Field[] = [["EXTRA_CARDISSUER", "ZİRAAT BANKASI"]];
  expect(writeForm(fields, "iso-8859-9")).toBe("EXTRA_CARDISSUER=Z%DDRAAT+BANKASI");
  expect(readForm(Buffer.from(writeForm(fields, "iso-8859-9")))).toEqual(fields);
});

test("whatever bytes come, reading them never throws", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(Array.isArray(readForm(Buffer.from(bytes)))).toBe(true);
    }),
  );
  expect(readForm(Buffer.from("a&=b&%zz=%4"))).toEqual([
    ["a", ""],
    ["", "b"],
    ["%zz", "%4"],
  ]);
});
