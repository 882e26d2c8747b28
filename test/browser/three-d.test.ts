import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { demoMerchant } from "../../src/main/demo.ts";
import type { Look } from "../support/browser.ts";
import { firmsOf } from "../support/firms.ts";
import type { Names } from "../support/payer.ts";
import { goodCard } from "../support/world.ts";
import { bankPage, openWalk, type Walk, type WatchedPage } from "./walk.ts";

const MINUTE_MS = 60_000;
let walk: Walk;
let page: WatchedPage;
let names: Names;

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

const start = async (more: object = {}, headers: Record<string, string> = {}) => {
  const reference_no = walk.world.reference();
  const ask = { amount: "100,00", reference_no, domain: "shop.example", ...goodCard, ...more };
  const asked = { return_url: `${walk.shop.url}/done`, ...ask };
  const { body } = await walk.world.post("v2/transaction/tds_initial", asked, headers);
  expect(body).toMatchObject({ code: 0, object_name: "tds_initial" });
  const { session_id, token_id, post_url, html_content } = body as Record<string, string>;
  names = { session_id: session_id!, token_id: token_id! };
  return { post_url: post_url!, html_content: html_content! };
};
/** A shop's server starts the payment and sends its payer's browser to the bank's page. */
async function goToBank(more: object = {}, look: Look = {}) {
  const { post_url } = await start(more);
  page = await walk.open(look);
  await page.goto(post_url);
  return bankPage(page, look.locale === "en-GB" ? "en" : "tr");
}
const arrive = () => page.getByText("Thanks").waitFor();
const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
const heading = () => page.getByRole("heading").innerText();
const charge = async () => (await walk.payer.charge(names)).body;
const soldAtBank = async () => (await walk.world.bank.orders()).length;
const paid = { code: 0, is_succeed: true, is_tds: true, amount: 100 };
const notProven = { code: 16, is_succeed: false };

/** What the shop gets from a payer's browser, and what its server then hears. */
async function expectPaid() {
  await arrive();
  expect(walk.shop.posted.at(-1)).toMatchObject({ ...names, code: "0" });
  expect(await charge()).toMatchObject(paid);
}
async function expectRefused(words: RegExp, button = "Mağazaya dön") {
  await page.getByText(words).first().waitFor();
  await press(button);
  await arrive();
  const posted = walk.shop.posted.at(-1);
  expect(posted).toMatchObject({ ...names, code: "16" });
  expect(posted?.["paynet_error_message"]).toBe(posted?.["message"]);
  expect(await charge()).toMatchObject(notProven);
}

describe("the way to the bank", () => {
  test("by the address: the right code, and the shop charges once", async () => {
    const bank = await goToBank();
    await bank.confirm();
    await expectPaid();
    expect(await charge()).toMatchObject({ ...paid, code: 100 });
  });

  test("by the form that a shop writes into its own page, in English", async () => {
    const { html_content } = await start({ reference_no: "BY-FORM" });
    page = await walk.open({ locale: "en-GB" });
    await page.goto(walk.shop.put("/to-bank", html_content, "en"));
    await bankPage(page, "en").confirm();
    await arrive();
    expect(walk.shop.posted).toEqual([
      { ...names, reference_no: "BY-FORM", code: "0", message: expect.stringMatching(/\w/) },
    ]);
    expect(await charge()).toMatchObject({ ...paid, reference_no: "BY-FORM" });
  });

  test("is given out once: another window is told where to go on", async () => {
    const { post_url } = await start();
    page = await walk.open();
    await page.goto(post_url);
    await page.getByRole("heading", { name: "Ödemenizi onaylayın" }).waitFor();
    const other = await walk.open({ locale: "en-GB" });
    await other.goto(post_url);
    expect(await other.getByRole("heading").innerText()).toBe("This page was opened before");
    expect(await other.content()).not.toContain("4355084355084358");
    await bankPage(page).confirm();
    await expectPaid();
  });

  test("asks for the security code again after the process that knew it has ended", async () => {
    const { post_url } = await start();
    await walk.forgetCode(names.token_id);
    page = await walk.open();
    await page.goto(post_url);
    await page.getByLabel("Güvenlik kodu").fill("000");
    await press("Devam");
    await bankPage(page).confirm();
    await expectPaid();
  });
});

describe("the buttons of the bank's page", () => {
  test("a wrong code, then the right one", async () => {
    const bank = await goToBank();
    await bank.confirm("b");
    await page.getByText("2 deneme hakkınız kaldı").waitFor();
    await bank.confirm("a");
    await expectPaid();
  });

  test("a wrong code three times", async () => {
    const bank = await goToBank();
    for (const left of [2, 1]) {
      await bank.confirm("b");
      await page.getByText(`${left} deneme hakkınız kaldı`).waitFor();
    }
    await bank.confirm("b");
    await expectRefused(/Bankanız ödemeyi onaylamadı/);
  });

  test.each([
    ["tr", "İptal", "Mağazaya dön"],
    ["tr", "Reddet", "Mağazaya dön"],
    ["tr", "Süre dolsun", "Mağazaya dön"],
    ["en", "Reject", "Back to the shop"],
  ] as const)("in %s: %s", async (lang, button, back) => {
    const bank = await goToBank({}, { locale: lang === "en" ? "en-GB" : "tr-TR" });
    await bank.openOptions();
    await bank.press(button);
    const title = lang === "en" ? "The card was not verified" : "Kart doğrulanmadı";
    await page.getByRole("heading", { name: title }).waitFor();
    await expectRefused(/Karttan para çekilmedi|Nothing was taken from the card/, back);
  });

  test("the way back goes by itself once there was time to read why", async () => {
    const bank = await goToBank();
    await page.clock.install();
    await bank.press("İptal");
    await page.getByRole("heading", { name: "Kart doğrulanmadı" }).waitFor();
    await page.clock.runFor(4_000);
    expect(await heading()).toBe("Kart doğrulanmadı");
    await page.clock.runFor(2_000);
    await arrive();
    expect(walk.shop.posted).toMatchObject([{ ...names, code: "16" }]);
  });

  test("Hiç dönme: nobody is back, and nothing can be charged", async () => {
    const bank = await goToBank();
    await bank.openOptions();
    await bank.press("Hiç dönme");
    await page.getByRole("status").waitFor();
    expect(await heading()).toBe("İşyerine dönülmeyecek");
    expect(await charge()).toMatchObject(notProven);
    expect(walk.shop.posted).toEqual([]);
  });

  test("Tarayıcıyı kapat: the shop is told 16, and 13 when the time is over", async () => {
    const bank = await goToBank();
    await bank.openOptions();
    await bank.press("Tarayıcıyı kapat");
    await page.getByRole("status").waitFor();
    await page.close();
    expect(await charge()).toMatchObject(notProven);
    await walk.world.advance(20 * MINUTE_MS);
    expect(await charge()).toMatchObject({ code: 13, is_succeed: false });
  });

  test("a code that is typed after the session's time changes nothing", async () => {
    const bank = await goToBank();
    await walk.world.advance(21 * MINUTE_MS);
    await bank.confirm();
    await page.getByRole("heading", { name: "Ödemenin süresi doldu" }).waitFor();
    await press("Mağazaya dön");
    await arrive();
    expect(walk.shop.posted).toMatchObject([{ ...names, code: "13" }]);
    expect(await charge()).toMatchObject({ code: 13, is_succeed: false });
  });

  test.each(["2", "5"])("the bank answers with mdStatus %s", async (status) => {
    const bank = await goToBank();
    await bank.openOptions();
    await page.getByLabel("Sonuç", { exact: true }).selectOption(status);
    await bank.press("Onayla (doğru kod)");
    await expectRefused(/Karttan para çekilmedi/);
  });
});

describe("what is odd about the way back", () => {
  const withOption = async (option: string, more: object = {}) => {
    const bank = await goToBank(more);
    await bank.openOptions();
    await page.getByLabel(option, { exact: true }).check();
    await bank.press("Onayla (doğru kod)");
  };

  test.each([
    "Yanlış hash",
    "mdStatus iki kez, ikincisi ters",
    "Tutar değiştirilmiş",
    "Başka işyerinin imzasıyla",
  ])("%s: nothing is believed, and the payer is told so", async (option) => {
    await withOption(option);
    await page.getByRole("heading", { name: "Bankanın yanıtı doğrulanamadı" }).waitFor();
    await expectRefused(/dikkate almadık/);
  });

  test("posted twice, it is charged once", async () => {
    const before = await soldAtBank();
    await withOption("İki kez gönder");
    await expectPaid();
    expect(await charge()).toMatchObject({ ...paid, code: 100 });
    expect(await soldAtBank()).toBe(before + 1);
  });

  test("a failure before the real return: the first word of the bank counts", async () => {
    await withOption("Önce başarısız, sonra gerçek dönüş");
    await expectRefused(/Bankanız ödemeyi onaylamadı/);
  });

  test("late, until the payer presses Devam", async () => {
    await withOption("10 saniye geç");
    await press("Devam");
    await expectPaid();
  });

  test("by GET", async () => {
    await withOption("GET ile gönder");
    await expectPaid();
  });

  test("in ISO-8859-9, from a bank with an İ in its name", async () => {
    await withOption("ISO-8859-9 ile gönder (ZİRAAT BANKASI)", { pan: "4546711234567890" });
    await expectPaid();
  });
});

test("a bank that says no at the charge is heard as such", async () => {
  const bank = await goToBank({ pan: "5100050000006661" });
  await bank.confirm("123456");
  await arrive();
  expect(await charge()).toMatchObject({ is_succeed: false, is_tds: true, bank_error_id: "51" });
});

describe("where the bank's page takes the money itself", () => {
  let headers: Record<string, string>;
  beforeAll(async () => {
    const { pos } = demoMerchant(walk.world.bank.url);
    const paying = pos.map((each) => ({ ...each, threeDModel: "3d_pay" }));
    const firm = await firmsOf(walk.world).another("10012", { pos: paying });
    headers = { authorization: `Basic ${firm.secretKey}` };
  });
  const goTo = async () => {
    const { post_url } = await start({}, headers);
    page = await walk.open();
    await page.goto(post_url);
    return bankPage(page);
  };
  const ask = async () => (await walk.world.post("v2/transaction/tds_charge", names, headers)).body;

  test("the right code pays, and the shop hears so", async () => {
    const before = await soldAtBank();
    await (await goTo()).confirm();
    await arrive();
    expect(walk.shop.posted).toMatchObject([{ ...names, code: "0" }]);
    expect(await soldAtBank()).toBe(before + 1);
    expect(await ask()).toMatchObject(paid);
    expect(await soldAtBank()).toBe(before + 1);
  });

  test("İptal pays nothing, and the payer is told so", async () => {
    const before = await soldAtBank();
    await (await goTo()).press("İptal");
    await page.getByRole("heading", { name: "Kart doğrulanmadı" }).waitFor();
    await press("Mağazaya dön");
    await arrive();
    expect(await ask()).toMatchObject(notProven);
    expect(await soldAtBank()).toBe(before);
  });
});

describe("without scripts", () => {
  test.each([
    ["tr", "Devam", "Doğrulama tamamlandı. Ödemenizi mağaza tamamlayacak."],
    ["en", "Continue", "You have been verified. The shop will now complete your payment."],
  ] as const)("buttons lead all the way, in %s", async (lang, next, words) => {
    const locale = lang === "en" ? "en-GB" : "tr-TR";
    const bank = await goToBank({}, { withoutScripts: true, locale, size: "phone" });
    await press(next);
    await bank.confirm();
    await press(next);
    await page.getByText(words).waitFor();
    await press(next);
    await expectPaid();
  });
});
