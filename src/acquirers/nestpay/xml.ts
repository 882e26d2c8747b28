import { XMLParser, XMLValidator } from "fast-xml-parser";

const parser = new XMLParser({
  processEntities: false,
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  jPath: false,
});

/** An element's children by name: those that stand once and hold text. Others are left out. */
export type Fields = ReadonlyMap<string, string>;
/** A well-formed `CC5Response`, or why a text is none. */
export type Document =
  | { kind: "document"; fields: Fields; extra: Fields }
  | { kind: "unreadable"; why: string };

const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** The five names of XML and numbers. Anything else stays as it is written. */
function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g,
    (all, decimal?: string, hex?: string, name?: string) => {
      if (name) return named[name] ?? all;
      const code = decimal ? Number(decimal) : Number.parseInt(hex ?? "", 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}

function fieldsOf(element: unknown): Fields {
  const fields = new Map<string, string>();
  if (typeof element !== "object" || element === null) return fields;
  for (const [name, value] of Object.entries(element)) {
    if (typeof value === "string") fields.set(name, decoded(value));
  }
  return fields;
}

/** Two elements of one name leave open which of them is meant, so such a text is unreadable. */
const repeats = (element: unknown): boolean =>
  typeof element === "object" && element !== null && Object.values(element).some(Array.isArray);

/**
 * Reads a reply. Refused are document types (no entity is ever expanded), everything that is not
 * well formed, other roots and repeated elements. Values stay text: codes have leading zeros.
 */
export function readXml(text: string): Document {
  if (text.trim() === "") return { kind: "unreadable", why: "the reply is empty" };
  if (/<!(?!--|\[CDATA\[)/.test(text)) {
    return { kind: "unreadable", why: "the reply brings a document type" };
  }
  if (XMLValidator.validate(text) !== true) {
    return { kind: "unreadable", why: "the reply is not well-formed XML" };
  }
  const root = parse(text);
  if (typeof root !== "object" || root === null || !("CC5Response" in root)) {
    return { kind: "unreadable", why: "the reply is not a CC5Response" };
  }
  const response = root.CC5Response;
  const extra =
    typeof response === "object" && response !== null && "Extra" in response
      ? response.Extra
      : undefined;
  if (Array.isArray(response) || repeats(response) || repeats(extra)) {
    return { kind: "unreadable", why: "the reply says something twice" };
  }
  return { kind: "document", fields: fieldsOf(response), extra: fieldsOf(extra) };
}

function parse(text: string): unknown {
  try {
    return parser.parse(text);
  } catch {
    return undefined;
  }
}
