import { isAscii, isUtf8 } from "node:buffer";

/** Banks post two or three thousand bytes in some forty fields. */
export const POSTED_BYTES_MAX = 32 * 1024;
const FIELDS_MAX = 200;
const NAME_MAX = 100;

type PostedFields = ReadonlyMap<string, string>;
/**
 * A form's fields as they came: nothing trimmed, nothing dropped. Their charset is not told, so
 * there are as many readings as the bytes allow, the likeliest first; one, where all is ASCII.
 */
export type Posted =
  | Readonly<{ kind: "read"; readings: readonly [PostedFields, ...PostedFields[]] }>
  | Readonly<{ kind: "unreadable"; why: string }>;

const turkish = new TextDecoder("iso-8859-9");

/** Every byte above ASCII by the letter that it is in the Turkish code page. */
const turkishBytes: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 128 }, (_, i) => [turkish.decode(Uint8Array.of(128 + i)), 128 + i]),
);

/** A text in the Turkish code page; `undefined` when it has a letter that the page has not. */
export function turkishBytesOf(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    const byte = code < 128 ? code : turkishBytes.get(letter);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** One letter per byte. `undefined` for an escape that is none. */
function unescaped(text: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined;
  return text
    .replaceAll("+", " ")
    .replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const unreadable = (why: string): Posted => ({ kind: "unreadable", why });

/** Values by name, one letter per byte, or why there are none. */
function rawFields(body: string): ReadonlyMap<string, string> | string {
  const pieces = body.split("&").filter((piece) => piece !== "");
  if (pieces.length === 0) return "nothing was posted";
  if (pieces.length > FIELDS_MAX) return "more was posted than any bank posts";
  const fields = new Map<string, string>();
  const seen = new Set<string>();
  for (const piece of pieces) {
    const at = piece.includes("=") ? piece.indexOf("=") : piece.length;
    const [name, value] = [unescaped(piece.slice(0, at)), unescaped(piece.slice(at + 1))];
    if (name === undefined || value === undefined) return "what was posted is not a form";
    if (name.length > NAME_MAX || !/^[\x21-\x7e]+$/.test(name)) return "a field has no proper name";
    // Of two values under one name neither may be guessed at.
    if (seen.has(name.toLowerCase())) return "a field was posted twice";
    seen.add(name.toLowerCase());
    fields.set(name, value);
  }
  return fields;
}

/**
 * Reads a form that a browser posted, or the query of a GET without its question mark. Refused are
 * doubled names in whatever case, broken escapes, names that are not ASCII, and too much of all.
 */
export function readPosted(body: Uint8Array): Posted {
  if (body.byteLength > POSTED_BYTES_MAX) return unreadable("more was posted than any bank posts");
  const raw = rawFields(Buffer.from(body).toString("latin1"));
  if (typeof raw === "string") return unreadable(raw);
  const decoded = (decode: (bytes: Buffer) => string): PostedFields =>
    new Map([...raw].map(([name, value]) => [name, decode(Buffer.from(value, "latin1"))]));
  const values = [...raw.values()].map((value) => Buffer.from(value, "latin1"));
  const asUtf8 = () => decoded((bytes) => bytes.toString("utf8"));
  const asTurkish = () => decoded((bytes) => turkish.decode(bytes));
  if (values.every(isAscii)) return { kind: "read", readings: [asUtf8()] };
  if (!values.every(isUtf8)) return { kind: "read", readings: [asTurkish()] };
  return { kind: "read", readings: [asUtf8(), asTurkish()] };
}
