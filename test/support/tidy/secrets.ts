import { hasLuhnDigit } from "../../../src/lib/luhn.ts";
import { seededCards } from "../../../src/simulator/cards.rules.ts";
import type { SourceFile } from "./files.ts";

/** Numbers that schemes and manuals print for tests, beside those that the offline bank knows. */
const printed = [
  "4111111111111111", // Visa's
  "5555444433332222", // Mastercard's, as gateways print it
  "6011111111111117", // Discover's
  "374245455400126", // American Express's, as Turkish gateways print it
];
const testNumbers: ReadonlySet<string> = new Set([
  ...seededCards.map((card) => card.pan),
  ...printed,
]);

/** 15 or 16 digits, together or in groups as on the plastic. */
const shapes = [
  /\d{15,16}/,
  /\d{4} \d{4} \d{4} \d{4}/,
  /\d{4}-\d{4}-\d{4}-\d{4}/,
  /3\d{3}[ -]\d{6}[ -]\d{5}/,
].map((shape) => shape.source);
const numberLike = new RegExp(`(?<![0-9A-Za-z])(?:${shapes.join("|")})(?![0-9A-Za-z])`, "g");

/** No issuer's number begins with 0. */
const isIssued = (digits: string) => !digits.startsWith("0");

/** Card numbers that are not known test numbers. */
export const cardNumbers = (files: readonly SourceFile[]): string[] =>
  files.flatMap(({ file, text }) =>
    [...text.matchAll(numberLike)]
      .map(([found]) => found.replaceAll(/[ -]/g, ""))
      .filter((digits) => isIssued(digits) && hasLuhnDigit(digits) && !testNumbers.has(digits))
      .map((digits) => `${file} holds ${digits.slice(0, 6)}…${digits.slice(-4)}`),
  );

/** A key as the platform gives it: 43 characters of base64 after the prefix, made by chance. */
const keyLike = /\b(?:sck|pbk)_[A-Za-z0-9+/]{40,}|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/g;
/** Of chance, 43 characters have some thirty different ones; `sck_AAAA...` is no key. */
const DISTINCT_MIN = 16;
export const keys = (files: readonly SourceFile[]): string[] =>
  files.flatMap(({ file, text }) =>
    [...text.matchAll(keyLike)]
      .filter(([found]) => new Set(found).size > DISTINCT_MIN)
      .map(([found]) => `${file} holds ${found.slice(0, 10)}…`),
  );

/** Written in halves, so that this list does not find itself. */
const foreign = [
  ["\\.\\./", "shared"],
  ["(?<![\\w.-])/", "work/"],
  ["/tmp/", "\\w"],
  ["\\bissue ", "#\\d*"],
  ["\\bregistry\\.", "npmjs"],
  ["\\b(?:artifac", "tory|verda", "ccio)"],
  ["\\b(?:clau", "de|anthro", "pic|copi", "lot|chat", "gpt)\\b"],
].map((halves) => new RegExp(halves.join(""), "i"));

/** Words of the place where the project is made, which mean nothing to whoever reads it. */
export const foreignWords = (files: readonly SourceFile[]): string[] =>
  files.flatMap(({ file, text }) =>
    text.split("\n").flatMap((line, i) => {
      const found = foreign.map((pattern) => pattern.exec(line)?.[0]).find(Boolean);
      return found ? [`${file}:${i + 1} says ${found}`] : [];
    }),
  );
