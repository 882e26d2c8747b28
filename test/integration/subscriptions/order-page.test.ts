import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
  Subscription,
  SubscriptionTerms,
} from "../../../src/subscriptions/subscription.rules.ts";
import { expectSound } from "../../faults/hands.ts";
import { runJobs } from "../../support/jobs.ts";
import { orderCardsOf } from "../../support/order-cards.ts";
import { alertIn, orderPayersOf, typed } from "../../support/order-payers.ts";
import { createOrder, drawAll, invoicesNow } from "../../support/orders.ts";
import type { Page } from "../../support/payer.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let payers: ReturnType<typeof orderPayersOf>;
let cards: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  payers = orderPayersOf(world);
  cards = orderCardsOf(world);
});
afterAll(async () => {
  await runJobs(world);
  await expectSound(world);
  await world.close();
});

const said = ({ text }: Page): string =>
  text
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(" ", " ")
    .replaceAll("&#39;", "'")
    .replaceAll(/\s+/g, " ");
const orderWith = async (
  terms: Partial<SubscriptionTerms>,
  more: Partial<Subscription> = {},
): Promise<Subscription> => {
  const plain = await createOrder(world);
  return createOrder(world, { terms: { ...plain.terms, ...terms }, ...more });
};
const inDays = (days: number) => new Date(world.clock().getTime() + days * DAY_MS);

describe("the page says", () => {
  test("who asks for what, how often, from when to when, and the terms", async () => {
    const order = await createOrder(world, { amountMinor: 124_990n, beginAt: inDays(28) });
    const text = said(await payers.show(order));
    for (const part of [
      ...["Örnek A.Ş.", "1.249,90 TL", "her ay, 12 kez", "Aidat", "Deniz Ak", order.reference],
      ...["İlk çekim 1 Nisan 2026", "Son çekim 1 Mart 2027", "Toplam (12 çekim) 14.998,80 TL"],
      "1 Nisan 2026 tarihinden başlayarak her ay kartınızdan 1.249,90 TL çekilir.",
      "günde en fazla 3 kez, 3 gün boyunca yeniden denenir",
      "Plan, 1 Mart 2027 tarihindeki son çekimle kendiliğinden biter.",
      "1,00 TL bloke edilir ve hemen geri verilir",
      "Diğer 9 ödeme",
    ]) {
      expect(text).toContain(part);
    }
  });
  test("the same in English to who reads that", async () => {
    const order = await createOrder(world, { beginAt: inDays(28), period: 2 });
    const text = said(await payers.show(order, "?lang=en"));
    for (const part of [
      ...["TRY 99.00", "every 2 months, 12 times", "First payment 1 April 2026"],
      "TRY 99.00 is drawn from your card every 2 months, beginning on 1 April 2026.",
      "I have read the terms and agree that Örnek A.Ş. draws these payments from this card.",
    ]) {
      expect(text).toContain(part);
    }
  });
  test("that amounts come with each invoice, and that a plan renews itself", async () => {
    const order = await createOrder(world, { isFixedPrice: false, renews: true });
    const text = said(await payers.show(order));
    expect(text).toContain("Değişken tutar her ay");
    expect(text).toContain("Örnek A.Ş. tarafından düzenlenen faturanın tutarı çekilir");
    expect(text).toContain("Plan 12 çekimde bir aynı koşullarla yenilenir");
    expect(text).not.toContain("99,00");
    expect(text).not.toContain("Son çekim");
  });
  test("what is drawn as soon as there is a card", async () => {
    const now = await createOrder(world, { drawsAtCard: true, beginAt: inDays(3) });
    expect(said(await payers.show(now))).toContain("İlk çekim Kart kaydedilince");
    const once = await createOrder(world, { drawsAtCard: true, intervalCount: 1 });
    expect(said(await payers.show(once))).toContain("Kart kaydedilince bir kez 99,00 TL çekilir.");
    const later = await createOrder(world, { intervalCount: 1, beginAt: inDays(28) });
    expect(said(await payers.show(later))).toContain("1 Nisan 2026 tarihinde kartınızdan bir kez");
  });
  test("a long plan by its beginning", async () => {
    const order = await createOrder(world, { interval: "day", intervalCount: 400 });
    const { text } = await payers.show(order);
    expect(text).toContain("Diğer 397 ödeme");
    expect(text).toContain("… ve 280 ödeme daha");
    expect(text.match(/<li>/g)!.length).toBeLessThan(130);
  });
  test("which other orders of the payer a card will serve, and those alone", async () => {
    const group = { groupReference: "P-1" };
    const order = await createOrder(world, group);
    await orderWith({ description: "Otopark" }, { ...group, amountMinor: 35_000n });
    const gone = await orderWith({ description: "Silinen" }, group);
    await cards.setStatus(gone, 6);
    const agentId = await cards.agentId("20001");
    await orderWith({ description: "Bayinin" }, { groupReference: "P-2", agentId });
    const text = said(await payers.show(order));
    expect(text).toContain(
      "Bu kart şu ödemelerinizde de kullanılacak Otopark her ay, 12 kez 350,00 TL",
    );
    expect(text).not.toContain("Silinen");
    expect(text).not.toContain("Bayinin");
    expect(said(await payers.show(await createOrder(world)))).not.toContain("şu ödemelerinizde");
  });
  test("of a dealer's order the dealer's other orders, not those of somebody else", async () => {
    const agentId = await cards.agentId("20001");
    const order = await createOrder(world, { groupReference: "P-3", agentId });
    const other = await orderWith({ description: "Başkasının" }, { groupReference: "P-3" });
    expect(said(await payers.show(order))).not.toContain("Başkasının");
    await payers.add(order);
    expect(await cards.cardsOn(order)).toHaveLength(1);
    expect(await cards.cardsOn(other)).toEqual([]);
  });
  test("that there is a card already, and takes another", async () => {
    const { order } = await cards.orderWith(["4355084355084358"]);
    expect(said(await payers.show(order))).toContain("kayıtlı kartı 435508******4358.");
    await payers.add(order);
    expect(await cards.cardsOn(order)).toHaveLength(2);
    expect(said(await payers.show(order))).toContain("kayıtlı 2 kartı var");
  });
});

describe("the page lets nothing in", () => {
  test("that is HTML: names and descriptions are text", async () => {
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
    const more = { groupReference: "P-4" };
    const order = await orderWith({ name: evil, description: evil }, more);
    await orderWith({ description: evil }, more);
    const { text } = await payers.show(order);
    expect(text).not.toContain("<script>alert");
    expect(text).not.toContain("<img");
    expect(text.split("&lt;script&gt;alert(1)")).toHaveLength(4);
    const { text: end } = await payers.add(order);
    expect(end).not.toContain("<script>alert");
  });
  test("from elsewhere: its script has a nonce, nobody frames or keeps it", async () => {
    const order = await createOrder(world);
    const [one, two] = [await payers.show(order), await payers.show(order)];
    const policy = one.headers.get("content-security-policy")!;
    const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
    expect(policy).toContain("default-src 'none'; style-src 'self'; img-src 'self'; script-src");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(one.text).toContain(`<script src="/public/hosted/checkout.js" nonce="${nonce}" defer>`);
    expect(two.headers.get("content-security-policy")).not.toContain(nonce);
    expect(one.headers.get("x-frame-options")).toBe("DENY");
    expect(one.headers.get("cache-control")).toBe("no-store");
    expect(one.headers.get("referrer-policy")).toBe("no-referrer");
  });
  test.each([
    ["https://cdn.firm.example/logo.png", "img-src 'self' https://cdn.firm.example; script-src"],
    ["https://cdn.firm.example:8443/l?a=1", "img-src 'self' https://cdn.firm.example:8443; script"],
    ["http://cdn.firm.example/logo.png", "img-src 'self'; script-src"],
    ["https://a;script-src.example/logo.png", "img-src 'self'; script-src 'nonce-"],
    ["javascript:alert(1)", "img-src 'self'; script-src"],
  ])("but a firm's picture, from one address of https: %s", async (logoUrl, policy) => {
    const order = await orderWith({ logoUrl });
    const page = await payers.show(order);
    expect(page.headers.get("content-security-policy")).toContain(policy);
    expect(page.text.includes('class="merchant-logo"')).toBe(/'self' https/.test(policy));
  });
});

describe("a card that is not taken", () => {
  test.each([
    [{ accept: "" }, "Devam etmek için koşulları kabul edin."],
    [{ pan: "5571135571135574" }, "Kart numarası hatalı; kartınızdaki numarayla karşılaştırın."],
    [{ expiry: "02/26" }, "Bu kartın süresi dolmuş."],
    [{ expiry: "yarın" }, "Tarihi AA / YY olarak girin."],
    [{ cvc: "12" }, "Güvenlik kodu hatalı."],
    [{ pan: "6011111111111117" }, "Bu kartın bankası tanınmıyor; başka bir kart deneyin."],
  ])("for %j is told so, and can be entered again", async (more, words) => {
    const order = await createOrder(world);
    const page = await payers.enter(order, more);
    expect(page.status).toBe(422);
    expect(alertIn(page)).toBe(words);
    expect(page.text).not.toContain(typed.pan);
    expect((await payers.enter(order)).form?.action).toContain("/fim/est3Dgate");
  });
  test("with a fee on top is agreed to by the amount that it is drawn", async () => {
    const order = await createOrder(world, { addsCommission: true });
    const first = await payers.enter(order);
    expect(alertIn(first)).toMatch(/^Çekilecek tutarı gördükten sonra/);
    const key = /name="instalment_key" value="([^"]+)"/.exec(first.text)![1]!;
    const total = /class="option-total">([^<]+)</.exec(first.text)![1]!;
    const other = await payers.enter(order, { instalment_key: key, pan: "4506347010299085" });
    expect(other.status).toBe(422);
    expect((await payers.add(order, { instalment_key: key })).status).toBe(200);
    await drawAll(world);
    const [invoice] = await invoicesNow(world, order);
    const payment = await world.db.kysely
      .selectFrom("payments")
      .select("amount_minor")
      .where("id", "=", invoice!.paidById!)
      .executeTakeFirstOrThrow();
    expect(total.replaceAll(/\D/g, "")).toBe(String(payment.amount_minor));
  });
  test("is recognised by its first digits for the script of the page alone", async () => {
    const order = await createOrder(world, { addsCommission: true });
    const bin = (digits: string) =>
      fetch(`${payers.pathOf(order)}/bin?lang=tr`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ bin: digits }),
      });
    const known = (await (await bin("435508")).json()) as { bank_name: string; options: object[] };
    expect(known).toMatchObject({ bank_name: "Axess", tds: "required" });
    expect(known.options).toHaveLength(1);
    expect((await bin("60111111")).status).toBe(404);
  });
});
