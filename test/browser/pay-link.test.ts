import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { factsOf, type Link, linkWalkOf, sendCard, titleOf } from "./link-walk.ts";
import { bankPage, fillCard, type Lang, openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let page: WatchedPage;
const { create, detail } = linkWalkOf(() => walk);

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

async function open(link: Link, look: Look = {}): Promise<WatchedPage> {
  page = await walk.open(look);
  await page.goto(link.url);
  return page;
}
const press = (name: string) => page.getByRole("button", { name }).click();
const localeOf = { tr: "tr-TR", en: "en-GB" } as const;
const said = {
  tr: {
    ...{ single: "Tek çekim", three: "3 taksit", paid: "Ödemeniz alındı", currency: "TL" },
    ...{ amount: "1.249,90 TL", pay: (total: string) => `${total} öde` },
    ...{ number: "Kart numarası", holder: "Kart üzerindeki ad", payer: "Ödeyen", ref: "Referans" },
    approval: "Onay kodu",
  },
  en: {
    ...{ single: "Single payment", three: "3 instalments", paid: "Your payment was received" },
    ...{ amount: "TRY 1,249.90", pay: (total: string) => `Pay ${total}`, currency: "TRY" },
    ...{ number: "Card number", holder: "Name on card", payer: "Payer", ref: "Reference" },
    approval: "Approval code",
  },
};
/** `1.249,90 TL` and `TRY 1,249.90` as the wire's number. */
const numberOf = (text: string, lang: Lang): number => {
  const digits = text.replaceAll(lang === "tr" ? /[^\d,]/g : /[^\d.]/g, "");
  return Number(digits.replace(",", "."));
};

describe("a payer's whole way", () => {
  test.each([
    ["phone", "tr"],
    ["phone", "en"],
    ["desktop", "tr"],
    ["desktop", "en"],
  ] as const)("on a %s, in %s", async (size, lang) => {
    const words = said[lang];
    const reference_no = `INV-${size}-${lang}`;
    const link = await create({
      ...{ amount: "1249.90", name_surname: "Ece Tan", note: "Mayıs aidatı", reference_no },
      addcomission_to_amount: true,
    });
    await open(link, { size, locale: localeOf[lang] });
    expect((await titleOf(page)).replaceAll("\u00a0", " ")).toBe(words.amount);
    const summary = page.locator("header");
    for (const text of ["Örnek A.Ş.", "Mayıs aidatı", words.payer, "Ece Tan", reference_no]) {
      expect(await summary.innerText()).toContain(text);
    }
    const qr = page.getByRole("figure").getByRole("img");
    expect(await qr.isVisible()).toBe(size === "desktop");
    await page.getByLabel(words.number).pressSequentially("435508");
    await page.getByRole("img", { name: "Visa" }).waitFor();
    await page.getByText("Axess").waitFor();
    await expectWireOffers(lang);
    await fillCard(page, {}, lang);
    await page.getByRole("radio", { name: words.three }).check();
    const total = await page.locator(".option:has(:checked) .option-total").innerText();
    expect(await summary.innerText()).toContain(total);
    await press(words.pay(total));
    await bankPage(page, lang).confirm();
    await page.getByRole("heading", { name: words.paid }).waitFor();
    const shown = await factsOf(page);
    const parts = [total, "435508******4358", words.three, reference_no, words.approval];
    for (const text of parts) expect(shown).toContain(text);
    const found = await detail(link);
    expect(found).toMatchObject({ status: 1, installment: 3, bank_id: "AXSS", amount: 1249.9 });
    const { body } = await walk.world.post("v1/transaction/detail", { xact_id: found["xact_id"] });
    expect(body).toMatchObject({ Data: [{ is_succeed: true, amount: numberOf(total, lang) }] });
  });

  /** The rows of the page are those that the wire tells servers. */
  async function expectWireOffers(lang: Lang) {
    const rows = page.locator(".option");
    await rows.nth(1).waitFor();
    const { body } = await walk.world.post("v1/ratio/Get", {
      ...{ bin: "435508", amount: 124990, addcomission_to_amount: true },
    });
    const [{ ratio }] = body["data"] as [{ ratio: Record<string, number>[] }];
    const shown = await rows.evaluateAll((all) =>
      all.map((row) =>
        [".option-name", ".option-parts", ".option-total"].map(
          (part) => row.querySelector(part)?.textContent ?? "",
        ),
      ),
    );
    const { single, three } = said[lang];
    expect(shown[0]?.[0]).toBe(single);
    expect(shown.map(([name]) => name)).toContain(three);
    expect(
      shown.map(([, parts = "", total = ""]) => [
        parts && numberOf(parts.split("×")[1] ?? "", lang),
        numberOf(total, lang),
      ]),
    ).toEqual(
      ratio.map((each) => [
        each["instalment"] ? each["instalment_amount"] : "",
        each["total_amount"],
      ]),
    );
  }

  test("is in the language that the payer chose, up to its end", async () => {
    await open(await create(), { locale: "tr-TR" });
    await page.getByRole("link", { name: "English" }).click();
    const bank = await sendCard(page, "en");
    await bank.press("Cancel");
    await page.getByRole("heading", { name: "The card was not verified" }).waitFor();
    await page.getByRole("link", { name: "Try again" }).click();
    await (await sendCard(page, "en")).confirm();
    await page.getByRole("heading", { name: "Your payment was received" }).waitFor();
  });

  test("needs no scripts", async () => {
    await open(await create(), { withoutScripts: true, size: "phone" });
    await fillCard(page, { expiry: "12/2030" });
    await press("100,00 TL öde");
    await press("Devam");
    await bankPage(page).confirm();
    await press("Devam");
    expect(await titleOf(page)).toBe("Ödemeniz alındı");
  });

  test("without scripts still shows what a commission makes of the amount", async () => {
    const link = await create({ addcomission_to_amount: true });
    await open(link, { withoutScripts: true, locale: "en-GB" });
    await fillCard(page, {}, "en");
    await press("Pay TRY 100.00");
    await page.getByRole("alert").waitFor();
    await page.getByRole("radio", { name: "3 instalments" }).check();
    const total = await page.locator(".option:has(:checked) .option-total").innerText();
    await fillCard(page, {}, "en");
    await press("Pay the chosen total");
    await press("Continue");
    await bankPage(page, "en").confirm();
    await press("Continue");
    expect(await titleOf(page)).toBe("Your payment was received");
    expect(await factsOf(page)).toContain(total);
  });

  test("may begin with a form of the shop's own page", async () => {
    const key = walk.world.merchant.publishableKey;
    page = await walk.open();
    const fields = { public_key: key, name_surname: "Ece Tan", amount: "35.50" };
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    );
    const form = `<form action="${walk.world.url}/v1/mailorder/create">${inputs.join("")}`;
    await page.goto(walk.shop.put("/pay", `${form}<button>Öde</button></form>`));
    await press("Öde");
    await (await sendCard(page)).confirm();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    expect(await factsOf(page)).toContain("35,50");
  });
});

describe("the shop's own pages at the end", () => {
  const urls = () => ({
    succeed_url: walk.shop.put("/ok", "<h1>Ok</h1>"),
    error_url: `${walk.shop.put("/fail", "<h1>Fail</h1>")}?from=link`,
  });
  const xactOf = async () => {
    const id = new URL(page.url()).searchParams.get("xact_id");
    const { body } = await walk.world.post("v1/transaction/detail", { xact_id: id });
    return (body["Data"] as Record<string, unknown>[])[0];
  };

  test("after a success, with the operation", async () => {
    await open(await create(urls()));
    await (await sendCard(page)).confirm();
    await page.getByRole("heading", { name: "Ok" }).waitFor();
    expect(await xactOf()).toMatchObject({ is_succeed: true, amount: 100 });
  });

  test("after the bank's page said no, where there is no operation", async () => {
    await open(await create(urls()));
    await (await sendCard(page)).press("İptal");
    await page.getByRole("heading", { name: "Fail" }).waitFor();
    expect(page.url()).toBe(`${walk.shop.url}/fail?from=link`);
  });

  test("after a decline, with the operation that was declined", async () => {
    await open(await create({ ...urls(), amount: "7000.51" }));
    await (await sendCard(page)).confirm();
    await page.getByRole("heading", { name: "Fail" }).waitFor();
    expect(page.url()).toContain("from=link&xact_id=");
    expect(await xactOf()).toMatchObject({ is_succeed: false });
  });
});

test("HTML in names and notes is text", async () => {
  const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>&amp;';
  let dialogs = 0;
  const link = await create({ name_surname: evil, note: evil, reference_no: "<b>R</b>" });
  page = await walk.open();
  page.on("dialog", (dialog) => {
    dialogs += 1;
    return dialog.dismiss();
  });
  await page.goto(link.url);
  const text = await page.locator("header").innerText();
  expect(text.split(evil)).toHaveLength(3);
  expect(text).toContain("<b>R</b>");
  await (await sendCard(page)).confirm();
  await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
  expect(await factsOf(page)).toContain("<b>R</b>");
  expect(dialogs).toBe(0);
});
