import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { saleCard } from "../support/sales.ts";
import { type WallPages, wallPagesOf } from "../support/wall-pages.ts";
import { expectForAll } from "./looks.ts";
import { bankPage, fillCard, type Lang, openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let page: WatchedPage;
let shop: WallPages;
beforeAll(async () => {
  walk = await openWalk();
  shop = wallPagesOf(walk.world);
  for (const owner of ["tr", "en", "plain"]) {
    await shop.store(owner, { Nickname: "Old card", Month: 3, Year: 2026 });
    await shop.store(owner, { Nickname: "Work card", Number: "4355084355084358" });
    await shop.store(owner, { Nickname: "", Number: "5571135571135575" });
  }
  await walk.world.advance(30 * 24 * 60 * 60_000);
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

const said = {
  tr: {
    ...{ id: 1, other: "Başka bir kartla öde", expired: "Süresi doldu", store: /Kartımı sonraki/ },
    ...{ three: /^3 taksit/, pay: /öde$/ },
  },
  en: {
    ...{ id: 2, other: "Pay with another card", expired: "Expired", store: /Store my card/ },
    ...{ three: /^3 instalments/, pay: /^Pay / },
  },
} as const;
const localeOf = { tr: "tr-TR", en: "en-GB" } as const;

async function open(owner: string, lang: Lang, look: Look = {}, more: object = {}) {
  const done = `${walk.shop.url}/done`;
  const asked = await shop.pageFor(owner, {
    ...{ LanguageId: said[lang].id, SuccessBackUrl: done, FailBackUrl: done, ...more },
  });
  page = await walk.open({ size: "phone", locale: localeOf[lang], ...look });
  await page.goto(asked.Link);
  return asked;
}
const card = (name: string) => page.getByRole("radio", { name });
const pay = (lang: Lang) => page.getByRole("button", { name: said[lang].pay });
const isPaid = async (asked: Parameters<WallPages["inquire"]>[0]) =>
  (await shop.inquire(asked)).Body["SuccessPayment"];

describe.each(["tr", "en"] as const)("a payer with stored cards, in %s,", (lang) => {
  const words = said[lang];

  test("pays with one of them, and what was typed goes nowhere", async () => {
    const asked = await open(lang, lang, {}, { InstallmentSupport: true });
    await page.getByRole("radio", { name: words.three }).waitFor();
    expect(await card("Axess").isChecked()).toBe(true);
    expect(await page.getByRole("img", { name: "Mastercard" }).count()).toBe(2);
    const old = page.locator("label", { hasText: "Old card" });
    expect(await old.innerText()).toContain(words.expired);
    expect(await card("Old card").isDisabled()).toBe(true);
    expect(await page.locator("#pan").isVisible()).toBe(false);
    await expectForAll(page, lang, "stored cards");
    await card(words.other).check();
    await fillCard(page, { pan: saleCard.Number }, lang);
    if (lang === "tr") await expectForAll(page, lang, "another card beside stored ones");
    // By keyboard, as any choice: the expired one is passed over.
    await card(words.other).focus();
    await page.keyboard.press("ArrowUp");
    expect(await card("Work card").isChecked()).toBe(true);
    await page.getByRole("radio", { name: words.three }).check();
    page.asked.length = 0;
    await pay(lang).dblclick();
    await bankPage(page, lang).confirm();
    await page.getByText("Thanks").waitFor();
    const posts = page.asked.filter(({ url }) => url.startsWith(asked.Link.split("?")[0]!));
    expect(posts.map(({ sent }) => [...new URLSearchParams(sent).keys()])).toEqual([
      ["card", "instalment_key"],
    ]);
    expect(await isPaid(asked)).toBe(true);
  });

  test("has a card that is typed stored, if asked to, and finds it the next time", async () => {
    const owner = `new-${lang}`;
    const asked = await open(owner, lang, { size: "desktop" });
    const box = page.getByRole("checkbox", { name: words.store });
    expect(await box.isChecked()).toBe(false);
    await fillCard(page, {}, lang);
    await box.check();
    if (lang === "en") await expectForAll(page, lang, "the wish to store a card");
    await pay(lang).click();
    await bankPage(page, lang).confirm();
    await page.getByText("Thanks").waitFor();
    expect(await isPaid(asked)).toBe(true);
    await open(owner, lang);
    expect(await card("4358").isChecked()).toBe(true);
  });
});

test("a payer without scripts pays with a stored card", async () => {
  const asked = await open("plain", "tr", { withoutScripts: true });
  expect(await page.locator("#pan").isVisible()).toBe(false);
  await card("Work card").check();
  await pay("tr").click();
  await page.locator("#auto button").click();
  await bankPage(page).confirm();
  await page.getByRole("button", { name: "Devam" }).click();
  await page.getByText("Thanks").waitFor();
  expect(await isPaid(asked)).toBe(true);
});

test("a page that stays open hides the cards with its end", async () => {
  const asked = await open("plain", "en");
  await page.clock.install();
  await page.reload();
  await card("Work card").waitFor();
  await walk.world.advance(10 * 60_000);
  await page.clock.fastForward("10:01");
  await page.getByRole("heading", { name: "This payment link has expired" }).waitFor();
  expect(await page.locator("body").innerText()).not.toContain("4358");
  expect(await isPaid(asked)).toBe(false);
});
