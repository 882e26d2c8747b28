import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, encode } from "./charset.rules.ts";

const turkishText = fc
  .array(fc.constantFrom(..."abcXYZ 019ĞğİıŞşÇçÖöÜüâî"))
  .map((letters) => letters.join(""));

test("Turkish text survives ISO-8859-9 when the document says so", () => {
  const head = '<?xml version="1.0" encoding="ISO-8859-9"?>';
  fc.assert(
    fc.property(turkishText, (text) => {
      expect(decode(encode(`${head}${text}`, "iso-8859-9"))).toBe(`${head}${text}`);
    }),
  );
});

test("Turkish text survives UTF-8 without a word about it", () => {
  fc.assert(
    fc.property(turkishText, (text) => {
      expect(decode(encode(text, "utf-8"))).toBe(text);
    }),
  );
});

test("each of our bytes is what the standard's decoder reads", () => {
  const text = "ZİRAAT BANKASI ığşĞŞç";
  expect(new TextDecoder("iso-8859-9").decode(encode(text, "iso-8859-9"))).toBe(text);
});

test("a letter that the charset lacks becomes a question mark", () => {
  expect(encode("a€Ðж😀", "iso-8859-9").toString("latin1")).toBe("a????");
});
