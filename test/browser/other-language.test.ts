import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { linkPayersOf } from "../support/link-payers.ts";
import { paywallOf } from "../support/paywall.ts";
import { paywallLinksOf, product } from "../support/paywall-links.ts";
import { wallPagesOf } from "../support/wall-pages.ts";
import { linkWalkOf, sendCard, titleOf } from "./link-walk.ts";
import { expectForAll } from "./looks.ts";
import { orderWalkOf } from "./order-walk.ts";
import { fillCard, openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let page: WatchedPage;
const links = linkWalkOf(() => walk);
const orders = orderWalkOf(() => walk);
beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

async function open(url: string, look: Look = {}) {
  page = await walk.open({ size: "phone", ...look });
  await page.goto(url);
}
const toEnglish = () => page.getByRole("link", { name: "English" }).click();
const toTurkish = () => page.getByRole("link", { name: "Türkçe" }).click();
const alert = () => page.getByRole("alert").innerText();
const notKnown = "6011111111111117";

test("what was wrong with a card is read in the other language, and where it is seen", async () => {
  const item = { ...product, ItemDescription: "El yapımı, 350 ml. ".repeat(30) };
  const made = await paywallLinksOf(paywallOf(walk.world)).make(item);
  await open(made.Body.Link, { locale: "tr-TR" });
  await fillCard(page, { pan: notKnown });
  await page.getByRole("button", { name: "250,00 TL öde" }).click();
  await page.getByText("Bu kartın bankası tanınmıyor").waitFor();
  // The page opens at its words, whatever stands above them.
  expect(await page.evaluate("document.activeElement.id")).toBe("form-error");
  const seen = await page.evaluate<number>("document.activeElement.getBoundingClientRect().bottom");
  expect(seen).toBeLessThan(844);
  await toEnglish();
  expect(await alert()).toContain("The bank of this card is not known");
  await toTurkish();
  expect(await alert()).toContain("Bu kartın bankası tanınmıyor");
  expect(page.asked.map(({ url }) => url).join()).not.toContain(notKnown);
  await (await sendCard(page)).press("İptal");
  await page.getByRole("heading", { name: "Kart doğrulanmadı" }).waitFor();
});

test("beside stored cards the choice stays, but not the wish to store another", async () => {
  const shop = wallPagesOf(walk.world);
  await shop.store("lang", { Nickname: "First" });
  const asked = await shop.pageFor("lang", { LanguageId: 1 });
  await open(asked.Link, { withoutScripts: true });
  await page.getByRole("radio", { name: "Başka bir kartla öde" }).check();
  await fillCard(page, { pan: notKnown });
  await page.getByRole("checkbox", { name: /Kartımı sonraki/ }).check();
  await page.locator("#pay").click();
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("checkbox", { name: /Kartımı sonraki/ }).isChecked()).toBe(true);
  await toEnglish();
  const other = page.getByRole("radio", { name: "Pay with another card" });
  expect(await other.isChecked()).toBe(true);
  await page.goto(`${page.url()}&store_card=1`);
  expect(await page.getByRole("checkbox", { name: /Store my card/ }).isChecked()).toBe(false);
});

test("the end of a way by the bank is read in the other language, and is made once", async () => {
  await open((await links.create()).url, { locale: "tr-TR" });
  await (await sendCard(page)).press("İptal");
  await page.getByText("bankanızın sayfasında vazgeçildi").waitFor();
  await toEnglish();
  await page.getByText("cancelled on your bank's page").waitFor();
  expect(await page.locator("main").innerText()).not.toContain("Not authenticated");
  await page.getByRole("link", { name: "Try again" }).click();
  await (await sendCard(page, "en")).confirm();
  await page.getByRole("heading", { name: "Your payment was received" }).waitFor();
  const sold = await links.soldAtBank();
  await toTurkish();
  expect(await titleOf(page)).toBe("Ödemeniz alındı");
  await toEnglish();
  expect(await titleOf(page)).toBe("Your payment was received");
  expect(await links.soldAtBank()).toBe(sold);
});

test("what the bank alone has words for is marked as the bank's, in either language", async () => {
  await open((await links.create({ amount: "9000.09" })).url, { locale: "tr-TR" });
  await fillCard(page);
  await page.locator("#options input").first().waitFor({ state: "attached" });
  await page.locator("#pay").click();
  await page.getByText("Bankanın yanıtı:").waitFor();
  expect(await page.locator("q").innerText()).toBe("None 3D - Secure Transaction");
  await expectForAll(page, "tr", "the bank's own words");
  await toEnglish();
  await page.getByText("The bank's answer:").waitFor();
});

test("a link that was closed meanwhile says so, and that nothing was taken, in both", async () => {
  const link = await links.create();
  await open(link.url, { withoutScripts: true });
  await fillCard(page);
  await linkPayersOf(walk.world).setStatus(link.id, 3);
  await page.locator("#pay").click();
  await page.getByText("Bu denemede karttan para çekilmedi.").waitFor();
  await toEnglish();
  await page.getByText("Nothing was taken from the card this time.").waitFor();
});

test("an order's page keeps its step, whose answer may be asked for again", async () => {
  const order = await orders.create({ otp_control: true });
  await open(order.url, { withoutScripts: true });
  await page.getByRole("button", { name: "Kod gönder" }).click();
  await page.getByLabel("Onay kodu").fill("XXXX");
  await page.getByRole("button", { name: "Doğrula" }).click();
  await page.getByRole("alert").waitFor();
  await toEnglish();
  await page.getByText("Tries left: 2").waitFor();
});

test("an order's page says in both what was wrong with the card", async () => {
  const order = await orders.create();
  await open(order.url, { withoutScripts: true });
  await fillCard(page, { pan: notKnown });
  await page.getByLabel(/Koşulları okudum/).check();
  await page.locator("#pay").click();
  expect(await alert()).toContain("Bu kartın bankası tanınmıyor");
  await toEnglish();
  expect(await alert()).toContain("The bank of this card is not known");
});
