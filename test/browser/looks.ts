import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Lang } from "./walk.ts";

/** Rules whose answer depends on colours and sizes. */
const rulesOfLooks = ["color-contrast", "link-in-text-block", "target-size"];

/** What is wrong with a page, short enough to read: the rule, and where it is broken. */
async function violations(page: Page, rules: string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  if (rules.length > 0) axe.withRules(rules);
  // Quicker by half, but blind to frames of other origins.
  axe.setLegacyMode(page.frames().length === 1);
  const { violations: found } = await axe.analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}
const overflow = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - innerWidth");

/** The first of a language is looked at by all rules; three of four ways to meet are here. */
const looks = {
  tr: [
    ["light", 390],
    ["dark", 1280],
  ],
  en: [["dark", 390]],
} as const;
const heightOf = { 390: 844, 1280: 900 } as const;

/** Holds a page as it stands to everything that makes it a page for everybody. */
export async function expectForAll(page: Page, lang: Lang, what: string): Promise<void> {
  expect([what, await page.evaluate("document.documentElement.lang")]).toEqual([what, lang]);
  for (const [i, [colorScheme, width]] of looks[lang].entries()) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: heightOf[width] });
    const seen = [what, colorScheme, width] as const;
    expect([...seen, await violations(page, i === 0 ? [] : rulesOfLooks)]).toEqual([...seen, []]);
    expect([...seen, (await overflow(page)) > 0]).toEqual([...seen, false]);
  }
  // As wide as a page on a large screen at four times its size (WCAG 1.4.10).
  await page.setViewportSize({ width: 320, height: 640 });
  expect([what, 320, (await overflow(page)) > 0]).toEqual([what, 320, false]);
}
