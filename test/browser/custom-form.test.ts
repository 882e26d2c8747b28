import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bankPage, openWalk, type Walk, type WatchedPage } from "./walk.ts";

const MINUTE_MS = 60_000;
const PAN = "4355084355084358";
let walk: Walk;
let page: WatchedPage;

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

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
/** Keeps what the page is told, and chooses the second way to pay, of two instalments. */
const listeners = `<script>
  window.told = [];
  for (const name of ["onLoad", "onAuthentication", "onCheckBin", "validationError",
    "onPaymentClick", "onTdsRedirect", "onCreateToken", "onFormSubmiting"])
    Paynet.events[name]((it) => {
      told.push([name, it]);
      if (name === "onCheckBin" && it && it.ok)
        document.getElementById("installmentKey").value = it.bank.installments[1].instalment_key;
    });</script>`;

/** The shop has its form back: what its server then hears. */
async function charge() {
  await page.getByText("Thanks").waitFor();
  expect(walk.shop.posted).toHaveLength(1);
  const { session_id, token_id } = walk.shop.posted[0]!;
  return (await walk.world.post("v1/transaction/charge", { session_id, token_id })).body;
}

async function open(attributes = "", more = ""): Promise<void> {
  page = await walk.open();
  await page.goto(
    walk.shop.put(
      "/checkout",
      `<script class="paynet-button" src="${walk.world.url}/public/js/paynet-custom.min.js"
      data-form="#checkout-form" data-key="${walk.world.merchant.publishableKey}"
      data-amount="1.100,55" ${attributes}></script>
      ${listeners}<form id="checkout-form" method="post" action="/done">${inputs}${more}</form>`,
    ),
  );
}
type Event = Readonly<Record<string, unknown>>;
type Told = readonly [string, Event | null];
const tellings = () => page.evaluate<Told[]>("told");
const told = async (name: string) =>
  (await tellings()).flatMap(([each, it]) => (each === name ? [it] : []));
/** What the script asked: the paths under `v1/`, with bodies that always hold the key. */
const asked = (part = ""): [path: string, body: Event][] =>
  page.asked.flatMap(({ url, sent }) => {
    const { pathname, search, origin } = new URL(url);
    const isAsked = origin === walk.world.url && sent.startsWith("{") && pathname.includes(part);
    if (!isAsked) return [];
    const { token, ...body } = JSON.parse(sent) as Event;
    expect(token).toBe(walk.world.merchant.publishableKey);
    return [[pathname.replace("/v1/", "") + search, body]];
  });
const fill = async () => {
  await page.getByPlaceholder("Holder").fill("Deniz Ak");
  await page.getByPlaceholder("Number").pressSequentially("4355 0843 5508 4358");
  await page.locator("select").selectOption("12");
  await page.getByPlaceholder("Year").fill("30");
  await page.getByPlaceholder("CVV").fill("000");
  await expect.poll(() => told("onCheckBin")).toHaveLength(1);
};
const pay = () => page.getByRole("button", { name: "Pay" }).click();
const arrive = () => page.getByText("Thanks").waitFor();
const bank = () => bankPage(page.frameLocator("iframe"));

test("a payment asks in the protocol's words and posts the form without the card", async () => {
  await open('data-tds_required="false" data-add_commission_amount="true"');
  await fill();
  const [{ session }] = (await told("onAuthentication")) as [{ session: string }];
  const [bin] = (await told("onCheckBin")) as [{ bank: { installments: Event[] } }];
  const { instalment_key, total_amount } = bin.bank.installments[1]!;
  await pay();
  await arrive();
  const terms = { amount: 110055, add_commission: true, tds_required: false };
  const card = { pan: PAN, month: "12", year: "2030", cvc: "000", card_holder: "Deniz Ak" };
  const mail = { card_holder_mail: "deniz@shop.example" };
  expect(asked()).toEqual([
    ["paynetj/auth?type=CF", { ...terms, domain: walk.shop.url }],
    ["paynetj/check_bin", { session_id: session, bin: "435508" }],
    [
      "paynetj/create_token",
      { session_id: session, ...card, ...mail, instalment_key, do_3ds: false },
    ],
  ]);
  const names = { session_id: session, token_id: expect.stringMatching(/^[\dA-F-]{36}$/) };
  expect(walk.shop.posted).toEqual([
    { holder: "Deniz Ak", mail: "deniz@shop.example", key: instalment_key, ...names },
  ]);
  const paid = { is_succeed: true, is_tds: false, instalment: 2, amount: total_amount };
  expect(await charge()).toMatchObject(paid);
});

test("the page is told each step in the shapes that pages read", async () => {
  await walk.world.pay({ reference_no: "PAID" });
  await open('data-tds_required="false" data-reference_no="PAID"');
  await fill();
  expect(await told("onAuthentication")).toEqual([
    {
      ok: true,
      session: expect.stringMatching(/^js_/),
      expire: expect.stringMatching(/^2026-03-04T\d\d:\d\d:\d\d/),
    },
  ]);
  expect(await told("onCheckBin")).toMatchObject([
    {
      ...{ ok: true, tdsState: "optional", cardType: "cc" },
      bank: {
        ...{ id: "AXSS", name: "Axess", logoUrl: `${walk.world.url}/public/banks/AXSS.svg` },
        installments: [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((instalment) => ({ instalment })),
      },
    },
  ]);
  await pay();
  await expect
    .poll(() => told("onCreateToken"))
    .toEqual([{ ok: false, code: 5, message: expect.stringContaining("PAID") }]);
  await page.getByPlaceholder("Number").fill("4355");
  await expect.poll(async () => (await told("onCheckBin")).length).toBe(2);
  expect((await tellings()).map(([name]) => name)).toEqual([
    ...["onLoad", "onAuthentication", "onCheckBin", "onPaymentClick", "onCreateToken"],
    "onCheckBin",
  ]);
  expect(walk.shop.posted).toEqual([]);
});

test("a mistake is told by its code, once, before anything is sent", async () => {
  await open('data-authmode="request"');
  await page.getByPlaceholder("Holder").fill("Deniz Ak");
  await pay();
  expect(await told("validationError")).toEqual([
    { ok: false, code: 1, message: "Kart numarasını girin." },
  ]);
  expect(asked()).toEqual([]);
  expect(page.url()).toBe(`${walk.shop.url}/checkout`);
});

test("whoever closes the bank's page over the shop's may try again", async () => {
  await open();
  await fill();
  expect(await told("onCheckBin")).toMatchObject([{ tdsState: "required" }]);
  await pay();
  await page.frameLocator("iframe").getByLabel("Doğrulama kodu").waitFor();
  expect(await page.locator("dialog").getAttribute("class")).toBe("overlay opaque");
  expect(await told("onCreateToken")).toMatchObject([{ ok: true, is3DPayment: true }]);
  await page.getByRole("button", { name: "Kapat" }).click();
  await pay();
  await page.frameLocator("iframe").getByLabel("Doğrulama kodu").waitFor();
  const [first, second] = (await told("onCreateToken")) as { orderToken: string }[];
  expect(second?.orderToken).not.toBe(first?.orderToken);
  await bank().confirm();
  await arrive();
  expect(asked("create_token").map(([, body]) => body["do_3ds"])).toEqual([true, true]);
  expect(walk.shop.posted).toMatchObject([{ token_id: second?.orderToken }]);
});

test("the card stays here even when the shop sends the form itself", async () => {
  await open('data-authmode="request"', '<input name="copy" placeholder="Copy">');
  await page.getByPlaceholder("Number").fill(PAN);
  await page.getByPlaceholder("Copy").fill("4355-0843-5508-4358");
  await page.getByPlaceholder("CVV").fill("000");
  await page.getByRole("button", { name: "Other" }).click();
  await arrive();
  expect(walk.shop.posted).toMatchObject([{ holder: "", mail: "deniz@shop.example" }]);
  for (const name of ["number", "copy", "month", "year", "cvv"]) {
    expect(walk.shop.posted[0]).not.toHaveProperty(name);
  }
});

test("a session that ended while the page stood open is opened anew", async () => {
  await open('data-tds_required="false"');
  await fill();
  await walk.world.advance(21 * MINUTE_MS);
  await pay();
  await arrive();
  expect(asked("/auth")).toHaveLength(2);
  const [ended, anew] = asked("create_token").map(([, body]) => body["session_id"]);
  expect(anew).not.toBe(ended);
  expect(walk.shop.posted).toMatchObject([{ session_id: anew }]);
  expect(await charge()).toMatchObject({ is_succeed: true, amount: 1100.55, instalment: 2 });
});

test("services change the session and answer their callbacks", async () => {
  await open();
  const call = (code: string) =>
    page.evaluate<Event>(`new Promise((done) => Paynet.services.${code})`);
  expect(await call("updateAmount(150.75, done)")).toMatchObject({ ok: true });
  expect(await call('updateAmount("1.150,75", done)')).toMatchObject({ ok: true });
  const noTable = { ok: false, code: 23, message: "Oran tipi bulunamadı: R2" };
  expect(await call('updateRatioCode(20, "R2", done)')).toEqual(noTable);
  expect(await call("updateAddCommToAmount(true, done)")).toMatchObject({ ok: true });
  expect(await call("updateSaveCardIsActive(true, done)")).toMatchObject({ ok: true });
  const [{ session }] = (await told("onAuthentication")) as [{ session: string }];
  // What was refused is not kept.
  expect(asked("auth_update").map(([, body]) => body)).toEqual(
    [
      { amount: 15075 },
      { amount: 115075 },
      { amount: 2000, ratio_code: "R2" },
      { amount: 115075, add_commission: true },
      { amount: 115075, add_commission: true, save_card: true },
    ].map((terms) => ({ ...terms, session_id: session })),
  );
  const { data } = (await call("installments(done)")) as { data: Event[] };
  expect(asked("Get_public").map(([, body]) => body)).toEqual([
    { session_id: session, amount: 115075, addcomission_to_amount: true },
  ]);
  // 2% and its tax of 20% come on top: the shop is left what it asked for.
  const single = { instalment: 0, total_net_amount: 1150.75, total_amount: 1179.05 };
  const axess = {
    bank_id: "AXSS",
    ratio: expect.arrayContaining([expect.objectContaining(single)]),
  };
  expect(data).toContainEqual(expect.objectContaining(axess));
  await page.evaluate("Paynet.services.checkBin('999999')");
  const noBank = { ok: false, code: 14, message: "Kart numarasının bankası tanınmıyor" };
  await expect.poll(() => told("onCheckBin")).toEqual([noBank]);
});

test("a tag is read again when the page says so, and what it may not ask is told", async () => {
  await open();
  await expect.poll(() => told("onAuthentication")).toHaveLength(1);
  await page.evaluate(`document.querySelector(".paynet-button").dataset.ratio_code = "R1";
    Paynet.utils.refreshContext(); Paynet.services.auth()`);
  await expect
    .poll(() => told("onAuthentication"))
    .toMatchObject([{ ok: true }, { ok: false, code: 23, message: "Oran tipi bulunamadı: R1" }]);
});

test("a script that a page loads twice, and a button pressed twice, pay once", async () => {
  await open('data-tds_required="false"');
  await page.evaluate(`new Promise((done) => {
    const again = document.createElement("script");
    for (const { name, value } of document.querySelector(".paynet-button").attributes)
      again.setAttribute(name, value);
    again.dataset.amount = "7,50";
    again.onload = done;
    document.body.append(again);
  })`);
  await fill();
  await page.getByRole("button", { name: "Pay" }).dblclick();
  expect(await charge()).toMatchObject({ is_succeed: true, amount: 7.5 });
  expect(asked("/auth").map(([, body]) => body["amount"])).toEqual([110055, 750]);
  expect(asked("create_token")).toHaveLength(1);
});
