import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { linkPayersOf } from "../support/link-payers.ts";
import { factsOf, type Link, linkWalkOf, sendCard, titleOf } from "./link-walk.ts";
import { fillCard, openWalk, type Walk, type WatchedPage } from "./walk.ts";

const HOUR_MS = 60 * 60_000;
let walk: Walk;
let page: WatchedPage;
const { create, detail, soldAtBank } = linkWalkOf(() => walk);

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

async function open(link: Link, look: Look = {}): Promise<WatchedPage> {
  page = await walk.open(look);
  await page.goto(link.url);
  return page;
}
const localeOf = { tr: "tr-TR", en: "en-GB" } as const;

describe("a payer who was refused", () => {
  test("at the bank's page tries again and pays", async () => {
    const link = await create();
    await open(link, { size: "phone" });
    await (await sendCard(page)).press("İptal");
    await page.getByRole("heading", { name: "Kart doğrulanmadı" }).waitFor();
    await page.getByRole("link", { name: "Yeniden dene" }).click();
    expect(await page.getByLabel("Kart numarası").inputValue()).toBe("");
    await (await sendCard(page)).confirm();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    expect(await detail(link)).toMatchObject({ status: 1 });
  });

  test("by a decline reads why, and may try another card", async () => {
    const link = await create({ amount: "7000.51" });
    await open(link);
    await (await sendCard(page)).confirm();
    await page.getByRole("heading", { name: "Ödeme alınamadı" }).waitFor();
    await page.getByText(/limit|bakiye/i).waitFor();
    await page.getByRole("link", { name: "Yeniden dene" }).click();
    await page.getByLabel("Kart numarası").waitFor();
    expect(await detail(link)).toMatchObject({ status: 0, xact_id: "" });
  });
});

describe("a link that takes no payment", () => {
  const closed = {
    expired: async () => {
      const link = await create({ expire_date: 1 });
      await walk.world.advance(HOUR_MS);
      return link;
    },
    passive: async () => {
      const link = await create();
      await linkPayersOf(walk.world).setStatus(link.id, 3);
      return link;
    },
    paid: async () => {
      const link = await create();
      await linkPayersOf(walk.world).pay(link.id);
      return link;
    },
    unknown: async () => {
      const link = await create();
      const other = (end: string) => (end === "0000" ? "1111" : "0000");
      return { ...link, url: link.url.replace(/....$/, other) };
    },
  };
  test.each([
    ["expired", "tr", 410, "Ödeme linkinin süresi dolmuş"],
    ["expired", "en", 410, "This payment link has expired"],
    ["passive", "tr", 410, "Ödeme linki kapatılmış"],
    ["passive", "en", 410, "This payment link was closed"],
    ["paid", "tr", 200, "Bu linkin ödemesi daha önce alınmış."],
    ["paid", "en", 200, "This link has been paid before."],
    ["unknown", "tr", 404, "Adresi kontrol edin"],
    ["unknown", "en", 404, "Check the address"],
  ] as const)("%s, in %s", async (state, lang, status, words) => {
    const link = await closed[state]();
    page = await walk.open({ locale: localeOf[lang] });
    expect((await page.goto(link.url))?.status()).toBe(status);
    await page.getByText(words).waitFor();
    expect(await page.getByRole("textbox").count()).toBe(0);
    expect(await page.getByRole("button").count()).toBe(0);
  });

  test.each([
    ["/po", "Ödeme linki bulunamadı"],
    ["/po/10001", "Ödeme linki bulunamadı"],
    ["/po/10001/", "Ödeme linki bulunamadı"],
    ["/sub/10001", "Düzenli ödeme bulunamadı"],
  ])("whose address was cut to %s, is told of by a page", async (path, words) => {
    const { status, text } = await walk.payer.get(`${walk.world.url}${path}`);
    expect([status, text]).toEqual([404, expect.stringContaining(`<h1>${words}</h1>`)]);
  });

  test("closed while a payer types is said when the card is sent", async () => {
    const link = await create();
    await open(link);
    await fillCard(page);
    await linkPayersOf(walk.world).setStatus(link.id, 3);
    await page.locator("button.pay").click();
    await page.getByText("Ödeme linki kapatılmış").waitFor();
  });
});

describe("a payer who comes by twice", () => {
  test("by loading the result again is shown the same, and charged once", async () => {
    await open(await create());
    await (await sendCard(page)).confirm();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    const [before, sold] = [await factsOf(page), await soldAtBank()];
    await page.reload();
    expect([await titleOf(page), await factsOf(page)]).toEqual(["Ödemeniz alındı", before]);
    expect(await soldAtBank()).toBe(sold);
  });

  test("by the back button cannot pay again", async () => {
    const link = await create();
    await open(link);
    await (await sendCard(page)).confirm();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    const sold = await soldAtBank();
    // Back at the bank, whose page returns by itself and ends where the payer was.
    await page.goBack();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    await page.goto(link.url);
    await page.getByText("Bu linkin ödemesi daha önce alınmış.").waitFor();
    expect(await soldAtBank()).toBe(sold);
  });

  test("by the back button at the bank's page may begin anew", async () => {
    const link = await create();
    await open(link);
    await sendCard(page);
    await page.goBack();
    await page.getByRole("link", { name: "Yeniden dene" }).click();
    await (await sendCard(page)).confirm();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    expect(await detail(link)).toMatchObject({ status: 1 });
  });

  test("with two tabs pays once, and the second tab says so", async () => {
    const link = await create();
    const [first, second] = [await open(link), await open(link)];
    const banks = [await sendCard(first), await sendCard(second)];
    const sold = await soldAtBank();
    await banks[0]?.confirm();
    await first.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    await banks[1]?.confirm();
    await second.getByText("Bu linkin ödemesi daha önce alınmış.").waitFor();
    await second.getByText("Bu denemede karttan para çekilmedi.").waitFor();
    expect(await soldAtBank()).toBe(sold + 1);
  });

  test("of a link that may be paid many times pays each time", async () => {
    const link = await create({ multi_payment: true });
    for (let payer = 0; payer < 2; payer += 1) {
      await open(link);
      await (await sendCard(page)).confirm();
      await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    }
    expect(await detail(link)).toMatchObject({ status: 0 });
  });
});
