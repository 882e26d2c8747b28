import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchBrowser, type TestBrowser } from "../support/browser.ts";
import { KEY, openPlatform, type Platform } from "./platform.ts";
import { openBank, openShop, type Shop } from "./sites.ts";

let browser: TestBrowser;
let platform: Platform;
let shop: Shop;
let bank: Awaited<ReturnType<typeof openBank>>;
let page: Page & { errors: string[] };

beforeAll(async () => {
  [browser, platform, shop] = await Promise.all([launchBrowser(), openPlatform(), openShop()]);
  bank = await openBank(platform.url);
  Object.assign(platform.at, { shop: shop.url, bank: bank.url });
});
afterAll(() => Promise.all([browser.close(), platform.close(), shop.close(), bank.close()]));
beforeEach(async () => {
  Object.assign(platform.moods, { expired: 0, declined: false, slowBinMs: 0, tds: false });
  for (const list of [platform.asked, platform.posted, shop.posted]) list.length = 0;
  page = await browser.open();
});
afterEach(async () => {
  expect(page.errors).toEqual([]);
  await page.context().close();
});

const overlay = () => page.frameLocator("iframe");
const fillCard = async () => {
  await overlay().getByLabel("Kart numarası").fill("4355084355084358");
  await overlay().getByLabel("Son kullanma").fill("1230");
  await overlay().getByLabel("Güvenlik kodu").fill("000");
  await overlay().getByLabel("Kart üzerindeki ad").fill("Deniz Ak");
};

describe("the ready form", () => {
  const tag = (attributes = "", name = "paynet.min.js") =>
    `<script class="paynet-button" src="${platform.url}/public/js/${name}" data-key="${KEY}"
      data-amount="24990" data-button_label="Ödemeyi Tamamla" ${attributes}></script>`;
  const form = (inside: string, id = "order") =>
    `<form method="post" action="/done"><input type="hidden" name="${id}" value="7">${inside}</form>`;
  const button = () => page.getByRole("button", { name: "Ödemeyi Tamamla" });

  test("a payment posts the shop's form with both ids and what else it holds", async () => {
    const attributes = 'data-agent="10001" data-tds_required="false" data-no_instalment="true"';
    await page.goto(shop.put("/ready", form(tag(`${attributes} data-name="Kitap"`))));
    await button().click();
    await expect.poll(() => platform.asked.length).toBe(1);
    expect(platform.asked[0]).toEqual({
      path: "/v1/paynetj/auth?type=RF",
      authorization: `Basic ${KEY}`,
      body: {
        token: KEY,
        amount: 24990,
        agent_id: "10001",
        tds_required: false,
        no_instalment: true,
        name: "Kitap",
        domain: shop.url,
      },
    });
    await fillCard();
    await overlay().getByText("3 taksit").click();
    await overlay().getByRole("button", { name: "257,40 TL öde" }).click();
    await page.getByText("Thanks").waitFor();
    expect(shop.posted).toEqual([{ order: "7", session_id: "js_A+1/", token_id: "TOKEN-RF" }]);
    expect(platform.posted).toMatchObject([{ instalment_key: "ji_3", pan: "4355 0843 5508 4358" }]);
  });

  test("each of several buttons pays its own form, and the readable script does the same", async () => {
    const [one, two] = [form(tag("", "paynet.js"), "first"), form(tag(), "second")];
    await page.goto(shop.put("/several", one + two));
    expect(await page.locator(".paynetj-button").count()).toBe(2);
    await button().last().click();
    await fillCard();
    await overlay().getByRole("button", { name: "249,90 TL öde" }).click();
    await page.getByText("Thanks").waitFor();
    expect(shop.posted).toMatchObject([{ second: "7", token_id: "TOKEN-RF" }]);
    expect(shop.posted[0]).not.toHaveProperty("first");
  });

  test("pages style the button and click it by its class", async () => {
    const style = "<style>.paynetj-button { background: rgb(1, 2, 3); }</style>";
    const click = `<script>addEventListener("load", () =>
      document.querySelector(".paynetj-button").click())</script>`;
    await page.goto(shop.put("/styled", style + form(tag()) + click));
    await overlay().getByLabel("Kart numarası").waitFor();
    const colour = "getComputedStyle(document.querySelector('.paynetj-button')).backgroundColor";
    expect(await page.evaluate(colour)).toBe("rgb(1, 2, 3)");
  });

  test("nothing opens while the shop's own check says no", async () => {
    const hook = `<script>window.agreed = false;
      Paynet.events.onBeforeOpen(() => window.agreed)</script>`;
    await page.goto(shop.put("/hook", form(tag()) + hook));
    await button().click();
    await page.evaluate("window.agreed = true");
    expect(platform.asked).toEqual([]);
    await button().click();
    await overlay().getByLabel("Kart numarası").waitFor();
    expect(platform.asked).toHaveLength(1);
  });

  test.each([
    ["tr", "Ödeme başlatılamadı", "Tamam"],
    ["en", "The payment could not be started", "OK"],
  ])("a refusal is told to the payer of a page in %s", async (lang, title, accept) => {
    const wrong = tag().replace(KEY, "pbk_of_nobody");
    await page.goto(shop.put(`/refused-${lang}`, form(wrong), lang));
    await button().click();
    const notice = page.getByRole("alertdialog", { name: title });
    await notice.getByText("API anahtarınız yanlış").waitFor();
    await notice.getByRole("button", { name: accept }).click();
    await notice.waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement.className")).toBe("paynetj-button");
  });

  test("closing the overlay gives focus and scrolling back and posts nothing", async () => {
    await page.goto(shop.put("/close", `${form(tag())}<p style="height: 4000px">`));
    const overflow = () => page.evaluate("document.documentElement.style.overflow");
    for (const close of ["button", "Escape", "Escape inside"]) {
      await button().click();
      await overlay().getByLabel("Kart numarası").waitFor();
      expect(await overflow()).toBe("hidden");
      if (close === "button") await page.getByRole("button", { name: "Kapat" }).click();
      else if (close === "Escape") await page.getByRole("button", { name: "Kapat" }).press(close);
      else await overlay().getByLabel("Kart numarası").press("Escape");
      await page.locator("iframe").waitFor({ state: "detached" });
      expect(await overflow()).toBe("");
      expect(await page.evaluate("document.activeElement.className")).toBe("paynetj-button");
    }
    expect(shop.posted).toEqual([]);
  });

  test("nobody but the platform's page is believed", async () => {
    await page.goto(shop.put("/strangers", form(tag())));
    await button().click();
    await overlay().getByLabel("Kart numarası").waitFor();
    const frame = "document.querySelector('div:last-of-type').shadowRoot.querySelector('iframe')";
    const address = `${platform.url}/v1/paynetjgate/form?session_id=js_strange`;
    await page.evaluate(`postMessage("command=form-post&session_id=1&token_id=STOLEN", "*");
      ${frame}.src = "${address}"`);
    await overlay().getByText("Strange").waitFor();
    await page.getByRole("button", { name: "Kapat" }).click();
    expect(shop.posted).toEqual([]);
  });
});

describe("the custom form", () => {
  const inputs = `
    <input name="holder" data-paynet="holderName" placeholder="Holder">
    <input name="number" data-paynet="number" placeholder="Number">
    <select name="month" data-paynet="exp-month"><option value=""><option>01<option>12</select>
    <input name="year" data-paynet="exp-year" placeholder="Year">
    <input name="cvv" type="password" data-paynet="cvv" placeholder="CVV">
    <input name="mail" data-paynet="email" value="deniz@shop.example">
    <input type="hidden" name="key" data-paynet="installmentKey" id="installmentKey">
    <label><input type="checkbox" data-paynet="do3D"> 3D</label>
    <button data-paynet="submit">Pay</button><button formnovalidate>Other</button>`;
  const listeners = `<script>
    window.told = [];
    for (const name of ["onLoad", "onAuthentication", "onCheckBin", "onCheckCardBin",
      "validationError", "onPaymentClick", "onTdsRedirect", "onCreateToken", "onCreateCardToken",
      "onFormSubmiting"]) Paynet.events[name]((it) => {
        told.push([name, it]);
        if (name === "onCheckBin" && it && it.ok)
          document.getElementById("installmentKey").value = it.bank.installments[1].instalment_key;
      });</script>`;
  const open = (path: string, attributes = "", more = "") =>
    page.goto(
      shop.put(
        path,
        `<script class="paynet-button" src="${platform.url}/public/js/paynet-custom.min.js"
        data-form="#checkout-form" data-key="${KEY}" data-amount="1.100,55" ${attributes}></script>
        ${listeners}<form id="checkout-form" method="post" action="/done">${inputs}${more}</form>`,
      ),
    );
  const told = (name?: string) =>
    page
      .evaluate<[string, Record<string, unknown>][]>("told")
      .then((all) =>
        name
          ? all.filter(([each]) => each === name).map(([, it]) => it)
          : all.map(([each]) => each),
      );
  const asked = (part: string) => platform.asked.filter(({ path }) => path.includes(part));
  const fill = async () => {
    await page.getByPlaceholder("Holder").fill("Deniz Ak");
    await page.getByPlaceholder("Number").pressSequentially("4355 0843 5508 4358");
    await page.locator("select").selectOption("12");
    await page.getByPlaceholder("Year").fill("30");
    await page.getByPlaceholder("CVV").fill("000");
    await expect.poll(() => told("onCheckBin")).toHaveLength(1);
  };
  const pay = () => page.getByRole("button", { name: "Pay" }).click();

  test("a payment asks in the protocol's words and posts the form without the card", async () => {
    await open("/custom", 'data-tds_required="false" data-add_commission_amount="true"');
    await fill();
    await pay();
    await page.getByText("Thanks").waitFor();
    expect(platform.asked.map(({ path, body }) => [path, body])).toEqual([
      [
        "/v1/paynetj/auth?type=CF",
        { token: KEY, amount: 110055, add_commission: true, tds_required: false, domain: shop.url },
      ],
      ["/v1/paynetj/check_bin", { token: KEY, session_id: "js_A+1/", bin: "435508" }],
      [
        "/v1/paynetj/create_token",
        {
          token: KEY,
          session_id: "js_A+1/",
          pan: "4355084355084358",
          month: "12",
          year: "2030",
          cvc: "000",
          card_holder: "Deniz Ak",
          card_holder_mail: "deniz@shop.example",
          instalment_key: "ji_3",
          do_3ds: false,
        },
      ],
    ]);
    expect(shop.posted).toEqual([
      {
        holder: "Deniz Ak",
        mail: "deniz@shop.example",
        key: "ji_3",
        session_id: "js_A+1/",
        token_id: "TOKEN-3",
      },
    ]);
  });

  test("the page is told each step in the shapes that pages read", async () => {
    await open("/told", 'data-tds_required="false"');
    await fill();
    expect(await told("onAuthentication")).toEqual([
      { ok: true, session: "js_A+1/", expire: "2030-01-01" },
    ]);
    expect(await told("onCheckBin")).toMatchObject([
      {
        ok: true,
        tdsState: "optional",
        bank: { id: "AXSS", name: "Axess", installments: [{ instalment: 0 }, { instalment: 3 }] },
      },
    ]);
    platform.moods.declined = true;
    await pay();
    await expect
      .poll(() => told("onCreateToken"))
      .toEqual([{ ok: false, code: 18, message: "Kart bilgileri hatalı" }]);
    await page.getByPlaceholder("Number").fill("4355");
    await expect.poll(async () => (await told("onCheckBin")).length).toBe(2);
    expect(await told()).toEqual([
      "onLoad",
      "onAuthentication",
      "onCheckBin",
      "onPaymentClick",
      "onCreateToken",
      "onCheckBin",
    ]);
  });

  test("a mistake is told by its code, once, before anything is sent", async () => {
    await open("/mistake", 'data-authmode="request"');
    await page.getByPlaceholder("Holder").fill("Deniz Ak");
    await pay();
    expect(await told("validationError")).toEqual([
      { ok: false, code: 1, message: "Kart numarasını girin." },
    ]);
    expect(platform.asked).toEqual([]);
    expect(page.url()).toBe(`${shop.url}/mistake`);
  });

  test("3-D Secure goes by the bank's page, and giving up there lets the payer try again", async () => {
    platform.moods.tds = true;
    await open("/secure");
    await fill();
    expect(await told("onCheckBin")).toMatchObject([{ tdsState: "required" }]);
    await pay();
    await overlay().getByRole("button", { name: "Confirm" }).waitFor();
    expect(await told("onCreateToken")).toMatchObject([{ ok: true, is3DPayment: true }]);
    await page.getByRole("button", { name: "Kapat" }).click();
    await pay();
    await overlay().getByRole("button", { name: "Confirm" }).click();
    await page.getByText("Thanks").waitFor();
    expect(asked("create_token").map(({ body }) => body["do_3ds"])).toEqual([true, true]);
    expect(shop.posted).toMatchObject([{ session_id: "js_A+1/", token_id: "TOKEN-4" }]);
    for (const name of ["number", "month", "year", "cvv"]) {
      expect(shop.posted[0]).not.toHaveProperty(name);
    }
  });

  test("the card stays here even when the shop sends the form itself", async () => {
    await open("/other", 'data-authmode="request"', '<input name="copy" placeholder="Copy">');
    await page.getByPlaceholder("Number").fill("4355084355084358");
    await page.getByPlaceholder("Copy").fill("4355-0843-5508-4358");
    await page.getByPlaceholder("CVV").fill("000");
    await page.getByRole("button", { name: "Other" }).click();
    await page.getByText("Thanks").waitFor();
    expect(shop.posted).toEqual([{ holder: "", mail: "deniz@shop.example", key: "" }]);
  });

  test("a session that ended while the page stood open is opened anew", async () => {
    await open("/late");
    await fill();
    platform.moods.expired = 1;
    await pay();
    await page.getByText("Thanks").waitFor();
    expect(asked("auth?")).toHaveLength(2);
    expect(asked("create_token")).toHaveLength(2);
    expect(shop.posted).toHaveLength(1);
  });

  test("services change the session and answer their callbacks", async () => {
    await open("/services", 'data-ratio_code="R1"');
    const call = (code: string) => page.evaluate(`new Promise((done) => Paynet.services.${code})`);
    expect(await call("updateAmount(150.75, done)")).toMatchObject({ ok: true });
    expect(await call('updateAmount("1.150,75", done)')).toMatchObject({ ok: true });
    expect(await call('updateRatioCode(20, "R2", done)')).toMatchObject({ ok: true });
    expect(await call("updateAddCommToAmount(true, done)")).toMatchObject({ ok: true });
    expect(asked("auth_update").map(({ body }) => body)).toEqual(
      [
        { amount: 15075, ratio_code: "R1" },
        { amount: 115075, ratio_code: "R1" },
        { amount: 2000, ratio_code: "R2" },
        { amount: 2000, ratio_code: "R2", add_commission: true },
      ].map((terms) => ({ ...terms, token: KEY, session_id: "js_A+1/" })),
    );
    expect(await call("installments(done)")).toMatchObject({
      ok: true,
      data: [{ bank_id: "AXSS" }],
    });
    expect(asked("Get_public")[0]?.body).toMatchObject({ amount: 2000, ratio_code: "R2" });
    platform.moods.declined = true;
    expect(await call("updateSaveCardIsActive(true, done)")).toEqual({
      ok: false,
      code: 18,
      message: "Kart bilgileri hatalı",
    });
    await page.evaluate("Paynet.services.checkBin('4355084355084358')");
    await expect.poll(() => told("onCheckBin")).toMatchObject([{ ok: false, code: 18 }]);
  });

  test("a stored card is paid with by its hash", async () => {
    const hash = '<input type="hidden" data-paynet="card-hash" value="h1">';
    await open("/stored", 'data-use_saved_card="true" data-save_cardoid="o1"', hash);
    await page.evaluate("Paynet.services.checkCardBin(' h1 ')");
    await expect.poll(() => told("onCheckCardBin")).toMatchObject([{ ok: true }]);
    await page.evaluate("document.getElementById('installmentKey').value = 'ji_3'");
    await pay();
    await page.getByText("Thanks").waitFor();
    expect(asked("card_bin")[0]?.body).toMatchObject({ card_hash: "h1", card_owner_id: "o1" });
    expect(asked("create_card_token")[0]?.body).toMatchObject({
      card_hash: "h1",
      card_owner_id: "o1",
      instalment_key: "ji_3",
    });
    expect(asked("create_card_token")[0]?.body).not.toHaveProperty("pan");
  });
});
