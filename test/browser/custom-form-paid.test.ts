import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { bankPage, type Lang, openWalk, type Walk, type WatchedPage } from "./walk.ts";

const MINUTE_MS = 60_000;
const PAN = "4355084355084358";
const CODE = "731";
let walk: Walk;
let page: WatchedPage;

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

/** The shop's own inputs, of which only the platform's script knows which hold the card. */
const inputs = `
<label>Ad <input name="holder" data-paynet="holderName"></label>
<label>Numara <input name="number" data-paynet="number" autocomplete="off"></label>
<label>Ay <select name="month" data-paynet="exp-month"><option value=""><option>12</select></label>
<label>Yıl <input name="year" data-paynet="exp-year"></label>
<label>CVV <input name="cvv" type="password" data-paynet="cvv"></label>
<label>3D <input type="checkbox" data-paynet="do3D" checked></label>
<input type="hidden" data-paynet="installmentKey" id="key">
<div id="ways" role="radiogroup" aria-label="Taksit"></div>
<button type="button" data-paynet="submit">Öde</button>`;

/** The shop's own script: shows what it is told, and keeps all of it. */
const listeners = `<script>
window.told = [];
const keep = (name) => Paynet.events[name]((it) => { told.push([name, it]); shown[name]?.(it); });
const ways = () => document.getElementById("ways");
const shown = {
  onCheckBin(it) {
    document.getElementById("key").value = "";
    ways().replaceChildren(...(it?.bank?.installments ?? []).map((way) => {
      const row = document.createElement("label");
      row.innerHTML = '<input type="radio" name="way">';
      row.append(way.desc + " = " + way.total_amount);
      row.firstChild.onchange = () => {
        document.getElementById("key").value = way.instalment_key;
      };
      return row;
    }));
  },
};
shown.onCheckCardBin = shown.onCheckBin;
["onLoad", "onAuthentication", "onCheckBin", "onCheckCardBin", "validationError", "onPaymentClick",
  "onTdsRedirect", "onCreateToken", "onCreateCardToken", "onFormSubmiting"].forEach(keep);
</script>`;

type Shown = Readonly<{ attributes?: string; more?: string; lang?: Lang; look?: Look }>;
async function comeToShop({ attributes = "", more = "", lang = "tr", look = {} }: Shown = {}) {
  page = await walk.open(look);
  const body = `
<script type="text/javascript" class="paynet-button"
  src="${walk.world.url}/public/js/paynet-custom.min.js" data-form="#checkout-form"
  data-key="${walk.world.merchant.publishableKey}" data-amount="120,50" ${attributes}></script>
${listeners}
<form id="checkout-form" method="post" action="/done">
  <input type="hidden" name="order" value="7">${inputs}${more}</form>`;
  await page.goto(walk.shop.put("/checkout", body, lang));
}
type Event = Readonly<Record<string, unknown>>;
const told = async (name: string): Promise<Event[]> =>
  (await page.evaluate<[string, Event][]>("told")).flatMap(([each, it]) =>
    each === name ? [it] : [],
  );
const names = async () => (await page.evaluate<[string, Event][]>("told")).map(([name]) => name);
const ways = () => page.getByRole("radiogroup").getByRole("radio");
const overlay = () => page.frameLocator("iframe");
const dialog = () => page.getByRole("dialog");
const pay = () => page.getByRole("button", { name: "Öde" }).click();
async function fill(pan = PAN) {
  await page.getByLabel("Ad").fill("Deniz Ak");
  await page.getByLabel("Numara").pressSequentially(pan);
  await page.getByLabel("Ay").selectOption("12");
  await page.getByLabel("Yıl").fill("30");
  await page.getByLabel("CVV").fill(CODE);
}

/** The shop has its form back: what its server got, and what it then hears. */
async function charge(more: object = {}) {
  await page.getByText("Thanks").waitFor();
  const { session_id, token_id } = walk.shop.posted.at(-1) ?? {};
  const body = { session_id, token_id, ...more };
  return (await walk.world.post("v1/transaction/charge", body)).body;
}

/** Nothing that went to the shop, in an address or a body, holds anything of the card. */
function expectNoCardAtShop() {
  const asked = page.asked.filter(({ url }) => url.startsWith(walk.shop.url));
  expect(asked.length).toBeGreaterThan(1);
  const text = asked.map(({ url, sent }) => decodeURIComponent(`${url} ${sent}`)).join("\n");
  expect(text.replaceAll(/[\s+-]/g, "")).not.toContain(PAN);
  expect(text).not.toMatch(new RegExp(`\\b${CODE}\\b|number=|month=|year=|cvv=`));
}

describe("a typed card", () => {
  test("by 3-D Secure with instalments: each step is told, and the shop gets no card", async () => {
    await comeToShop();
    await fill();
    await ways().nth(2).waitFor();
    await page.getByLabel("3 Taksit", { exact: false }).check();
    await pay();
    await bankPage(overlay()).confirm();
    expect(await charge({ amount: 12050 })).toMatchObject({
      ...{ code: 0, is_succeed: true, is_tds: true, amount: 120.5, instalment: 3 },
    });
    expect(Object.keys(walk.shop.posted[0] ?? {}).toSorted()).toEqual([
      ...["holder", "order", "session_id", "token_id", "way"],
    ]);
    expectNoCardAtShop();
  });

  test("without 3-D Secure where tag, contract and payer leave it", async () => {
    await comeToShop({ attributes: 'data-tds_required="false"' });
    await fill();
    await ways().first().check();
    expect(await told("onCheckBin")).toMatchObject([{ ok: true, tdsState: "optional" }]);
    await page.getByLabel("3D").uncheck();
    await pay();
    expect(await charge()).toMatchObject({ code: 0, is_succeed: true, is_tds: false });
    expect(await dialog().count()).toBe(0);
    expectNoCardAtShop();
  });

  test("that is wrong is told by its code before anything is sent", async () => {
    await comeToShop({ lang: "en", look: { size: "phone" } });
    await fill("4355084355084359");
    await ways().first().check();
    await pay();
    expect(await told("validationError")).toEqual([
      { ok: false, code: 2, message: "The card number is wrong." },
    ]);
    expect(page.asked.filter(({ url }) => url.includes("create_token"))).toEqual([]);
    await page.getByLabel("Numara").fill(PAN);
    await ways().first().check();
    await pay();
    await bankPage(overlay(), "en").confirm();
    expect(await charge()).toMatchObject({ code: 0, is_succeed: true });
  });

  test("that its bank rejects: the payer reads why in the overlay and tries again", async () => {
    await comeToShop();
    await fill();
    await ways().first().check();
    await pay();
    await bankPage(overlay()).press("İptal");
    await overlay().getByRole("heading", { name: "Kart doğrulanmadı" }).waitFor();
    await overlay().getByRole("button", { name: "Kapat" }).click();
    await dialog().waitFor({ state: "detached" });
    expect(walk.shop.posted).toEqual([]);
    await pay();
    await bankPage(overlay()).confirm();
    expect(await charge()).toMatchObject({ code: 0, is_succeed: true, is_tds: true });
  });

  test("that its bank rejects, in a page that shows no errors, gives the page back", async () => {
    await comeToShop({ attributes: 'data-show_tds_error="false"' });
    await fill();
    await ways().first().check();
    await pay();
    await bankPage(overlay()).press("İptal");
    await dialog().waitFor({ state: "detached" });
    expect(await names()).toEqual([
      ...["onLoad", "onAuthentication", "onCheckBin", "onPaymentClick"],
      ...["onCreateToken", "onTdsRedirect"],
    ]);
    expect(await told("onCreateToken")).toMatchObject([{ ok: true, is3DPayment: true }]);
  });

  test("after the session's time is tried in a new session", async () => {
    await comeToShop();
    await fill();
    await ways().first().waitFor();
    await walk.world.advance(21 * MINUTE_MS);
    await page.evaluate(
      "document.getElementById('key').value = ''; Paynet.services.checkBin('435508', true)",
    );
    await expect.poll(async () => (await told("onAuthentication")).length).toBe(2);
    await expect.poll(async () => (await told("onCheckBin")).length).toBe(2);
    await ways().first().check();
    await pay();
    await bankPage(overlay()).confirm();
    expect(await charge()).toMatchObject({ code: 0, is_succeed: true });
  });
});

test("services change what is paid, and the shown ways to pay are the charged ones", async () => {
  await comeToShop();
  const call = (code: string) =>
    page.evaluate<Event>(`new Promise((done) => Paynet.services.${code})`);
  expect(await call('updateAmount("240,00", done)')).toMatchObject({ ok: true });
  expect(await call("updateAddCommToAmount(true, done)")).toMatchObject({ ok: true });
  const table = (await call("installments(done)")) as { data: Event[] };
  const axess = table.data.find((row) => row["bank_id"] === "AXSS")?.["ratio"] as Event[];
  await fill();
  await ways().nth(2).waitFor();
  const [{ bank }] = (await told("onCheckBin")) as [{ bank: { installments: Event[] } }];
  expect(bank.installments.map((way) => way["total_amount"])).toEqual(
    axess.map((way) => way["total_amount"]),
  );
  const six = bank.installments.find((way) => way["instalment"] === 6)!;
  await page.getByLabel("6 Taksit", { exact: false }).check();
  await pay();
  await bankPage(overlay()).confirm();
  const charged = await charge();
  expect(charged).toMatchObject({ is_succeed: true, instalment: 6, amount: six["total_amount"] });
  expect(Number(charged["amount"])).toBeGreaterThan(240);
});

test("a card is stored beside a payment, and pays the next one by its name alone", async () => {
  const saving = `<label>Sakla <input type="checkbox" data-paynet="save-card"></label>
    <label>Açıklama <input data-paynet="save-card-desc"></label>`;
  await comeToShop({ attributes: 'data-save_carduid="u-7"', more: saving });
  await fill();
  await ways().first().check();
  await page.getByLabel("Sakla").check();
  await page.getByLabel("Açıklama").fill("Maaş kartım");
  await pay();
  await bankPage(overlay()).confirm();
  const first = await charge();
  expect(first).toMatchObject({ is_succeed: true });
  const { card_hash, card_owner_id } = first as Record<string, string>;
  const hash = `<input type="hidden" data-paynet="card-hash" value="${card_hash}">`;
  const attributes = `data-use_saved_card="true" data-save_cardoid="${card_owner_id}"`;
  await comeToShop({ attributes, more: hash });
  await page.evaluate(`Paynet.services.checkCardBin("${card_hash}")`);
  await ways().nth(1).check();
  await pay();
  await bankPage(overlay()).confirm();
  expect(await charge()).toMatchObject({ is_succeed: true, instalment: 2, is_tds: true });
  const others = page.asked.filter(({ url }) => !url.startsWith(walk.world.bank.url));
  expect(JSON.stringify(others)).not.toContain(PAN);
});
