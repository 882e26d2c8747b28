import { isAscii } from "node:buffer";

/** What a reply may claim to be written in. */
export type Charset = "iso-8859-9" | "utf-8";

/** ISO-8859-9 is ISO-8859-1 with six letters exchanged. */
const turkish: Readonly<Record<string, string>> = {
  Ğ: "\u00d0",
  İ: "\u00dd",
  Ş: "\u00de",
  ğ: "\u00f0",
  ı: "\u00fd",
  ş: "\u00fe",
};

const displaced = new Set("ÐÝÞðýþ");

function inLatin(letter: string): string {
  const own = turkish[letter];
  if (own) return own;
  return letter.length === 1 && letter.charCodeAt(0) < 256 && !displaced.has(letter) ? letter : "?";
}

/** Text as bytes; in ISO-8859-9 a letter that it does not have becomes `?`. */
export function encode(text: string, charset: Charset): Buffer {
  if (charset === "utf-8") return Buffer.from(text, "utf8");
  return Buffer.from(text.replace(/[\u0080-\u{10ffff}]/gu, inLatin), "latin1");
}

/** Bytes as text: by the XML declaration, else UTF-8 if they are that, else ISO-8859-9. */
export function decode(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  const declared = /^<\?xml[^>]*encoding=["']([\w-]+)["']/i.exec(bytes.toString("latin1", 0, 100));
  const name = declared?.[1]?.toLowerCase();
  if (name?.startsWith("iso-8859") || name === "windows-1254") {
    return new TextDecoder("iso-8859-9").decode(bytes);
  }
  const utf8 = bytes.toString("utf8");
  return utf8.includes("\ufffd") ? new TextDecoder("iso-8859-9").decode(bytes) : utf8;
}
