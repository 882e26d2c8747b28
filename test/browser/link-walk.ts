import { expect } from "vitest";
import { linkPayersOf } from "../support/link-payers.ts";
import { bankPage, fillCard, type Lang, type Walk, type WatchedPage } from "./walk.ts";

export type Link = Readonly<{ id: string; url: string }>;

/** What the tests of payment links do with a walk, which is opened after they ask for this. */
export function linkWalkOf(walk: () => Walk) {
  return {
    async create(more: object = {}): Promise<Link> {
      const { body } = await linkPayersOf(walk().world).create(more);
      expect(body).toMatchObject({ code: 0 });
      return body as Link;
    },
    /** The link as a shop's server sees it. */
    async detail({ id }: Link) {
      return (await walk().world.post("v1/mailorder/detail", { id })).body;
    },
    soldAtBank: async () => (await walk().world.bank.orders()).length,
  };
}

/** Enters a card and goes up to the bank's page. */
export async function sendCard(page: WatchedPage, lang: Lang = "tr") {
  await fillCard(page, {}, lang);
  await page.locator("#options input").first().waitFor({ state: "attached" });
  await page.locator("button.pay").click();
  await page.getByLabel(lang === "tr" ? "Doğrulama kodu" : "Verification code").waitFor();
  return bankPage(page, lang);
}

export const titleOf = (page: WatchedPage) => page.getByRole("heading", { level: 1 }).innerText();
export const factsOf = (page: WatchedPage) => page.locator("dl.facts").innerText();
