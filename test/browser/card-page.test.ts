import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../src/db/transaction.ts";
import { setSwitch } from "../../src/merchants/index.ts";
import type { Look } from "../support/browser.ts";
import { linkWalkOf } from "./link-walk.ts";
import { fillCard, openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let page: WatchedPage;
const { create } = linkWalkOf(() => walk);

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

/** The page of a payment link, on which 3-D Secure is no choice. */
async function openLink(more: object = {}, look: Look = {}): Promise<void> {
  const link = await create({ amount: "249.90", ...more });
  page = await walk.open(look);
  await page.goto(link.url);
}
/** The ready form's page, which has that choice here, without the shop around it. */
async function openForm(more: object = {}): Promise<void> {
  const { url, merchant, post } = walk.world;
  const terms = { amount: 24990, domain: walk.shop.url, tds_required: false, ...more };
  const headers = { authorization: `Basic ${merchant.publishableKey}` };
  const { body } = await post("v1/paynetj/auth?type=RF", terms, headers);
  const names = new URLSearchParams({ session_id: String(body["session_id"]), lang: "tr" });
  page = await walk.open();
  await page.goto(`${url}/v1/paynetjgate/form?${names}`);
}

const number = () => page.getByLabel("Kart numarası");
const rows = () => page.getByRole("radio");
const button = (total: string) => page.getByRole("button", { name: `${total} öde` });
/** What the line of the total says. Amounts have a space that does not break. */
const drawn = async () => (await page.locator("#drawn dd").innerText()).replaceAll("\u00a0", " ");
/** The cards that our server was sent. */
const posted = () =>
  page.asked.flatMap(({ url, sent }) =>
    url.startsWith(walk.world.url) && sent.startsWith("pan=")
      ? [Object.fromEntries(new URLSearchParams(sent))]
      : [],
  );

describe("typing a card", () => {
  test("groups the number where the caret is, names its scheme and bank", async () => {
    await openLink({}, { size: "phone" });
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
    await number().fill("1234560000000000");
    await page.getByText("Taksit seçenekleri alınamadı").waitFor();
  });

  test("the expiry gets its slash, and what is deleted stays deleted", async () => {
    await openLink();
    const expiry = page.getByLabel("Son kullanma");
    await expiry.pressSequentially("330");
    expect(await expiry.inputValue()).toBe("03 / 30");
    for (let key = 0; key < 3; key += 1) await expiry.press("Backspace");
    expect(await expiry.inputValue()).toBe("0");
    await expiry.pressSequentially("427");
    expect(await expiry.inputValue()).toBe("04 / 27");
  });

  test("instalments are chosen by keyboard alone, and the total follows", async () => {
    await openForm({ installments: "1,3", add_commission: true });
    await number().focus();
    for (const text of ["4355084355084358", "1230", "000", "Deniz Ak"]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Tab");
    }
    await rows().first().waitFor();
    await page.keyboard.press("ArrowDown");
    // 2% and 1.5% for three, and tax of 20% on that: 249,90 is 0,958 of the total.
    expect(await page.getByText("3 × 86,95 TL").isVisible()).toBe(true);
    await page.getByText("Kartınızdan toplam 260,86 TL çekilecek.").waitFor();
    expect(await page.getByText("Karttan çekilecek").isVisible()).toBe(true);
    expect(await drawn()).toBe("260,86 TL");
    const key = await page.locator("input:checked[type=radio]").getAttribute("value");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Mağazaya dönülüyor" }).waitFor();
    expect(posted()).toEqual([
      {
        ...{ pan: "4355 0843 5508 4358", expiry: "12 / 30", cvc: "000" },
        ...{ card_holder: "Deniz Ak", instalment_key: key },
      },
    ]);
  });

  test("a merchant that must sell with 3-D Secure by now leaves no choice", async () => {
    await openForm({ no_instalment: true });
    const mustSellWith = async (must: boolean) => {
      const { db, deps, merchant } = walk.world;
      await inTx(db, (tx) => setSwitch(tx, merchant.merchantId, "maySellWithout3d", !must));
      deps.reception.forgetAll();
    };
    await page.getByRole("checkbox").uncheck();
    await mustSellWith(true);
    try {
      await fillCard(page);
      await page.getByRole("checkbox").waitFor({ state: "hidden" });
      expect(await rows().count()).toBe(0);
      await button("249,90 TL").click();
      await page.getByLabel("Doğrulama kodu").waitFor();
    } finally {
      await mustSellWith(false);
    }
    expect(posted()).toMatchObject([{ do_3ds: "1", instalment_key: /^ji_/ }]);
  });
});

describe("many instalments", () => {
  const shown = () => page.locator(".option:visible .option-name").allInnerTexts();
  const more = () => page.getByRole("button", { name: "Diğer taksitler (8)" });
  const openMany = async (look: Look = { size: "phone" }, pan = "4355084355084358") => {
    await openLink({}, look);
    await number().fill(pan);
    await more().waitFor();
  };

  test("are four at first, and a button leads to where the rest begins", async () => {
    await openMany();
    expect(await shown()).toEqual(["Tek çekim", "2 taksit", "3 taksit", "4 taksit"]);
    expect(await more().getAttribute("aria-expanded")).toBe("false");
    await page.getByRole("radio", { name: "4 taksit" }).focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await more().getAttribute("aria-expanded")).toBe("true");
    expect(await rows().count()).toBe(12);
    const next = page.getByRole("radio", { name: "5 taksit" });
    expect(await next.evaluate((it) => it.matches(":focus"))).toBe(true);
  });

  test("keep the chosen one in view when the rest goes away again", async () => {
    await openMany();
    await more().click();
    await page.getByText("9 taksit").click();
    await more().click();
    expect(await shown()).toEqual(["Tek çekim", "2 taksit", "3 taksit", "9 taksit"]);
    await rows().last().focus();
    await page.keyboard.press("ArrowDown");
    expect(await page.getByRole("radio", { name: "Tek çekim" }).isChecked()).toBe(true);
  });

  test("stay under the pointer when a mistake above is told as its input is left", async () => {
    await openMany({}, "4355084355084359");
    await more().click();
    await page.getByText("Kart numarası hatalı").waitFor();
    expect(await rows().count()).toBe(12);
  });

  test.each(["phone", "desktop"] as const)("leave the button in view on a %s", async (size) => {
    await openMany({ size });
    const pay = button("249,90 TL");
    const isInView = async () => {
      const [box, height] = [await pay.boundingBox(), page.viewportSize()?.height ?? 0];
      return box !== null && box.y > 0 && box.y + box.height <= height;
    };
    expect(await isInView()).toBe(true);
    await more().click();
    expect(await rows().count()).toBe(12);
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

test("where a commission is added its line waits: no answer, no choice moves a row", async () => {
  await openLink({ addcomission_to_amount: true }, { size: "phone" });
  const unknown = page.getByText("Kartınıza göre");
  expect(await unknown.isVisible()).toBe(true);
  const row = page.locator(".option", { hasText: "3 taksit" });
  /** Under the top of the page: a click may scroll. */
  const placeOf = async (what: Locator) => {
    const [top, own] = [await page.locator("h1").boundingBox(), await what.boundingBox()];
    return (own?.y ?? 0) - (top?.y ?? 0);
  };
  const empty = await placeOf(number());
  await number().fill("4355084355084358");
  const before = await placeOf(row);
  expect(await drawn()).toBe("256,05 TL");
  expect(await placeOf(number())).toBe(empty);
  await row.click();
  expect(await drawn()).toBe("260,86 TL");
  expect(await placeOf(row)).toBe(before);
  await number().fill("4");
  expect(await unknown.isVisible()).toBe(true);
});

describe("paying", () => {
  test("what is wrong is said at its input, and the first one has the focus", async () => {
    await openLink({}, { size: "phone", locale: "en-GB" });
    const field = page.getByLabel("Card number");
    await field.fill("4355084355084359");
    await page.getByLabel("Expiry").fill("0220");
    await page.getByRole("button", { name: "Pay TRY 249.90" }).click();
    expect(await page.locator(":focus").getAttribute("id")).toBe("pan");
    for (const id of ["pan", "expiry", "cvc", "card_holder"]) {
      const described = await page.locator(`#${id}`).getAttribute("aria-describedby");
      expect(described?.split(" ")).toContain(`${id}-error`);
      expect(await page.locator(`#${id}`).getAttribute("aria-invalid")).toBe("true");
      expect(await page.locator(`#${id}-error`).innerText()).toMatch(/\w+/);
    }
    await field.fill("4355084355084358");
    expect(await page.locator("#pan-error").isVisible()).toBe(false);
    expect(posted()).toEqual([]);
  });

  test("a total that changed under the payer's finger is agreed to first", async () => {
    await openLink({ addcomission_to_amount: true });
    const { promise: slowness, resolve: answer } = Promise.withResolvers<void>();
    await page.route("**/bin?*", async (route) => {
      await slowness;
      await route.continue();
    });
    await fillCard(page, { pan: "5401341234567891" });
    await button("249,90 TL").click();
    await page.getByText("Gönderiliyor").waitFor();
    answer();
    const agreed = button("256,05 TL");
    await agreed.waitFor();
    expect(posted()).toEqual([]);
    expect(await drawn()).toBe("256,05 TL");
    await agreed.click();
    await page.getByLabel("Doğrulama kodu").waitFor();
    expect(posted()).toMatchObject([{ instalment_key: /^ji_/ }]);
  });

  test("two clicks send one payment, and coming back finds no card", async () => {
    await openForm();
    await fillCard(page);
    await rows().first().waitFor();
    await page.getByRole("checkbox").uncheck();
    await button("249,90 TL").dblclick();
    await page.getByRole("heading", { name: "Mağazaya dönülüyor" }).waitFor();
    await page.goBack();
    expect(posted()).toHaveLength(1);
    expect(await number().inputValue()).toBe("");
    expect(await page.getByLabel("Güvenlik kodu").inputValue()).toBe("");
    expect(await button("249,90 TL").isEnabled()).toBe(true);
  });

  test("instalments of the card before, shown without scripts, go where those run", async () => {
    await openLink({ reference_no: "PAID-MEANWHILE" });
    await fillCard(page);
    await rows().first().waitFor();
    await walk.world.pay({ reference_no: "PAID-MEANWHILE" });
    const answer = page.waitForResponse((response) => response.status() === 422);
    await button("249,90 TL").click();
    await page.getByRole("alert").waitFor();
    expect(await (await answer).text()).toContain('<span class="option-name">12 taksit</span>');
    expect(await rows().count()).toBe(0);
    expect(await page.getByText("Taksit", { exact: true }).isVisible()).toBe(false);
  });
});
