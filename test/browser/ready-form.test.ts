import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { fillCard, openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let page: WatchedPage;

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

const overlay = () => page.frameLocator("iframe");
const number = () => overlay().getByLabel("Kart numarası");

const tag = (attributes = "", name = "paynet.min.js") =>
  `<script class="paynet-button" src="${walk.world.url}/public/js/${name}"
    data-key="${walk.world.merchant.publishableKey}"
    data-amount="24990" data-button_label="Ödemeyi Tamamla" ${attributes}></script>`;
const form = (inside: string, id = "order") =>
  `<form method="post" action="/done"><input type="hidden" name="${id}" value="7">${inside}</form>`;
const button = () => page.getByRole("button", { name: "Ödemeyi Tamamla" });
async function comeToShop(body: string, lang = "tr"): Promise<void> {
  page = await walk.open();
  await page.goto(walk.shop.put("/checkout", body, lang));
}
/** The bodies of what the script asked for a session. */
const asked = () =>
  page.asked.flatMap(({ url, sent }) =>
    url.endsWith("/v1/paynetj/auth?type=RF") && sent ? [JSON.parse(sent)] : [],
  );

test("a payment posts its own form of several, with both ids and what else it holds", async () => {
  const attributes = 'data-agent="20001" data-tds_required="false" data-no_instalment="true"';
  const readable = form(tag(`${attributes} data-name="Kitap"`, "paynet.js"));
  await comeToShop(readable + form(tag(), "other"));
  expect(await page.locator(".paynetj-button").count()).toBe(2);
  await button().first().click();
  await fillCard(overlay());
  expect(asked()).toEqual([
    {
      ...{ token: walk.world.merchant.publishableKey, amount: 24990, agent_id: "20001" },
      ...{ tds_required: false, no_instalment: true, name: "Kitap", domain: walk.shop.url },
    },
  ]);
  expect(await page.locator("dialog").getAttribute("class")).toBe("overlay");
  await overlay().getByText("Kitap").waitFor();
  await overlay().getByText("Axess").waitFor();
  expect(await overlay().getByRole("radio").count()).toBe(0);
  await overlay().getByRole("checkbox").uncheck();
  await overlay().getByRole("button", { name: "249,90 TL öde" }).click();
  await page.getByText("Thanks").waitFor();
  const ids = { session_id: expect.stringMatching(/^js_/), token_id: expect.any(String) };
  expect(walk.shop.posted).toEqual([{ order: "7", ...ids }]);
  const { session_id, token_id } = walk.shop.posted[0]!;
  const { body } = await walk.world.post("v1/transaction/charge", { session_id, token_id });
  const paid = { is_succeed: true, amount: 249.9, instalment: 0, is_tds: false };
  expect(body).toMatchObject({ ...paid, agent_id: "20001" });
});

test("pages style the button and click it by its class", async () => {
  const style = "<style>.paynetj-button { background: rgb(1, 2, 3); }</style>";
  const click = `<script>addEventListener("load", () =>
    document.querySelector(".paynetj-button").click())</script>`;
  await comeToShop(style + form(tag()) + click);
  await number().waitFor();
  const colour = "getComputedStyle(document.querySelector('.paynetj-button')).backgroundColor";
  expect(await page.evaluate(colour)).toBe("rgb(1, 2, 3)");
});

test("nothing opens while the shop's own check says no", async () => {
  const hook = `<script>window.agreed = false;
    Paynet.events.onBeforeOpen(() => window.agreed)</script>`;
  await comeToShop(form(tag()) + hook);
  await button().click();
  await page.evaluate("window.agreed = true");
  expect(asked()).toEqual([]);
  await button().click();
  await number().waitFor();
  expect(asked()).toHaveLength(1);
});

test.each([
  ["tr", "Ödeme başlatılamadı", "Tamam", "İşlem yapılamadı."],
  ["en", "The payment could not be started", "OK", "This could not be done."],
])("a shop's wrong key is no payer's matter, in %s", async (lang, title, accept, words) => {
  const wrong = tag().replace(walk.world.merchant.publishableKey, "pbk_of_nobody");
  await comeToShop(form(wrong), lang);
  await button().click();
  const notice = page.getByRole("alertdialog", { name: title });
  await notice.getByText(words).waitFor();
  await notice.getByRole("button", { name: accept }).click();
  await notice.waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.className")).toBe("paynetj-button");
});

test("closing the overlay gives focus and scrolling back and posts nothing", async () => {
  await comeToShop(`${form(tag())}<p style="height: 4000px">`);
  const overflow = () => page.evaluate("document.documentElement.style.overflow");
  for (const close of ["button", "Escape", "Escape inside"]) {
    await button().click();
    await number().waitFor();
    expect(await overflow()).toBe("hidden");
    if (close === "button") await page.getByRole("button", { name: "Kapat" }).click();
    else if (close === "Escape") await page.getByRole("button", { name: "Kapat" }).press(close);
    else await number().press("Escape");
    await page.locator("iframe").waitFor({ state: "detached" });
    expect(await overflow()).toBe("");
    expect(await page.evaluate("document.activeElement.className")).toBe("paynetj-button");
  }
  expect(walk.shop.posted).toEqual([]);
});

test("a shop's strict content security policy leaves everything in its shape", async () => {
  const { url } = walk.world;
  const policy = `default-src 'none'; script-src ${url}; connect-src ${url}; frame-src ${url}`;
  const meta = `<meta http-equiv="content-security-policy" content="${policy}">`;
  await comeToShop(meta + form(tag()));
  await button().click();
  await number().waitFor();
  const height = (await button().boundingBox())?.height;
  expect(height).toBeGreaterThanOrEqual(48);
  expect((await page.locator("iframe").boundingBox())?.width).toBe(1280);
  // Breaches of the policy are among what every test of a walk ends by looking at.
  expect(page.complaints).toEqual([]);
});

test("nobody but the platform's page is believed", async () => {
  const text = "command=form-post&session_id=js_1&token_id=STOLEN";
  const speech = `parent.postMessage("${text}", "*")`;
  const strange = walk.shop.put("/strange", `<h1>Strange</h1><script>${speech}</script>`);
  await comeToShop(form(tag()));
  await button().click();
  await number().waitFor();
  const frame = "document.querySelector('div:last-of-type').shadowRoot.querySelector('iframe')";
  await page.evaluate(`postMessage("${text}", "*"); ${frame}.src = "${strange}"`);
  await overlay().getByText("Strange").waitFor();
  await page.getByRole("button", { name: "Kapat" }).click();
  expect(walk.shop.posted).toEqual([]);
});
