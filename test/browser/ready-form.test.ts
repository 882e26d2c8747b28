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
const fillCard = async () => {
  await overlay().getByLabel("Kart numarası").fill("4355084355084358");
  await overlay().getByLabel("Son kullanma").fill("1230");
  await overlay().getByLabel("Güvenlik kodu").fill("000");
  await overlay().getByLabel("Kart üzerindeki ad").fill("Deniz Ak");
};

const tag = (attributes = "", name = "paynet.min.js") =>
  `<script class="paynet-button" src="${stage.platform.url}/public/js/${name}" data-key="${KEY}"
    data-amount="24990" data-button_label="Ödemeyi Tamamla" ${attributes}></script>`;
const form = (inside: string, id = "order") =>
  `<form method="post" action="/done"><input type="hidden" name="${id}" value="7">${inside}</form>`;
const button = () => page.getByRole("button", { name: "Ödemeyi Tamamla" });

test("a payment posts the shop's form with both ids and what else it holds", async () => {
  const attributes = 'data-agent="10001" data-tds_required="false" data-no_instalment="true"';
  await page.goto(stage.shop.put("/ready", form(tag(`${attributes} data-name="Kitap"`))));
  await button().click();
  await expect.poll(() => stage.platform.asked.length).toBe(1);
  expect(stage.platform.asked[0]).toEqual({
    path: "/v1/paynetj/auth?type=RF",
    authorization: `Basic ${KEY}`,
    body: {
      token: KEY,
      amount: 24990,
      agent_id: "10001",
      tds_required: false,
      no_instalment: true,
      name: "Kitap",
      domain: stage.shop.url,
    },
  });
  await fillCard();
  expect(await page.locator("dialog").getAttribute("class")).toBe("overlay");
  await overlay().getByText("3 taksit").click();
  await overlay().getByRole("button", { name: "257,40 TL öde" }).click();
  await page.getByText("Thanks").waitFor();
  expect(stage.shop.posted).toEqual([{ order: "7", session_id: "js_A+1/", token_id: "TOKEN-RF" }]);
  expect(stage.platform.posted).toMatchObject([
    { instalment_key: "ji_3", pan: "4355 0843 5508 4358" },
  ]);
});

test("each of several buttons pays its own form, by the readable script too", async () => {
  const [one, two] = [form(tag("", "paynet.js"), "first"), form(tag(), "second")];
  await page.goto(stage.shop.put("/several", one + two));
  expect(await page.locator(".paynetj-button").count()).toBe(2);
  await button().last().click();
  await fillCard();
  await overlay().getByRole("button", { name: "249,90 TL öde" }).click();
  await page.getByText("Thanks").waitFor();
  expect(stage.shop.posted).toMatchObject([{ second: "7", token_id: "TOKEN-RF" }]);
  expect(stage.shop.posted[0]).not.toHaveProperty("first");
});

test("pages style the button and click it by its class", async () => {
  const style = "<style>.paynetj-button { background: rgb(1, 2, 3); }</style>";
  const click = `<script>addEventListener("load", () =>
    document.querySelector(".paynetj-button").click())</script>`;
  await page.goto(stage.shop.put("/styled", style + form(tag()) + click));
  await overlay().getByLabel("Kart numarası").waitFor();
  const colour = "getComputedStyle(document.querySelector('.paynetj-button')).backgroundColor";
  expect(await page.evaluate(colour)).toBe("rgb(1, 2, 3)");
});

test("nothing opens while the shop's own check says no", async () => {
  const hook = `<script>window.agreed = false;
    Paynet.events.onBeforeOpen(() => window.agreed)</script>`;
  await page.goto(stage.shop.put("/hook", form(tag()) + hook));
  await button().click();
  await page.evaluate("window.agreed = true");
  expect(stage.platform.asked).toEqual([]);
  await button().click();
  await overlay().getByLabel("Kart numarası").waitFor();
  expect(stage.platform.asked).toHaveLength(1);
});

test.each([
  ["tr", "Ödeme başlatılamadı", "Tamam", "İşlem yapılamadı."],
  ["en", "The payment could not be started", "OK", "This could not be done."],
])("a shop's wrong key is no payer's matter, in %s", async (lang, title, accept, words) => {
  const wrong = tag().replace(KEY, "pbk_of_nobody");
  await page.goto(stage.shop.put(`/refused-${lang}`, form(wrong), lang));
  await button().click();
  const notice = page.getByRole("alertdialog", { name: title });
  await notice.getByText(words).waitFor();
  await notice.getByRole("button", { name: accept }).click();
  await notice.waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.className")).toBe("paynetj-button");
});

test("closing the overlay gives focus and scrolling back and posts nothing", async () => {
  await page.goto(stage.shop.put("/close", `${form(tag())}<p style="height: 4000px">`));
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
  expect(stage.shop.posted).toEqual([]);
});

test("a shop's strict content security policy leaves everything in its shape", async () => {
  const { url } = stage.platform;
  const policy = `default-src 'none'; script-src ${url}; connect-src ${url}; frame-src ${url}`;
  const meta = `<meta http-equiv="content-security-policy" content="${policy}">`;
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text());
  });
  await page.goto(stage.shop.put("/strict", meta + form(tag())));
  await button().click();
  await overlay().getByLabel("Kart numarası").waitFor();
  const height = (await button().boundingBox())?.height;
  expect(height).toBeGreaterThanOrEqual(48);
  expect((await page.locator("iframe").boundingBox())?.width).toBe(1280);
  expect(refused).toEqual([]);
});

test("nobody but the platform's page is believed", async () => {
  await page.goto(stage.shop.put("/strangers", form(tag())));
  await button().click();
  await overlay().getByLabel("Kart numarası").waitFor();
  const frame = "document.querySelector('div:last-of-type').shadowRoot.querySelector('iframe')";
  const address = `${stage.platform.url}/v1/paynetjgate/form?session_id=js_strange`;
  await page.evaluate(`postMessage("command=form-post&session_id=1&token_id=STOLEN", "*");
    ${frame}.src = "${address}"`);
  await overlay().getByText("Strange").waitFor();
  await page.getByRole("button", { name: "Kapat" }).click();
  expect(stage.shop.posted).toEqual([]);
});
