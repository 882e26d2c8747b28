import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { firmsOf } from "../support/firms.ts";
import { bankPage, fillCard, type Lang, openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let page: WatchedPage;

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

/** A shop's form as the manual has it, but for the host of its script. */
const formOf = (attributes = "", order = "7", key = walk.world.merchant.publishableKey) => `
<form action="/done" method="post">
  <input type="hidden" name="order" value="${order}">
  <script type="text/javascript" class="paynet-button"
    src="${walk.world.url}/public/js/paynet.min.js"
    data-key="${key}"
    data-amount="2000"
    data-name="Kitap"
    data-button_label="Ödemeyi Tamamla"
    data-description="Ödeme işlemini tamamla" ${attributes}>
  </script>
</form>`;

/** The shop's page has a language of its own, whatever the browser's is. */
async function comeToShop(body = formOf(), lang: Lang = "tr", look: Look = {}) {
  page = await walk.open(look);
  await page.goto(walk.shop.put("/checkout", body, lang));
}
const overlay = () => page.frameLocator("iframe");
const button = () => page.getByRole("button", { name: "Ödemeyi Tamamla" });
const press = (name: string | RegExp) => overlay().getByRole("button", { name }).click();
const dialog = () => page.getByRole("dialog");

/** The shop has its form back: what its server then hears. */
async function charge(more: object = {}, headers: Record<string, string> = {}) {
  await page.getByText("Thanks").waitFor();
  const { session_id, token_id } = walk.shop.posted.at(-1) ?? {};
  expect([session_id, token_id]).toEqual([expect.stringMatching(/^js_/), expect.any(String)]);
  const body = { session_id, token_id, ...more };
  return (await walk.world.post("v1/transaction/charge", body, headers)).body;
}

describe("in the overlay", () => {
  test("by keyboard alone: card, instalments, the bank's page, and the shop charges", async () => {
    await comeToShop(formOf('data-installments="1,2,3"'));
    const { keyboard } = page;
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    const number = overlay().getByLabel("Kart numarası");
    await number.waitFor();
    // The overlay has the focus; the first stop in it is the first input.
    await keyboard.press("Tab");
    await expect.poll(() => number.evaluate((it) => it.matches(":focus"))).toBe(true);
    for (const text of ["4355084355084358", "1230", "000", "Deniz Ak"]) {
      await keyboard.type(text);
      await keyboard.press("Tab");
    }
    const three = overlay().getByRole("radio", { name: /^3 taksit/ });
    await three.waitFor();
    await overlay().getByText("Axess").waitFor();
    while (!(await three.isChecked())) await keyboard.press("ArrowDown");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    const code = overlay().getByLabel("Doğrulama kodu");
    await code.waitFor();
    await keyboard.press("Tab");
    while (!(await code.evaluate((it) => it.matches(":focus")))) await keyboard.press("Tab");
    await keyboard.type("a");
    await keyboard.press("Enter");
    expect(await charge()).toMatchObject({
      ...{ code: 0, is_succeed: true, amount: 20, instalment: 3, is_tds: true },
      ...{ object_name: "transaction", bank_id: "AXSS" },
    });
    expect(walk.shop.posted).toMatchObject([{ order: "7" }]);
    expect(Object.keys(walk.shop.posted[0] ?? {}).toSorted()).toEqual([
      ...["order", "session_id", "token_id"],
    ]);
  });

  test("a payer's commission is shown before it is drawn, in English too", async () => {
    const attributes = 'data-add_commission_amount="true" data-installments="1,6"';
    await comeToShop(formOf(attributes), "en", { locale: "en-GB", size: "phone" });
    await button().click();
    await fillCard(overlay(), {}, "en");
    await overlay()
      .getByRole("radio", { name: /^6 instalments/ })
      .check();
    const total = await overlay().locator(".option:has(:checked) .option-total").innerText();
    await press(`Pay ${total}`);
    await bankPage(overlay(), "en").confirm();
    const charged = await charge({ amount: 2000 });
    expect(charged).toMatchObject({ code: 0, is_succeed: true, instalment: 6 });
    expect(total).toBe(`TRY\u00a0${Number(charged["amount"]).toFixed(2)}`);
    expect(Number(charged["amount"])).toBeGreaterThan(20);
  });

  test("a mistake is said at its input, and the next try pays", async () => {
    await comeToShop();
    await button().click();
    await fillCard(overlay(), { cvc: "12" });
    await press("20,00 TL öde");
    await overlay().getByText("Güvenlik kodu hatalı.").waitFor();
    await overlay().getByLabel("Güvenlik kodu").fill("000");
    await press("20,00 TL öde");
    await bankPage(overlay()).confirm();
    expect(await charge()).toMatchObject({ code: 0, is_succeed: true, instalment: 0 });
  });

  test("an order that was paid meanwhile is not paid again", async () => {
    await comeToShop(formOf('data-reference_no="ORDER-1"'));
    await button().click();
    await fillCard(overlay());
    await overlay().getByRole("radio").first().waitFor();
    const paid = await walk.world.pay({ reference_no: "ORDER-1" });
    expect(paid.body).toMatchObject({ is_succeed: true });
    await press("20,00 TL öde");
    const said = await overlay().getByRole("alert").innerText();
    expect(said).toBe("Bu ödeme daha önce yapılmış; yeniden ödemeniz gerekmiyor.");
    expect(await overlay().getByLabel("Kart numarası").inputValue()).toBe("");
    await page.getByRole("button", { name: "Kapat" }).click();
    await dialog().waitFor({ state: "detached" });
    expect(walk.shop.posted).toEqual([]);
  });
});

describe("a payer who gives up", () => {
  test.each([
    ["tr", "İptal", "Kart doğrulanmadı", "Kapat"],
    ["en", "Cancel", "The card was not verified", "Close"],
  ] as const)(
    "at the bank's page, in %s, reads why and pays in a second try",
    async (lang, cancel, title, close) => {
      await comeToShop(formOf(), lang);
      const send = async () => {
        await button().click();
        await fillCard(overlay(), {}, lang);
        await press(lang === "en" ? /^Pay/ : /öde$/);
      };
      await send();
      await bankPage(overlay(), lang).press(cancel);
      await overlay().getByRole("heading", { name: title }).waitFor();
      await press(close);
      await dialog().waitFor({ state: "detached" });
      expect(walk.shop.posted).toEqual([]);
      await send();
      await bankPage(overlay(), lang).confirm();
      expect(await charge()).toMatchObject({ code: 0, is_succeed: true });
    },
  );

  test("by Escape on the card page posts nothing", async () => {
    await comeToShop();
    await button().click();
    await page.locator("dialog:not(.loading)").waitFor();
    await overlay().getByLabel("Kart numarası").press("Escape");
    await dialog().waitFor({ state: "detached" });
    expect(await button().evaluate((it) => it.matches(":focus"))).toBe(true);
    expect(walk.shop.posted).toEqual([]);
  });
});

describe("3-D Secure", () => {
  const optional = 'data-tds_required="false"';
  test("is the payer's choice where the tag and the contract leave it", async () => {
    await comeToShop(formOf(optional));
    await button().click();
    await fillCard(overlay());
    await overlay()
      .getByRole("checkbox", { name: /3D Secure/ })
      .uncheck();
    await press("20,00 TL öde");
    expect(await charge()).toMatchObject({ code: 0, is_succeed: true, is_tds: false });
  });

  test("is kept by the payer who leaves the box ticked", async () => {
    await comeToShop(formOf(optional));
    await button().click();
    await fillCard(overlay());
    await press("20,00 TL öde");
    await bankPage(overlay()).confirm();
    expect(await charge()).toMatchObject({ code: 0, is_succeed: true, is_tds: true });
  });

  test("is no choice for a merchant that may not sell without it", async () => {
    const firm = await firmsOf(walk.world).another("10010", { maySellWithout3d: false });
    await comeToShop(formOf(optional, "7", firm.publishableKey));
    await button().click();
    await fillCard(overlay());
    expect(await overlay().getByRole("checkbox").count()).toBe(0);
    await press("20,00 TL öde");
    await bankPage(overlay()).confirm();
    const headers = { authorization: `Basic ${firm.secretKey}` };
    const paid = { code: 0, is_succeed: true, is_tds: true };
    expect(await charge({}, headers)).toMatchObject(paid);
  });
});

test("each of two buttons on a page pays its own form", async () => {
  const other = formOf('data-amount="3500"', "8").replace('data-amount="2000"', "");
  await comeToShop(formOf() + other);
  await button().last().click();
  await fillCard(overlay());
  await press("35,00 TL öde");
  await bankPage(overlay()).confirm();
  expect(await charge()).toMatchObject({ code: 0, is_succeed: true, amount: 35 });
  expect(walk.shop.posted).toMatchObject([{ order: "8" }]);
});
