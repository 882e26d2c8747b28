import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { linkPayersOf } from "../support/link-payers.ts";
import { bankPage, fillCard, type Lang, openWalk, type Walk, type WatchedPage } from "./walk.ts";

const HOUR_MS = 60 * 60_000;
let walk: Walk;
let page: WatchedPage;

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

type Link = Readonly<{ id: string; url: string }>;
const create = async (more: object = {}) => {
  const { body } = await linkPayersOf(walk.world).create(more);
  expect(body).toMatchObject({ code: 0 });
  return body as Link;
};
const detail = async ({ id }: Link) =>
  (await walk.world.post("v1/mailorder/detail", { id })).body as Record<string, unknown>;
async function open(link: Link, look: Look = {}, query = ""): Promise<WatchedPage> {
  page = await walk.open(look);
  await page.goto(`${link.url}${query}`);
  return page;
}
const press = (name: string, at = page) => at.getByRole("button", { name }).click();
const title = (at = page) => at.getByRole("heading", { level: 1 }).innerText();
const facts = (at = page) => at.locator("dl.facts").innerText();
const soldAtBank = async () => (await walk.world.bank.orders()).length;

/** Up to the bank's page. */
async function send(at = page, lang: Lang = "tr") {
  await fillCard(at, {}, lang);
  await at.locator("#options input").first().waitFor({ state: "attached" });
  await at.locator("button.pay").click();
  const bank = bankPage(at, lang);
  await at.getByLabel(lang === "tr" ? "Doğrulama kodu" : "Verification code").waitFor();
  return bank;
}
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
    expect((await title()).replaceAll("\u00a0", " ")).toBe(words.amount);
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
    const shown = await facts();
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
    const bank = await send(page, "en");
    await bank.press("Cancel");
    await page.getByRole("heading", { name: "The card was not verified" }).waitFor();
    await page.getByRole("link", { name: "Try again" }).click();
    await (await send(page, "en")).confirm();
    await page.getByRole("heading", { name: "Your payment was received" }).waitFor();
  });

  test("needs no scripts", async () => {
    await open(await create(), { withoutScripts: true, size: "phone" });
    await fillCard(page, { expiry: "12/2030" });
    await press("100,00 TL öde");
    await press("Devam");
    await bankPage(page).confirm();
    await press("Devam");
    expect(await title()).toBe("Ödemeniz alındı");
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
    expect(await title()).toBe("Your payment was received");
    expect(await facts()).toContain(total);
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
    await (await send()).confirm();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    expect(await facts()).toContain("35,50");
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
    await (await send()).confirm();
    await page.getByRole("heading", { name: "Ok" }).waitFor();
    expect(await xactOf()).toMatchObject({ is_succeed: true, amount: 100 });
  });

  test("after the bank's page said no, where there is no operation", async () => {
    await open(await create(urls()));
    await (await send()).press("İptal");
    await page.getByRole("heading", { name: "Fail" }).waitFor();
    expect(page.url()).toBe(`${walk.shop.url}/fail?from=link`);
  });

  test("after a decline, with the operation that was declined", async () => {
    await open(await create({ ...urls(), amount: "7000.51" }));
    await (await send()).confirm();
    await page.getByRole("heading", { name: "Fail" }).waitFor();
    expect(page.url()).toContain("from=link&xact_id=");
    expect(await xactOf()).toMatchObject({ is_succeed: false });
  });
});

describe("a payer who was refused", () => {
  test("at the bank's page tries again and pays", async () => {
    const link = await create();
    await open(link, { size: "phone" });
    await (await send()).press("İptal");
    await page.getByRole("heading", { name: "Kart doğrulanmadı" }).waitFor();
    await page.getByRole("link", { name: "Yeniden dene" }).click();
    expect(await page.getByLabel("Kart numarası").inputValue()).toBe("");
    await (await send()).confirm();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    expect(await detail(link)).toMatchObject({ status: 1 });
  });

  test("by a decline reads why, and may try another card", async () => {
    const link = await create({ amount: "7000.51" });
    await open(link);
    await (await send()).confirm();
    await page.getByRole("heading", { name: "Ödeme alınamadı" }).waitFor();
    await page.getByText(/limit|bakiye/i).waitFor();
    await page.getByRole("link", { name: "Yeniden dene" }).click();
    await page.getByLabel("Kart numarası").waitFor();
    expect(await detail(link)).toMatchObject({ status: 0, xact_id: "" });
  });
});

describe("a link that takes no payment", () => {
  const closed = {
    expired: async () => {
      const link = await create({ expire_date: 1 });
      await walk.world.advance(HOUR_MS);
      return link;
    },
    passive: async () => {
      const link = await create();
      await linkPayersOf(walk.world).setStatus(link.id, 3);
      return link;
    },
    paid: async () => {
      const link = await create();
      await linkPayersOf(walk.world).pay(link.id);
      return link;
    },
    unknown: async () => {
      const link = await create();
      return { ...link, url: link.url.replace(/....$/, "0000") };
    },
  };
  test.each([
    ["expired", "tr", 410, "Ödeme linkinin süresi dolmuş"],
    ["expired", "en", 410, "This payment link has expired"],
    ["passive", "tr", 410, "Ödeme linki kapatılmış"],
    ["passive", "en", 410, "This payment link was closed"],
    ["paid", "tr", 200, "Bu linkin ödemesi daha önce alınmış."],
    ["paid", "en", 200, "This link has been paid before."],
    ["unknown", "tr", 404, "Adresi kontrol edin"],
    ["unknown", "en", 404, "Check the address"],
  ] as const)("%s, in %s", async (state, lang, status, words) => {
    const link = await closed[state]();
    page = await walk.open({ locale: localeOf[lang] });
    expect((await page.goto(link.url))?.status()).toBe(status);
    await page.getByText(words).waitFor();
    expect(await page.getByRole("textbox").count()).toBe(0);
    expect(await page.getByRole("button").count()).toBe(0);
  });

  test("closed while a payer types is said when the card is sent", async () => {
    const link = await create();
    await open(link);
    await fillCard(page);
    await linkPayersOf(walk.world).setStatus(link.id, 3);
    await page.locator("button.pay").click();
    await page.getByText("Ödeme linki kapatılmış").waitFor();
  });
});

describe("a payer who comes by twice", () => {
  test("by loading the result again is shown the same, and charged once", async () => {
    await open(await create());
    await (await send()).confirm();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    const [before, sold] = [await facts(), await soldAtBank()];
    await page.reload();
    expect([await title(), await facts()]).toEqual(["Ödemeniz alındı", before]);
    expect(await soldAtBank()).toBe(sold);
  });

  test("by the back button cannot pay again", async () => {
    const link = await create();
    await open(link);
    await (await send()).confirm();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    const sold = await soldAtBank();
    // Back at the bank, whose page returns by itself and ends where the payer was.
    await page.goBack();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    await page.goto(link.url);
    await page.getByText("Bu linkin ödemesi daha önce alınmış.").waitFor();
    expect(await soldAtBank()).toBe(sold);
  });

  test("by the back button at the bank's page may begin anew", async () => {
    const link = await create();
    await open(link);
    await send();
    await page.goBack();
    await page.getByRole("link", { name: "Yeniden dene" }).click();
    await (await send()).confirm();
    await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    expect(await detail(link)).toMatchObject({ status: 1 });
  });

  test("with two tabs pays once, and the second tab says so", async () => {
    const link = await create();
    const [first, second] = [await open(link), await open(link)];
    const banks = [await send(first), await send(second)];
    const sold = await soldAtBank();
    await banks[0]?.confirm();
    await first.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    await banks[1]?.confirm();
    await second.getByText("Bu linkin ödemesi daha önce alınmış.").waitFor();
    await second.getByText("Bu denemede karttan para çekilmedi.").waitFor();
    expect(await soldAtBank()).toBe(sold + 1);
  });

  test("of a link that may be paid many times pays each time", async () => {
    const link = await create({ multi_payment: true });
    for (let payer = 0; payer < 2; payer += 1) {
      await open(link);
      await (await send()).confirm();
      await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
    }
    expect(await detail(link)).toMatchObject({ status: 0 });
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
  await (await send()).confirm();
  await page.getByRole("heading", { name: "Ödemeniz alındı" }).waitFor();
  expect(await facts()).toContain("<b>R</b>");
  expect(dialogs).toBe(0);
});
