import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { expectForAll } from "./looks.ts";
import { agree, orderWalkOf, save, typeCode } from "./order-walk.ts";
import { bankPage, fillCard, openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let page: WatchedPage;
const { create, proveBy } = orderWalkOf(() => walk);

beforeAll(async () => {
  walk = await openWalk();
});
afterAll(async () => {
  await runJobs(walk.world);
  await walk.close();
});
afterEach(() => walk.endTest());

const localeOf = { tr: "tr-TR", en: "en-GB" } as const;

describe.each(["tr", "en"] as const)("everybody can use, in %s,", (lang) => {
  const look = (what: string) => expectForAll(page, lang, what);
  const button = (name: string) => page.getByRole("button", { name }).click();

  test("the page of an order, from the code to the end", async () => {
    const group = { group_reference_no: `A11Y-${lang}` };
    const order = await create({ ...group, otp_control: true, addcomission_to_amount: true });
    await create(group);
    page = await walk.open({ locale: localeOf[lang] });
    await page.goto(order.url);
    await look("the way to a code");
    await button(lang === "tr" ? "Kod gönder" : "Send the code");
    await look("the code");
    await typeCode(page, "1", lang);
    await page.getByRole("alert").waitFor();
    await look("a wrong code");
    walk.world.clock.advance(4 * 60_000);
    await page.goto(order.url);
    await proveBy(page, order, lang);
    await page.locator("summary").click();
    await look("the card, with the whole schedule");
    await fillCard(page, { expiry: "0220" }, lang);
    await button(save[lang]);
    await page.locator("#accept-error").waitFor();
    await look("mistakes at their inputs and at the box");
    await agree(page, lang);
    await bankPage(page, lang).confirm();
    await page.locator(".sign.good").waitFor();
    await look("the end");
    walk.world.clock.advance(4 * 60_000);
    await page.goto(order.url);
    await proveBy(page, order, lang);
    await look("an order with a card");
  });

  test("what an order says when something went wrong", async () => {
    const order = await create({ is_fixed_price: false });
    page = await walk.open({ locale: localeOf[lang] });
    await page.goto(order.url);
    await agree(page, lang, { pan: "5136620000006669" });
    await bankPage(page, lang).confirm("123456");
    await page.locator(".sign.bad").waitFor();
    await look("a card that was declined");
    const draws = await create({ is_charge_on_card_confirmation: true, amount: "700051" });
    await page.goto(draws.url);
    await agree(page, lang);
    await bankPage(page, lang).confirm();
    await page.locator(".sign.over").waitFor();
    await look("a first payment that was declined");
    const asked = { subscription_id: order.id, status: 5 };
    await walk.world.post("v1/subscription/status_update", asked);
    await page.goto(order.url);
    await look("an order that is stopped");
  });
});

test("an order's card is entered by keyboard alone, and each stop is seen", async () => {
  const order = await create();
  page = await walk.open({ size: "phone" });
  await page.goto(order.url);
  const { keyboard } = page;
  const focused = () =>
    page.evaluate<{ name: string; isSeen: boolean }>(`(() => {
      const it = document.activeElement;
      const { left, top, width, height } = it.getBoundingClientRect();
      const over = document.elementFromPoint(left + width / 2, top + height / 2);
      const isSeen = getComputedStyle(it).outlineStyle !== "none" && it.contains(over);
      return { name: it.id || it.localName, isSeen };
    })()`);
  const next = async (text = "") => {
    await keyboard.press("Tab");
    const stop = await focused();
    expect(stop).toMatchObject({ isSeen: true });
    await keyboard.type(text);
    return stop.name;
  };
  const stops = [await next()];
  await keyboard.press("Enter");
  expect(await page.getByText("1 Mart 2027").last().isVisible()).toBe(true);
  stops.push(await next("4355084355084358"), await next("1230"), await next("000"));
  stops.push(await next("Deniz Ak"), await next(" "), await next());
  expect(stops).toEqual(["summary", "pan", "expiry", "cvc", "card_holder", "accept", "pay"]);
  expect(await page.getByRole("checkbox").isChecked()).toBe(true);
  await keyboard.press("Enter");
  await bankPage(page).confirm();
  await page.getByRole("heading", { name: "Kartınız kaydedildi" }).waitFor();
});
