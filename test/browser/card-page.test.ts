import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Look, launchBrowser, type TestBrowser } from "../support/browser.ts";
import { messagePage } from "./pages.ts";
import { openPlatform, type Platform } from "./platform.ts";

let browser: TestBrowser;
let platform: Platform;
let page: Page & { errors: string[] };
const said: string[] = [];

beforeAll(async () => {
  [browser, platform] = await Promise.all([launchBrowser(), openPlatform()]);
});
afterAll(() => Promise.all([browser.close(), platform.close()]));
beforeEach(() => {
  said.length = 0;
  platform.posted.length = 0;
  platform.moods.slowBinMs = 0;
});
afterEach(async () => {
  expect([page.errors, said]).toEqual([[], []]);
  await page.context().close();
});

async function open(look: Look = {}, path = "/card"): Promise<void> {
  page = await browser.open(look);
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) said.push(message.text());
  });
  await page.goto(`${platform.url}${path}`);
}
const number = () => page.getByLabel("Kart numarası");
const rows = () => page.getByRole("radio");
const fillRest = async () => {
  await page.getByLabel("Son kullanma").fill("12/2030");
  await page.getByLabel("Güvenlik kodu").fill("000");
  await page.getByLabel("Kart üzerindeki ad").fill("Deniz Ak");
};

describe("typing a card", () => {
  test("groups the number where the caret is, names its scheme and bank", async () => {
    await open({ size: "phone" });
    await number().pressSequentially("435508435508435");
    await expect.poll(() => number().inputValue()).toBe("4355 0843 5508 435");
    await page.getByRole("img", { name: "Visa" }).waitFor();
    await page.getByText("Axess").waitFor();
    for (let step = 0; step < 11; step += 1) await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("7");
    expect(await number().inputValue()).toBe("4355 0743 5508 435");
    await page.keyboard.type("9");
    expect(await number().inputValue()).toBe("4355 0794 3550 8435");
    await number().fill("374245455400126");
    await page.getByRole("img", { name: "American Express" }).waitFor();
    await page.getByText("Ön yüzdeki 4 rakam").waitFor();
    expect(await number().inputValue()).toBe("3742 454554 00126");
  });

  test("the expiry gets its slash, and what is deleted stays deleted", async () => {
    await open();
    const expiry = page.getByLabel("Son kullanma");
    await expiry.pressSequentially("330");
    expect(await expiry.inputValue()).toBe("03 / 30");
    for (let key = 0; key < 3; key += 1) await expiry.press("Backspace");
    expect(await expiry.inputValue()).toBe("0");
    await expiry.pressSequentially("427");
    expect(await expiry.inputValue()).toBe("04 / 27");
  });

  test("instalments are chosen by keyboard alone, and the total follows", async () => {
    await open();
    await number().focus();
    await page.keyboard.type("4355084355084358");
    await page.keyboard.press("Tab");
    await page.keyboard.type("1230");
    await page.keyboard.press("Tab");
    await page.keyboard.type("000");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Deniz Ak");
    await rows().first().waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    expect(await page.getByText("3 × 85,80 TL").isVisible()).toBe(true);
    await page.getByText("Kartınızdan toplam 257,40 TL çekilecek.").waitFor();
    expect(await page.getByText("Karttan çekilecek").isVisible()).toBe(true);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => platform.posted)
      .toEqual([
        {
          pan: "4355 0843 5508 4358",
          expiry: "12 / 30",
          cvc: "000",
          card_holder: "Deniz Ak",
          instalment_key: "ji_3",
        },
      ]);
  });

  test("a card that must be confirmed at its bank leaves no choice", async () => {
    await open();
    await page.getByRole("checkbox").uncheck();
    await number().fill("5571135571135575");
    await page.getByRole("checkbox").waitFor({ state: "hidden" });
    expect(await rows().count()).toBe(0);
    await fillRest();
    await page.getByRole("button", { name: "249,90 TL öde" }).click();
    await expect
      .poll(() => platform.posted)
      .toMatchObject([{ do_3ds: "1", instalment_key: "ji_1" }]);
  });
});

describe("many instalments", () => {
  const shown = async () =>
    Promise.all((await rows().all()).map((radio) => radio.getAttribute("value")));
  const more = () => page.getByRole("button", { name: "Diğer taksitler (8)" });
  const openMany = async (look: Look = { size: "phone" }) => {
    await open(look);
    await number().fill("5200971234567894");
    await more().waitFor();
  };

  test("are four at first, and a button leads to where the rest begins", async () => {
    await openMany();
    expect(await shown()).toEqual(["ji_1", "ji_of_2", "ji_of_3", "ji_of_4"]);
    expect(await more().getAttribute("aria-expanded")).toBe("false");
    await page.getByRole("radio", { name: "4 taksit" }).focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await more().getAttribute("aria-expanded")).toBe("true");
    expect(await rows().count()).toBe(12);
    expect(await page.locator(":focus").getAttribute("value")).toBe("ji_of_5");
  });

  test("keep the chosen one in view when the rest goes away again", async () => {
    await openMany();
    await more().click();
    await page.getByText("9 taksit").click();
    await more().click();
    expect(await shown()).toEqual(["ji_1", "ji_of_2", "ji_of_3", "ji_of_9"]);
    await rows().last().focus();
    await page.keyboard.press("ArrowDown");
    expect(await page.getByRole("radio", { name: "Tek çekim" }).isChecked()).toBe(true);
  });

  test.each(["phone", "desktop"] as const)("leave the button in view on a %s", async (size) => {
    await openMany({ size });
    const pay = page.getByRole("button", { name: "249,90 TL öde" });
    const isInView = async () => {
      const [box, height] = [await pay.boundingBox(), page.viewportSize()?.height ?? 0];
      return box !== null && box.y > 0 && box.y + box.height <= height;
    };
    expect(await isInView()).toBe(true);
    await more().click();
    expect(await isInView()).toBe(true);
    // Nothing with the focus is under it.
    const holder = page.getByLabel("Kart üzerindeki ad");
    for (const field of [rows().last(), holder, number()]) {
      await field.focus();
      const [seen, bar] = [await field.boundingBox(), await pay.boundingBox()];
      expect((seen?.y ?? 0) + (seen?.height ?? 0)).toBeLessThan(bar?.y ?? 0);
    }
    await page.locator(".trust").scrollIntoViewIfNeeded();
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
    const [trust, bar] = [await page.locator(".trust").boundingBox(), await pay.boundingBox()];
    expect(trust?.y ?? 0).toBeGreaterThanOrEqual((bar?.y ?? 0) + (bar?.height ?? 0));
  });
});

test("where a commission is added its line waits, so that a choice moves no row", async () => {
  await open({ size: "phone" }, "/card-and-fee");
  const line = page.locator("#drawn dd");
  expect(await line.innerText()).toBe("Kartınıza göre");
  await number().fill("4355084355084358");
  const row = page.locator(".option").last();
  /** Under the top of the page: a click may scroll. */
  const place = async () => {
    const [top, own] = [await page.locator("h1").boundingBox(), await row.boundingBox()];
    return (own?.y ?? 0) - (top?.y ?? 0);
  };
  const before = await place();
  await row.click();
  expect(await line.innerText()).toBe("257,40 TL");
  expect(await place()).toBe(before);
  await number().fill("4");
  expect(await line.innerText()).toBe("Kartınıza göre");
});

describe("paying", () => {
  test("what is wrong is said at its input, and the first one has the focus", async () => {
    await open({ size: "phone", locale: "en-GB" }, "/card-en");
    const field = page.getByLabel("Card number");
    await field.fill("4355084355084359");
    await page.getByLabel("Expiry").fill("0220");
    await page.getByRole("button", { name: "Pay 249,90 TL" }).click();
    expect(await page.locator(":focus").getAttribute("id")).toBe("pan");
    for (const id of ["pan", "expiry", "cvc", "card_holder"]) {
      const described = await page.locator(`#${id}`).getAttribute("aria-describedby");
      expect(described?.split(" ")).toContain(`${id}-error`);
      expect(await page.locator(`#${id}`).getAttribute("aria-invalid")).toBe("true");
      expect(await page.locator(`#${id}-error`).innerText()).toMatch(/\w+/);
    }
    await field.fill("4355084355084358");
    expect(await page.locator("#pan-error").isVisible()).toBe(false);
    expect(platform.posted).toEqual([]);
  });

  test("a total that changed under the payer's finger is agreed to first", async () => {
    await open();
    await fillRest();
    platform.moods.slowBinMs = 500;
    await number().fill("5401341234567891");
    await page.getByRole("button", { name: "249,90 TL öde" }).click();
    await page.getByText("Gönderiliyor").waitFor();
    const agreed = page.getByRole("button", { name: "255,00 TL öde" });
    await agreed.waitFor();
    expect(platform.posted).toEqual([]);
    await agreed.click();
    await expect.poll(() => platform.posted).toMatchObject([{ instalment_key: "ji_9" }]);
  });

  test("two clicks send one payment, and coming back finds no card", async () => {
    await open();
    await number().fill("4355084355084358");
    await fillRest();
    await rows().first().waitFor();
    await page.getByRole("button", { name: "249,90 TL öde" }).dblclick();
    await page.waitForURL(/\/pay$/);
    await page.goBack();
    expect(platform.posted).toHaveLength(1);
    expect(await number().inputValue()).toBe("");
    expect(await page.getByLabel("Güvenlik kodu").inputValue()).toBe("");
    expect(await page.getByRole("button", { name: "249,90 TL öde" }).isEnabled()).toBe(true);
  });

  test("instalments of the card before are shown to those without scripts alone", async () => {
    await open({}, "/card-again");
    expect(await rows().count()).toBe(0);
    expect(await page.getByText("Taksit", { exact: true }).isVisible()).toBe(false);
    await page.context().close();
    await open({ withoutScripts: true }, "/card-again");
    expect(await rows().count()).toBe(1);
  });

  test("without scripts the form is a form", async () => {
    await open({ withoutScripts: true });
    await number().fill("4355084355084358");
    await fillRest();
    await page.getByRole("button", { name: "249,90 TL öde" }).click();
    await expect
      .poll(() => platform.posted)
      .toEqual([
        {
          pan: "4355084355084358",
          expiry: "12/2030",
          cvc: "000",
          card_holder: "Deniz Ak",
          do_3ds: "1",
        },
      ]);
  });
});

describe("everybody can use it", () => {
  const looks: Look[] = [
    { size: "phone" },
    { size: "desktop" },
    { size: "desktop", scheme: "dark" },
  ];
  test.each(looks)("the card page on %j", async (look) => {
    await open(look, "/card-and-fee");
    await number().fill("5200971234567894");
    await rows().first().waitFor();
    await page.getByRole("button", { name: "249,90 TL öde" }).click();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    const widths = "[document.documentElement.scrollWidth, innerWidth]";
    const [content, window] = await page.evaluate<[number, number]>(widths);
    expect(content).toBeLessThanOrEqual(window);
  });
  test.each(["good", "bad", "over", "wait"] as const)("a page that says %s", async (sign) => {
    await open({ scheme: "dark" });
    await page.route("**/card", (route) =>
      route.fulfill({
        contentType: "text/html; charset=utf-8",
        body: messagePage(sign, "Başlık", "Metin", '<a class="plain" href="/">Dön</a>'),
      }),
    );
    await page.reload();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
});
