import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { lastCode, otherCode } from "../support/codes.ts";
import { runJobs } from "../support/jobs.ts";
import { factsOf, titleOf } from "./link-walk.ts";
import { agree, type Order, orderWalkOf, save, typeCode } from "./order-walk.ts";
import { bankPage, fillCard, openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let page: WatchedPage;
const { create, cards, plan, proveBy } = orderWalkOf(() => walk);

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(async () => {
  await runJobs(walk.world);
  await walk.close();
});
afterEach(() => walk.endTest());

async function open(order: Order, look: Look = {}): Promise<void> {
  page = await walk.open(look);
  await page.goto(order.url);
}
const localeOf = { tr: "tr-TR", en: "en-GB" } as const;
const textOf = async (place: string) =>
  (await page.locator(place).innerText()).replaceAll(/\s+/g, " ");
const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
const hears = (name: string) => page.getByRole("heading", { name, exact: true }).waitFor();

const said = {
  tr: {
    summary: [
      ...["1.249,90 TL her ay, 12 kez Site aidatı", "İlk çekim 1 Nisan 2026"],
      ...["Son çekim 1 Mart 2027", "Toplam (12 çekim) 14.998,80 TL", "Diğer 9 ödeme"],
    ],
    ...{ rest: "Diğer 9 ödeme", last: "1 Mart 2027 1.249,90 TL", stored: "Kartınız kaydedildi" },
    ...{ next: "İlk çekim 1 Nisan 2026", hold: "1,00 TL geri veriliyor" },
    ...{ wrong: "Kod hatalı; 2 deneme hakkınız kaldı.", send: "Kod gönder" },
    ...{ again: "Yeniden dene", cancel: "İptal", refused: "Kart doğrulanmadı" },
  },
  en: {
    summary: [
      ...["TRY 1,249.90 every month, 12 times Site aidatı", "First payment 1 April 2026"],
      ...["Last payment 1 March 2027", "Total (12 payments) TRY 14,998.80", "9 more payments"],
    ],
    ...{ rest: "9 more payments", last: "1 March 2027 TRY 1,249.90" },
    ...{ stored: "Your card has been saved", next: "First payment 1 April 2026" },
    ...{ hold: "TRY 1.00 that was held", wrong: "The code is wrong; 2 tries are left." },
    ...{ send: "Send the code", again: "Try again", cancel: "Cancel" },
    refused: "The card was not verified",
  },
} as const;

describe("a payer's whole way", () => {
  test.each([
    ["phone", "tr"],
    ["phone", "en"],
    ["desktop", "tr"],
    ["desktop", "en"],
  ] as const)("on a %s, in %s", async (size, lang) => {
    const words = said[lang];
    const order = await create({ otp_control: true });
    await open(order, { size, locale: localeOf[lang] });
    const summary = await textOf("header");
    for (const part of words.summary) expect(summary).toContain(part);
    expect(summary).not.toContain(words.last);
    await page.getByText(words.rest).click();
    expect(await textOf("header")).toContain(words.last);
    await press(words.send);
    await page.getByText(`5•• ••• •• ${order.phone.slice(-2)}`).waitFor();
    const code = await lastCode(walk.world, order.phone);
    await typeCode(page, otherCode(code), lang);
    expect(await page.getByRole("alert").innerText()).toBe(words.wrong);
    await typeCode(page, code, lang);
    await page.locator("#pan").pressSequentially("435508");
    await page.getByRole("img", { name: "Visa" }).waitFor();
    await page.getByText("Axess").waitFor();
    await agree(page, lang);
    // The payer thinks better of it at the bank, and comes back for another go.
    await bankPage(page, lang).press(words.cancel);
    await hears(words.refused);
    expect(await cards(order)).toEqual([]);
    await page.getByRole("link", { name: words.again }).click();
    await agree(page, lang);
    await bankPage(page, lang).confirm();
    await hears(words.stored);
    const end = await textOf("main");
    for (const part of ["435508******4358", words.next, words.hold]) expect(end).toContain(part);
    expect(await cards(order)).toMatchObject([{ card_no_mask: "435508********4358" }]);
  });

  test("ends with the first payment where that is made at once", async () => {
    const order = await create({ is_charge_on_card_confirmation: true });
    await open(order);
    expect(await textOf("header")).toContain("İlk çekim Kart kaydedilince");
    await agree(page);
    await bankPage(page).confirm();
    await hears("İlk ödemeniz alındı");
    expect(await textOf("main")).toContain("Sonraki çekim 1 Mayıs 2026");
    expect((await plan(order)).map(({ status }) => status).slice(0, 2)).toEqual([3, 0]);
    await page.reload();
    await hears("İlk ödemeniz alındı");
    expect(await cards(order)).toHaveLength(1);
  });

  test("ends at the merchant's own page where it has one", async () => {
    const target = walk.shop.put("/stored", "<h1>Stored</h1>");
    const order = await create({ confirmation_redirect_url: target });
    await open(order);
    await agree(page);
    await bankPage(page).confirm();
    await hears("Stored");
    const [card] = await cards(order);
    const { searchParams } = new URL(page.url());
    expect(Object.fromEntries(searchParams)).toEqual({
      subscription_id: order.id,
      card_id: String(card?.["card_id"]),
    });
  });

  test("begins again with another card where the bank declines one", async () => {
    const order = await create();
    await open(order);
    await agree(page, "tr", { pan: "5136620000006669" });
    await bankPage(page).confirm("123456");
    await hears("Kartınız doğrulanamadı");
    expect(await textOf("main")).toContain("Kart kaydedilmedi ve karttan para çekilmedi");
    await page.getByRole("link", { name: "Yeniden dene" }).click();
    await agree(page);
    await bankPage(page).confirm();
    await hears("Kartınız kaydedildi");
    expect(await cards(order)).toHaveLength(1);
  });

  test("is in the language that the payer chose, up to its end", async () => {
    const order = await create({ otp_control: true });
    await open(order);
    await page.getByRole("link", { name: "English" }).click();
    await proveBy(page, order, "en");
    await page.getByRole("link", { name: "Türkçe" }).click();
    await page.getByRole("link", { name: "English" }).click();
    await agree(page, "en");
    await bankPage(page, "en").confirm();
    await hears("Your card has been saved");
  });

  test("needs no scripts, also where a phone is proved and a fee is added", async () => {
    const order = await create({ otp_control: true, addcomission_to_amount: true });
    await open(order, { withoutScripts: true, size: "phone" });
    await proveBy(page, order);
    await agree(page, "tr", { expiry: "12/2030" });
    expect(await page.getByRole("alert").innerText()).toMatch(/^Çekilecek tutarı gördükten sonra/);
    const total = await page.locator(".option-total").innerText();
    expect(total).not.toContain("1.249,90");
    await agree(page);
    await press("Devam");
    await bankPage(page).confirm();
    await press("Devam");
    expect(await titleOf(page)).toBe("Kartınız kaydedildi");
    expect(await factsOf(page)).toContain("435508******4358");
  });
});

describe("the page", () => {
  test("lets nobody go on who has not agreed, and takes them to the box", async () => {
    await open(await create());
    await fillCard(page);
    await press(save.tr);
    await page.getByText("Devam etmek için koşulları kabul edin.").waitFor();
    const box = page.getByRole("checkbox");
    expect(await page.evaluate("document.activeElement.id")).toBe("accept");
    expect(await box.getAttribute("aria-invalid")).toBe("true");
    await box.check();
    expect(await page.getByText("Devam etmek için koşulları kabul edin.").isVisible()).toBe(false);
    await press(save.tr);
    await page.getByLabel("Doğrulama kodu").waitFor();
  });

  test("shows what a card is drawn with the fee, as soon as it is known", async () => {
    await open(await create({ addcomission_to_amount: true }));
    expect(await textOf("#drawn")).toBe("Her dönem çekilecek Kartınıza göre");
    await page.locator("#pan").pressSequentially("435508");
    await page.getByText("Axess").waitFor();
    const drawn = await textOf("#drawn");
    expect(drawn).toMatch(/^Her dönem çekilecek 1\.2[5-9]\d,\d\d TL$/);
    await agree(page);
    await page.getByLabel("Doğrulama kodu").waitFor();
  });

  test("counts down to the next code, and holds its button back until then", async () => {
    const order = await create({ otp_control: true });
    await open(order);
    await press("Kod gönder");
    const again = page.getByRole("button", { name: "Yeni kod gönder" });
    await page.getByText(/Yeni kodu 2 dk 5\d sn sonra isteyebilirsiniz\./).waitFor();
    // The page holds it back once its script runs.
    await page.getByRole("button", { name: "Yeni kod gönder", disabled: true }).waitFor();
    walk.world.clock.advance(179_500);
    await page.reload();
    await page.getByText("Kod gelmediyse yenisini isteyebilirsiniz.").waitFor();
    walk.world.clock.advance(1_000);
    await again.click();
    await page.getByText("Kalan deneme: 3").waitFor();
    await typeCode(page, await lastCode(walk.world, order.phone));
    await page.getByLabel("Kart numarası").waitFor();
  });

  test("keeps no card for the back button, and no agreement", async () => {
    await open(await create());
    await agree(page);
    await page.getByLabel("Doğrulama kodu").waitFor();
    await page.goBack();
    await page.goBack();
    expect(await page.getByLabel("Kart numarası").inputValue()).toBe("");
    expect(await page.getByRole("checkbox").isChecked()).toBe(false);
  });

  test("names the other orders that the card will serve, and they have it", async () => {
    const group = { group_reference_no: "B-1" };
    const first = await create(group);
    const second = await create({ ...group, end_user_desc: "Otopark", amount: "35000" });
    await open(first, { size: "phone" });
    expect(await textOf("header")).toContain("Otopark her ay, 12 kez 350,00 TL");
    await agree(page);
    await bankPage(page).confirm();
    await hears("Kartınız kaydedildi");
    expect(await textOf("main")).toContain("Kartınız 2 düzenli ödemenizde kullanılacak.");
    const [card] = await cards(first);
    expect(await cards(second)).toMatchObject([{ card_id: card?.["card_id"], order_no: 1 }]);
  });

  test("shows HTML in names and descriptions as text", async () => {
    const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>&amp;';
    let dialogs = 0;
    const order = await create({ name_surname: evil, end_user_desc: evil });
    page = await walk.open();
    page.on("dialog", (dialog) => {
      dialogs += 1;
      return dialog.dismiss();
    });
    await page.goto(order.url);
    expect((await page.locator("header").innerText()).split(evil)).toHaveLength(3);
    await agree(page);
    await bankPage(page).confirm();
    await hears("Kartınız kaydedildi");
    expect(dialogs).toBe(0);
  });

  test("says so where an order takes no card any more", async () => {
    const order = await create();
    await walk.world.post("v1/subscription/status_update", {
      subscription_id: order.id,
      status: 5,
    });
    await open(order);
    expect(await titleOf(page)).toBe("Bu düzenli ödeme durdurulmuş");
  });
});
