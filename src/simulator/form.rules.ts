import { type Charset, decode, encode } from "./charset.rules.ts";

/** A field of a form. Names may come twice, so a form is a list. */
export type Field = readonly [name: string, value: string];

function unquote(text: string): string {
  const bytes = text
    .replaceAll("+", " ")
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return decode(Buffer.from(bytes, "latin1"));
}

/** A form as a browser posts it: in UTF-8, else in ISO-8859-9. Never throws. */
export function readForm(body: Buffer): Field[] {
  const pairs = body.toString("latin1").split("&");
  return pairs
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      return at < 0
        ? [unquote(pair), ""]
        : [unquote(pair.slice(0, at)), unquote(pair.slice(at + 1))];
    });
}

const plain = /[A-Za-z0-9*._-]/;

const quote = (text: string, charset: Charset): string =>
  [...encode(text, charset)]
    .map((byte) => {
      const sign = String.fromCharCode(byte);
      if (sign === " ") return "+";
      return plain.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");

/** The same bytes as a browser's form in that charset. */
export const writeForm = (fields: readonly Field[], charset: Charset): string =>
  fields.map(([name, value]) => `${quote(name, charset)}=${quote(value, charset)}`).join("&");
