import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { linkPayersOf } from "../support/link-payers.ts";
import { paywallOf } from "../support/paywall.ts";
import { paywallLinksOf, product } from "../support/paywall-links.ts";
import { pngOf } from "../support/pictures.ts";
import { saleCode } from "../support/sales.ts";
import { factsOf, sendCard, titleOf } from "./link-walk.ts";
import { expectForAll } from "./looks.ts";
import { openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let links: ReturnType<typeof paywallLinksOf>;
beforeAll(async () => {
  walk = await openWalk();
  links = paywallLinksOf(paywallOf(walk.world));
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

const said = {
  tr: { paid: "Ödemeniz alındı", soldOut: "Stok tükendi", amount: "250,00\u00a0TL" },
  en: { paid: "Your payment was received", soldOut: "Sold out", amount: "TRY\u00a0250.00" },
};
/** What a page is as wide as, and needs: nobody scrolls sideways. */
const widths = (page: WatchedPage) =>
  page.evaluate<[number, number]>("[document.documentElement.scrollWidth, innerWidth]");

describe("a link that sells a product", () => {
  test.each([
    ["phone", "tr"],
    ["desktop", "en"],
  ] as const)("shows it and is paid on a %s, in %s, until it is sold out", async (size, lang) => {
    const words = said[lang];
    const { Body } = await links.make({
      ...{ ...product, LanguageId: lang === "tr" ? 1 : 2, StockTrack: true, StockCount: 1 },
      PhotoBase64: pngOf(600, 400).toString("base64"),
    });
    const page = await walk.open({ size });
    await page.goto(Body.Link);
    const picture = page.getByRole("img", { name: "Seramik kupa" });
    await picture.waitFor();
    expect(await picture.evaluate((it) => "naturalWidth" in it && it.naturalWidth)).toBe(600);
    const box = await picture.boundingBox();
    expect(box!.height).toBeGreaterThan(150);
    const summary = await page.locator("header").innerText();
    for (const text of ["Örnek A.Ş.", "Seramik kupa", "El yapımı, 350 ml"])
      expect(summary).toContain(text);
    const [needed, given] = await widths(page);
    expect(needed).toBeLessThanOrEqual(given);
    await expectForAll(page, lang, "a product");
    await (await sendCard(page, lang)).confirm();
    await page.getByRole("heading", { name: words.paid }).waitFor();
    for (const text of [words.amount, "Seramik kupa"]) expect(await factsOf(page)).toContain(text);
    await page.goto(Body.Link);
    expect(await titleOf(page)).toBe(words.soldOut);
    await expectForAll(page, lang, "a stock that is sold");
  });
});

test("a checkout page lists its products, of which the first ones are in view", async () => {
  const { post } = paywallOf(walk.world);
  const Products = Array.from({ length: 6 }, (_, i) => ({
    ...{ ProductId: `${i}`, ProductName: `Ürün ${i + 1}`, ProductAmount: 15 },
    ProductImage: "https://elsewhere.example/a.png",
  }));
  const { Body } = await post<{ Link: string; Guid: string }>("api/paywall/checkout/generate", {
    ...{ UniqueCode: saleCode(), Amount: 90, CurrencyId: 1, ShowProduct: true, Products },
    SuccessBackUrl: walk.shop.put("/ok", "<h1>Ok</h1>"),
    FailBackUrl: walk.shop.put("/no", "<h1>No</h1>"),
  });
  const page = await walk.open({ size: "phone" });
  await page.goto(Body.Link);
  const line = (name: string) => page.getByText(name, { exact: true });
  expect(await line("Ürün 4").isVisible()).toBe(true);
  expect(await line("Ürün 6").isVisible()).toBe(false);
  await page.getByText("2 ürün daha").click();
  expect(await line("Ürün 6").isVisible()).toBe(true);
  await expectForAll(page, "tr", "a basket");
  await (await sendCard(page)).confirm();
  await page.getByRole("heading", { name: "Ok" }).waitFor();
  expect(await linkPayersOf(walk.world).show(Body.Guid)).toMatchObject({ status: 1 });
});
