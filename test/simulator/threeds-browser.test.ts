import { AxeBuilder } from "@axe-core/playwright";
import chromium from "@sparticuz/chromium";
import { type Browser, type BrowserContextOptions, chromium as driver } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startBank } from "./bank.ts";
import { formOf, isGenuine, openShop } from "./holder.ts";

/** These would let one page's crash, or one page's rights, be every page's. */
const notOurs = ["--single-process", "--no-zygote", "--disable-web-security"];
let browser: Browser;
beforeAll(async () => {
  const args = chromium.args.filter((arg) => !notOurs.includes(arg));
  browser = await driver.launch({ executablePath: await chromium.executablePath(), args });
});
afterAll(() => browser.close());

/** A bank, a shop, and a card holder who has come to the bank's page by the shop's form. */
async function start(
  more: Record<string, string> = {},
  options: BrowserContextOptions = { viewport: { width: 390, height: 844 } },
) {
  const [bank, shop] = [await startBank(), await openShop()];
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const reply = await fetch(`${bank.url}/akbank-est/fim/est3Dgate`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams(formOf("W1", more, shop.url)),
  });
  await page.goto(`${bank.url}${reply.headers.get("location")}`);
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const arrive = (path: string) => page.waitForURL((url) => url.href.startsWith(shop.url + path));
  return { bank, shop, page, errors, press, arrive };
}
const fieldsOf = (body: string) => Object.fromEntries(new URLSearchParams(body));

describe("a card holder", () => {
  test("types the code, presses Enter and is back at the shop", async () => {
    const { shop, page, errors, arrive } = await start();
    await page.getByLabel("Doğrulama kodu").fill("a");
    await page.keyboard.press("Enter");
    await arrive("/ok");
    expect(shop.posts).toMatchObject([{ method: "POST", url: "/ok" }]);
    const fields = fieldsOf(shop.posts[0]?.body ?? "");
    expect(fields).toMatchObject({ oid: "W1", mdStatus: "1" });
    expect(isGenuine(fields)).toBe(true);
    expect(errors).toEqual([]);
  });
  test("is told of a wrong code, in the field that it is about", async () => {
    const { page, press } = await start();
    await page.getByLabel("Doğrulama kodu").fill("b");
    await press("Onayla");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("2 deneme hakkınız kaldı");
    const field = page.getByLabel("Doğrulama kodu");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await field.evaluate((it) => it === it.ownerDocument.activeElement)).toBe(true);
  });
  test("cancels, in English", async () => {
    const { shop, page, press, arrive } = await start();
    await page.getByRole("link", { name: "English" }).click();
    await press("Cancel");
    await arrive("/fail");
    expect(fieldsOf(shop.posts[0]?.body ?? "")).toMatchObject({ mdStatus: "0" });
  });
  test("needs no script: Devam returns", async () => {
    const { shop, page, press, arrive } = await start({}, { javaScriptEnabled: false });
    await page.getByLabel("Doğrulama kodu").fill("a");
    await press("Onayla");
    await press("Devam");
    await arrive("/ok");
    expect(shop.posts).toHaveLength(1);
  });
  test("may be shown the page in a frame of the shop", async () => {
    const { bank, shop, page } = await start();
    const inputs = Object.entries(formOf("W2", { submit: "x" }, shop.url))
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
      .join("");
    const action = `${bank.url}/akbank-est/fim/est3Dgate`;
    await page.goto(`${shop.url}/page`);
    await page.setContent(
      `<iframe name="bank" width="420" height="800"></iframe>` +
        `<form method="post" target="bank" action="${action}">${inputs}<button>Go</button></form>`,
    );
    await page.getByRole("button", { name: "Go" }).click();
    const frame = page.frameLocator("iframe");
    await frame.getByLabel("Doğrulama kodu").fill("a");
    await frame.getByRole("button", { name: "Onayla", exact: true }).click();
    // The shop's answer in the frame takes the whole window, as it would on its own.
    await page.waitForURL(`${shop.url}/top`);
    expect(shop.posts.map(({ url }) => url)).toEqual(["/page", "/ok", "/top"]);
  });
});

describe("a tester", () => {
  const withOption = async (label: string) => {
    const held = await start();
    await held.page.getByText("Deneme seçenekleri").click();
    await held.page.getByLabel(label).check();
    return held;
  };
  test("lets the browser post twice, though the shop would break out of the frame", async () => {
    const { shop, press, arrive } = await withOption("İki kez gönder");
    await press("Onayla (doğru kod)");
    await arrive("/ok");
    expect(shop.posts.map(({ url }) => url)).toEqual(["/ok", "/ok"]);
    expect(shop.posts[0]?.body).toBe(shop.posts[1]?.body);
  });
  test("lets a failure come before the real return", async () => {
    const { shop, press, arrive } = await withOption("Önce başarısız, sonra gerçek dönüş");
    await press("Onayla (doğru kod)");
    await arrive("/ok");
    expect(shop.posts).toMatchObject([
      { url: "/fail", answered: 0 },
      { url: "/ok", answered: 1 },
    ]);
  });
  test("lets the browser post Turkish letters in ISO-8859-9, byte for byte as told", async () => {
    const { bank, shop, press, arrive } = await withOption("ISO-8859-9 ile gönder");
    await press("Onayla (doğru kod)");
    await arrive("/ok");
    const { body } = await bank.admin("GET", "/sessions?orderNo=W1");
    const resolved = await fetch(`${bank.url}${String(body.sessions[0]?.page)}/resolve`, {
      method: "POST",
      body: JSON.stringify({ result: "approve" }),
    });
    expect(shop.posts[0]?.body).toContain("Z%DDRAAT+BANKASI");
    expect(shop.posts[0]?.body).toBe(((await resolved.json()) as { body: string }).body);
  });
  test("lets the return come by GET, and late until Devam is pressed", async () => {
    const { shop, page, press, arrive } = await withOption("GET ile gönder");
    await page.getByLabel("10 saniye geç").check();
    await page.getByLabel("Sonuç", { exact: true }).selectOption("4");
    await press("Onayla (doğru kod)");
    await press("Devam");
    await arrive("/ok?");
    expect(shop.posts).toMatchObject([{ method: "GET", body: "" }]);
    const query = shop.posts[0]?.url.split("?")[1] ?? "";
    expect(fieldsOf(query)).toMatchObject({ mdStatus: "4" });
  });
  test.each([
    ["Reddet", "rejected"],
    ["Süre dolsun", "expired"],
    ["Hiç dönme", "left"],
    ["Tarayıcıyı kapat", "closed"],
  ])("presses %s", async (name, ending) => {
    const { bank, shop, page, press, arrive } = await start();
    await page.getByText("Deneme seçenekleri").click();
    await press(name);
    if (ending === "rejected" || ending === "expired") await arrive("/fail");
    else await page.getByRole("status").waitFor();
    const { body } = await bank.admin("GET", "/sessions?orderNo=W1");
    expect(body.sessions).toMatchObject([{ ending }]);
    expect(shop.posts.length).toBe(ending === "rejected" || ending === "expired" ? 1 : 0);
  });
});

test.each([
  ["tr", 390],
  ["en", 1280],
])(
  "the page in %s, %d wide, has no fault that axe finds and nothing out of sight",
  async (...one) => {
    const [lang, width] = one;
    const { page } = await start(
      { lang, storetype: "3d_pay" },
      { viewport: { width, height: 844 } },
    );
    await page.locator("summary").click();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    const wide = await page.locator("html").evaluate((it) => it.scrollWidth - it.clientWidth);
    expect(wide).toBe(0);
  },
);

test("the page asks the bank again when its time has run out", async () => {
  const { bank, page, shop, arrive } = await start();
  expect(await page.getByRole("timer").textContent()).toMatch(/Kalan süre\s+[45]:\d\d/);
  await bank.admin("POST", "/clock", { rate: 150 });
  await page.reload();
  await arrive("/fail");
  expect(fieldsOf(shop.posts[0]?.body ?? "")).toMatchObject({ mdStatus: "0" });
});
