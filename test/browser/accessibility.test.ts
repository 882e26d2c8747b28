import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { linkPayersOf } from "../support/link-payers.ts";
import { expectForAll } from "./looks.ts";
import { bankPage, fillCard, type Lang, openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let page: WatchedPage;

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

const localeOf = { tr: "tr-TR", en: "en-GB" } as const;
const open = async (lang: Lang, look: Look = {}) => {
  page = await walk.open({ locale: localeOf[lang], ...look });
  // Pages that go on by themselves stay, so that they can be looked at.
  await page.route("**/public/hosted/auto.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: "" }),
  );
};
const goOn = () => page.locator("#auto button").click();
const link = async (more: object = {}): Promise<string> =>
  String((await linkPayersOf(walk.world).create({ note: "Mayıs aidatı", ...more })).body["url"]);

/** To the bank's page as a shop's server sends its payer. */
async function toBankFromShop() {
  const { body } = await walk.payer.start({ return_url: `${walk.shop.url}/done` });
  await page.goto(String(body["post_url"]));
  await goOn();
  await page.locator("#acs").waitFor();
  return body as Record<string, string>;
}
/** From the bank's page by a button for those who try things out. */
async function leaveBank(lang: Lang, button: string) {
  await bankPage(page, lang).openOptions();
  await page.locator(button).click();
}

/** A shop's own page has a language, a heading and a main part with a name, as pages should. */
const shopPage = (lang: Lang, script: string, attributes = "", more = "") =>
  walk.shop.put(
    "/shop",
    `<main aria-label="Shop"><h1>Shop</h1><form id="order" method="post" action="/done">${more}
    <script class="paynet-button" src="${walk.world.url}/public/js/${script}" ${attributes}
    data-key="${walk.world.merchant.publishableKey}" data-amount="2000"></script></form></main>`,
    lang,
  );

const look = (lang: Lang, what: string) => expectForAll(page, lang, what);

describe.each(["tr", "en"] as const)("everybody can use, in %s,", (lang) => {
  const fill = (more: object = {}) => fillCard(page, more, lang);
  const pay = () => page.locator("button.pay").click();

  test("the page of a link, with mistakes and ways to pay, and the way by the bank", async () => {
    await open(lang);
    const terms = { addcomission_to_amount: true, installments: "0,3,6,12" };
    const url = await link({ ...terms, reference_no: `A-${lang}` });
    await page.goto(url);
    await look(lang, "the page of a link");
    await fill({ pan: "4355084355084359", expiry: "0220", cvc: "1", holder: "1" });
    await pay();
    await page.locator("#pan-error").waitFor();
    await look(lang, "mistakes at their inputs");
    await fill();
    await page.getByRole("radio").nth(2).check();
    await look(lang, "ways to pay");
    await pay();
    await page.locator("#auto").waitFor();
    await look(lang, "the way to the bank");
    await goOn();
    await bankPage(page, lang).confirm("b");
    await page.getByRole("alert").waitFor();
    await bankPage(page, lang).openOptions();
    await look(lang, "the bank's page, after a wrong code");
    await bankPage(page, lang).confirm();
    await page.locator(".sign.good").waitFor();
    await look(lang, "the end of the way");
    await page.goto(url);
    await look(lang, "the page of a link that is paid");
  });

  test("what a link says when something went wrong", async () => {
    await open(lang);
    await page.goto(await link({ reference_no: `B-${lang}` }));
    await fill();
    await page.locator("#options input").first().waitFor({ state: "attached" });
    await walk.world.pay({ reference_no: `B-${lang}` });
    await pay();
    await page.getByRole("alert").waitFor();
    await look(lang, "what the server found wrong");
    await walk.world.bank.fault("reset_after_commit", { op: "sale" });
    await walk.world.bank.fault("refuse", { op: "inquire" }, {}, 100);
    await page.goto(await link());
    await fill();
    await page.locator("#options input").first().waitFor({ state: "attached" });
    await pay();
    await goOn();
    await bankPage(page, lang).confirm();
    await page.locator(".sign.over").waitFor();
    await walk.world.bank.clearFaults();
    await walk.world.advance(60_000);
    await look(lang, "a payment in doubt");
  });

  test("the overlay in a shop, and what it says after the bank's no", async () => {
    await open(lang);
    await page.goto(shopPage(lang, "paynet.min.js", 'data-installments="1,3,6"'));
    await page.locator(".paynetj-button").click();
    const overlay = page.frameLocator("iframe");
    await fillCard(overlay, {}, lang);
    await look(lang, "the overlay");
    await overlay.locator("button.pay").click();
    await overlay.locator("#auto button").click();
    await overlay.locator("#cancel").click();
    await overlay.locator("[data-say]").waitFor();
    await look(lang, "the overlay after a no");
  });

  test("a notice in a shop", async () => {
    await open(lang);
    const button = '<button data-paynet="submit">Pay</button>';
    await page.goto(shopPage(lang, "paynet-custom.min.js", 'data-form="#order"', button));
    await page.locator("[data-paynet=submit]").click();
    await page.getByRole("alertdialog").waitFor();
    await look(lang, "a notice");
  });

  test("the way from a shop to the bank and back", async () => {
    await open(lang);
    const { post_url } = await toBankFromShop();
    const bankUrl = page.url();
    await page.goto(post_url!);
    await look(lang, "a way that is given out");
    await page.goto(bankUrl);
    await leaveBank(lang, "#approve-right");
    await page.locator(".sign.good").waitFor();
    await look(lang, "the way back");
    await toBankFromShop();
    await leaveBank(lang, "#reject");
    await page.locator(".sign.bad").waitFor();
    await look(lang, "the way back after a no");
    await toBankFromShop();
    await leaveBank(lang, "#leave");
    await page.getByRole("status").waitFor();
    await look(lang, "no way back");
  });

  test("the question for a code that is forgotten", async () => {
    await open(lang);
    const { body } = await walk.payer.start({ return_url: `${walk.shop.url}/done` });
    await walk.forgetCode(String(body["token_id"]));
    await page.goto(String(body["post_url"]));
    await look(lang, "the question for the code");
    await page.getByRole("textbox").fill("12");
    // Browsers that know no patterns send it all the same.
    await page.evaluate("document.querySelector('form').submit()");
    await page.getByRole("alert").waitFor();
    await look(lang, "a wrong code");
  });
});

describe("by keyboard alone", () => {
  /** What has the focus: its name, whether it shows that, and whether nothing lies over it. */
  const focused = () =>
    page.evaluate<{ name: string; isSeen: boolean }>(`(() => {
      const it = document.activeElement;
      const ring = (of) => getComputedStyle(of).outlineStyle !== "none";
      const row = it.closest(".option");
      const { left, top, width, height } = it.getBoundingClientRect();
      const over = document.elementFromPoint(left + width / 2, top + height / 2);
      return {
        name: it.id || it.value || it.textContent.trim(),
        isSeen: (ring(it) || (row !== null && ring(row))) && (row ?? it).contains(over),
      };
    })()`);

  test.each(["light", "dark"] as const)(
    "a link is paid, each stop is seen (%s)",
    async (scheme) => {
      page = await walk.open({ scheme, size: scheme === "light" ? "phone" : "desktop" });
      await page.goto(await link());
      const { keyboard } = page;
      const next = async (text = "") => {
        await keyboard.press("Tab");
        const stop = await focused();
        expect(stop).toMatchObject({ isSeen: true });
        await keyboard.type(text);
        return stop.name;
      };
      const stops = [
        await next("4355084355084358"),
        await next("1230"),
        await next("000"),
        await next("Deniz Ak"),
      ];
      await page.getByRole("radio").first().waitFor();
      await next();
      await keyboard.press("ArrowDown");
      expect(await page.getByRole("radio", { name: /^2 taksit/ }).isChecked()).toBe(true);
      expect(await focused()).toMatchObject({ isSeen: true });
      const rest = await next();
      await keyboard.press("Enter");
      // The focus goes on where the rest begins, and from there to what stands behind it.
      expect(await page.getByRole("radio", { name: /^5 taksit/ }).isVisible()).toBe(true);
      expect(await focused()).toMatchObject({ isSeen: true });
      stops.push(await next(), await next());
      expect(stops).toEqual(["pan", "expiry", "cvc", "card_holder", rest, "pay"]);
      await keyboard.press("Enter");
      await page.getByLabel("Doğrulama kodu").waitFor();
      do await keyboard.press("Tab");
      while ((await focused()).name !== "code");
      expect(await focused()).toMatchObject({ isSeen: true });
      await keyboard.type("a");
      await keyboard.press("Enter");
      await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    },
  );

  test("a mistake takes the payer to it, and says so to whoever hears the page", async () => {
    page = await walk.open();
    await page.goto(await link());
    await fillCard(page, { expiry: "0220" });
    await page.getByRole("button", { name: "100,00 TL öde" }).press("Enter");
    expect((await focused()).name).toBe("expiry");
    const input = page.getByRole("textbox", { name: "Son kullanma" });
    expect(await input.getAttribute("aria-invalid")).toBe("true");
    const described = (await input.getAttribute("aria-describedby"))?.split(" ") ?? [];
    expect(described).toContain("expiry-error");
    expect(await page.locator("#expiry-error").innerText()).toBe("Bu kartın süresi dolmuş.");
  });
});
