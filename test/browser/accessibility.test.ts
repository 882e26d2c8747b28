import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { linkPayersOf } from "../support/link-payers.ts";
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

async function sendCard(url: string, lang: Lang) {
  await page.goto(url);
  await fillCard(page, {}, lang);
  await page.locator("#options input").first().waitFor({ state: "attached" });
  await page.locator("button.pay").click();
  await page.locator("#auto").waitFor();
}
/** To the bank's page by a link. */
async function toBank(lang: Lang, more: object = {}) {
  await sendCard(await link(more), lang);
  await goOn();
  return bankPage(page, lang);
}
/** To the bank's page as a shop's server sends its payer. */
async function toBankFromShop() {
  const { body } = await walk.payer.start({ return_url: `${walk.shop.url}/done` });
  await page.goto(String(body["post_url"]));
  await goOn();
  return body as Record<string, string>;
}
/** From the bank's page, by a button and an option for those who try things out. */
async function leaveBank(lang: Lang, button: string, option?: string) {
  await bankPage(page, lang).openOptions();
  if (option) await page.locator(option).check();
  await page.locator(button).click();
}

/** A shop's own page has a language, a heading and a main part with a name, as pages should. */
const shopPage = (lang: Lang, script: string, attributes = "", more = "") =>
  walk.shop.put(
    "/shop",
    `<main aria-label="Shop"><h1>Shop</h1><form id="order" method="post" action="/done">${more}<script
    class="paynet-button" src="${walk.world.url}/public/js/${script}" ${attributes}
    data-key="${walk.world.merchant.publishableKey}" data-amount="2000"></script></form></main>`,
    lang,
  );
async function openOverlay(lang: Lang) {
  await page.goto(shopPage(lang, "paynet.min.js"));
  await page.locator(".paynetj-button").click();
  const overlay = page.frameLocator("iframe");
  await overlay.locator("#pan").waitFor();
  return overlay;
}

/** Every page that a payer may see, and how one gets there. */
const scenes: Readonly<Record<string, (lang: Lang) => Promise<unknown>>> = {
  "the page of a link": async () => page.goto(await link()),
  "the page of a link, with ways to pay": async (lang) => {
    await page.goto(await link({ addcomission_to_amount: true, reference_no: "A-1" }));
    await fillCard(page, {}, lang);
    await page.getByRole("radio").nth(2).check();
  },
  "the page of a link, with mistakes at its inputs": async (lang) => {
    await page.goto(await link());
    await fillCard(page, { pan: "4355084355084359", expiry: "0220", cvc: "1", holder: "1" }, lang);
    await page.locator("button.pay").click();
    await page.locator("#pan-error").waitFor();
  },
  "the page of a link, with what the server found wrong": async (lang) => {
    await page.goto(await link({ reference_no: `B-${lang}` }));
    await fillCard(page, {}, lang);
    await page.locator("#options input").first().waitFor({ state: "attached" });
    await walk.world.pay({ reference_no: `B-${lang}` });
    await page.locator("button.pay").click();
    await page.getByRole("alert").waitFor();
  },
  "the overlay in a shop": async (lang) => fillCard(await openOverlay(lang), {}, lang),
  "the overlay in a shop, after the bank's no": async (lang) => {
    const overlay = await openOverlay(lang);
    await fillCard(overlay, {}, lang);
    await overlay.locator("button.pay").click();
    await overlay.locator("#auto button").click();
    await overlay.locator("#cancel").click();
    await overlay.locator("[data-say]").waitFor();
  },
  "a notice in a shop": async (lang) => {
    const button = '<button data-paynet="submit">Pay</button>';
    const attributes = 'data-form="#order"';
    await page.goto(shopPage(lang, "paynet-custom.min.js", attributes, button));
    await page.locator("[data-paynet=submit]").click();
    await page.getByRole("alertdialog").waitFor();
  },
  "the way to the bank": async (lang) => sendCard(await link(), lang),
  "the way to the bank, given out": async () => {
    const { post_url } = await toBankFromShop();
    await page.goto(post_url!);
  },
  "the way to the bank, without the code": async (lang) => {
    const { body } = await walk.payer.start({ return_url: `${walk.shop.url}/done` });
    const token = await walk.world.db.kysely
      .selectFrom("checkout_tokens")
      .select("id")
      .where("guid", "=", String(body["token_id"]))
      .executeTakeFirstOrThrow();
    walk.world.deps.checkout.cvvs.take(token.id as `tok_${string}`);
    await page.goto(`${String(body["post_url"])}&cvc=x&lang=${lang}`);
    await page.getByRole("alert").waitFor();
  },
  "the way back to the shop": async (lang) => {
    await toBankFromShop();
    await leaveBank(lang, "#approve-right");
    await page.locator(".sign.good").waitFor();
  },
  "the way back to the shop, after a no": async (lang) => {
    await toBankFromShop();
    await leaveBank(lang, "#reject");
    await page.locator(".sign.bad").waitFor();
  },
  "the bank's page, with a wrong code and all options": async (lang) => {
    const bank = await toBank(lang);
    await bank.confirm("b");
    await page.getByRole("alert").waitFor();
    await bank.openOptions();
  },
  "the bank's page of no return": async (lang) => {
    await toBank(lang);
    await leaveBank(lang, "#leave");
    await page.getByRole("status").waitFor();
  },
  "the end of a paid link": async (lang) => {
    await (await toBank(lang)).confirm();
    await page.locator(".sign.good").waitFor();
  },
  "the end of a link in doubt": async (lang) => {
    await walk.world.bank.fault("reset_after_commit", { op: "sale" });
    await walk.world.bank.fault("refuse", { op: "inquire" }, {}, 100);
    await (await toBank(lang)).confirm();
    await page.locator(".sign.over").waitFor();
    await walk.world.bank.clearFaults();
    await walk.world.advance(60_000);
  },
  "a closed link": async () => {
    const links = linkPayersOf(walk.world);
    const { id, url } = (await links.create()).body;
    await links.setStatus(id, 3);
    await page.goto(String(url));
  },
};

/** Rules whose answer depends on colours and sizes. */
const rulesOfLooks = ["color-contrast", "link-in-text-block", "target-size"];

/** What is wrong with a page, short enough to read: the rule, and where it is broken. */
async function violations(rules: string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  if (rules.length > 0) axe.withRules(rules);
  // Quicker by half, but blind to frames of other origins.
  axe.setLegacyMode(page.frames().length === 1);
  const { violations: found } = await axe.analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}
const overflow = (): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - innerWidth");

/** Each size in each scheme, once; a page in two of the four in each language. */
const looks = {
  tr: [
    ["light", 390],
    ["dark", 1280],
  ],
  en: [
    ["light", 1280],
    ["dark", 390],
  ],
} as const;
const heightOf = { 390: 844, 1280: 900 } as const;

describe.each(["tr", "en"] as const)("everybody can use, in %s,", (lang) => {
  test.each(Object.keys(scenes))("%s", async (name) => {
    await open(lang);
    await scenes[name]?.(lang);
    expect(await page.evaluate("document.documentElement.lang")).toBe(lang);
    for (const [i, [colorScheme, width]] of looks[lang].entries()) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: heightOf[width] });
      const found = await violations(i === 0 ? [] : rulesOfLooks);
      expect([colorScheme, width, found]).toEqual([colorScheme, width, []]);
      expect(await overflow()).toBeLessThanOrEqual(0);
    }
    // As wide as a page on a large screen at four times its size (WCAG 1.4.10).
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await overflow()).toBeLessThanOrEqual(0);
  });
});

describe("by keyboard alone", () => {
  /** The element that has the focus: its name, and whether it shows that it has it. */
  const focused = () =>
    page.evaluate<{ name: string; isSeen: boolean }>(`(() => {
      const it = document.activeElement;
      const ring = (of) => getComputedStyle(of).outlineStyle !== "none";
      const row = it.closest(".option");
      return {
        name: it.id || it.value || it.textContent.trim(),
        isSeen: ring(it) || (row !== null && ring(row)),
      };
    })()`);

  test.each(["light", "dark"] as const)(
    "a link is paid, each stop is seen (%s)",
    async (scheme) => {
      page = await walk.open({ scheme });
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
      stops.push(await next());
      expect(stops).toEqual(["pan", "expiry", "cvc", "card_holder", "pay"]);
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
