import { expect, test } from "vitest";
import { languageOf } from "./language.ts";

test.each([
  ["tr", ["en-GB"], "tr"],
  ["tr-TR", [], "tr"],
  ["en", ["tr-TR"], "en"],
  ["de", ["tr-TR"], "en"],
  ["", ["tr-TR", "en"], "tr"],
  ["", ["en-US", "tr"], "en"],
  ["", [], "tr"],
] as const)("a page in %j before a browser in %j is spoken to in %s", (page, browser, language) => {
  expect(languageOf(page, browser)).toBe(language);
});
