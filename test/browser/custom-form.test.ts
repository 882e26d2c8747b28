import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { KEY } from "./platform.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
let page: Page & { errors: string[] };

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  page = await stage.open();
});
afterEach(async () => {
  expect(page.errors).toEqual([]);
  await page.context().close();
});

const overlay = () => page.frameLocator("iframe");

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
    stage.shop.put(
      path,
      `<script class="paynet-button" src="${stage.platform.url}/public/js/paynet-custom.min.js"
      data-form="#checkout-form" data-key="${KEY}" data-amount="1.100,55" ${attributes}></script>
      ${listeners}<form id="checkout-form" method="post" action="/done">${inputs}${more}</form>`,
    ),
  );
const told = (name?: string) =>
  page
    .evaluate<[string, Record<string, unknown>][]>("told")
    .then((all) =>
      name ? all.filter(([each]) => each === name).map(([, it]) => it) : all.map(([each]) => each),
    );
const asked = (part: string) => stage.platform.asked.filter(({ path }) => path.includes(part));
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
  expect(stage.platform.asked.map(({ path, body }) => [path, body])).toEqual([
    [
      "/v1/paynetj/auth?type=CF",
      {
        token: KEY,
        amount: 110055,
        add_commission: true,
        tds_required: false,
        domain: stage.shop.url,
      },
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
  expect(stage.shop.posted).toEqual([
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
  stage.platform.moods.declined = true;
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
  expect(stage.platform.asked).toEqual([]);
  expect(page.url()).toBe(`${stage.shop.url}/mistake`);
});

test("3-D Secure goes by the bank's page, and whoever gives up there may try again", async () => {
  stage.platform.moods.tds = true;
  await open("/secure");
  await fill();
  expect(await told("onCheckBin")).toMatchObject([{ tdsState: "required" }]);
  await pay();
  await overlay().getByRole("button", { name: "Confirm" }).waitFor();
  expect(await page.locator("dialog").getAttribute("class")).toBe("overlay opaque");
  expect(await told("onCreateToken")).toMatchObject([{ ok: true, is3DPayment: true }]);
  await page.getByRole("button", { name: "Kapat" }).click();
  await pay();
  await overlay().getByRole("button", { name: "Confirm" }).click();
  await page.getByText("Thanks").waitFor();
  expect(asked("create_token").map(({ body }) => body["do_3ds"])).toEqual([true, true]);
  expect(stage.shop.posted).toMatchObject([{ session_id: "js_A+1/", token_id: "TOKEN-4" }]);
  for (const name of ["number", "month", "year", "cvv"]) {
    expect(stage.shop.posted[0]).not.toHaveProperty(name);
  }
});

test("the card stays here even when the shop sends the form itself", async () => {
  await open("/other", 'data-authmode="request"', '<input name="copy" placeholder="Copy">');
  await page.getByPlaceholder("Number").fill("4355084355084358");
  await page.getByPlaceholder("Copy").fill("4355-0843-5508-4358");
  await page.getByPlaceholder("CVV").fill("000");
  await page.getByRole("button", { name: "Other" }).click();
  await page.getByText("Thanks").waitFor();
  expect(stage.shop.posted).toEqual([{ holder: "", mail: "deniz@shop.example", key: "" }]);
});

test("a session that ended while the page stood open is opened anew", async () => {
  await open("/late");
  await fill();
  stage.platform.moods.expired = 1;
  await pay();
  await page.getByText("Thanks").waitFor();
  expect(asked("auth?")).toHaveLength(2);
  expect(asked("create_token")).toHaveLength(2);
  expect(stage.shop.posted).toHaveLength(1);
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
  stage.platform.moods.declined = true;
  expect(await call("updateSaveCardIsActive(true, done)")).toEqual({
    ok: false,
    code: 18,
    message: "Kart bilgileri hatalı",
  });
  await page.evaluate("Paynet.services.checkBin('4355084355084358')");
  await expect.poll(() => told("onCheckBin")).toMatchObject([{ ok: false, code: 18 }]);
});

test("a script that a page loads again pays once all the same", async () => {
  await open("/again");
  await page.evaluate(`new Promise((done) => {
    const again = document.createElement("script");
    for (const { name, value } of document.querySelector(".paynet-button").attributes)
      again.setAttribute(name, value);
    again.dataset.amount = "7,50";
    again.onload = done;
    document.body.append(again);
  })`);
  await fill();
  await pay();
  await page.getByText("Thanks").waitFor();
  expect(asked("auth?").map(({ body }) => body["amount"])).toEqual([110055, 750]);
  expect(asked("create_token")).toHaveLength(1);
  expect(stage.shop.posted).toHaveLength(1);
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
