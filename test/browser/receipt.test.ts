import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Look } from "../support/browser.ts";
import { messagesOf } from "../support/codes.ts";
import { endUsersOf } from "../support/end-users.ts";
import { openWalk, type Walk, type WatchedPage } from "./walk.ts";

let walk: Walk;
let address: string;
beforeAll(async () => {
  walk = await openWalk();
  const { world } = walk;
  const paid = await world.pay({
    ...(await endUsersOf(world).asked()),
    ...{
      amount: "12.345,60",
      agent_id: "20001",
      reference_no: "INV-2026/03-0000000000000000000031",
    },
    ...{ end_user_name: "Ayşe Nur Gülbahar", end_user_surname: "Karamanoğlu-Büyükdağıstanlı" },
  });
  expect(paid.body).toMatchObject({ is_succeed: true });
  const letter = (await messagesOf(world)).find(({ channel }) => channel === "email");
  address = /http:\/\/\S+\/receipt\/\S+/.exec(letter?.body ?? "")?.[0] ?? "";
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

async function open(look: Look, query = ""): Promise<WatchedPage> {
  const page = await walk.open(look);
  await page.goto(`${address}${query}`);
  return page;
}
/** How far a page is wider than what its reader sees. */
const overflow = (page: WatchedPage): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - innerWidth");

test.each([
  ["phone", "tr-TR", "light", "Ödeme makbuzu"],
  ["phone", "en-GB", "dark", "Payment receipt"],
  ["desktop", "tr-TR", "dark", "Ödeme makbuzu"],
  ["desktop", "en-GB", "light", "Payment receipt"],
] as const)("on a %s in %s a receipt is read by everybody", async (size, locale, scheme, title) => {
  const page = await open({ size, locale, scheme });
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe(title);
  expect(await page.title()).toBe(title);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test("it is read without scripts, and in the other language by a link", async () => {
  const page = await open({ withoutScripts: true });
  const facts = page.locator("dl.facts");
  expect(await facts.innerText()).toContain("Ayşe Nur Gülbahar Karamanoğlu-Büyükdağıstanlı");
  await page.getByRole("link", { name: "English" }).click();
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Payment receipt");
  await page.getByRole("link", { name: "Türkçe" }).click();
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Ödeme makbuzu");
});

test.each(["light", "dark"] as const)(
  "on paper it is dark on white, and whole, for who reads %s screens",
  async (scheme) => {
    const page = await open({ scheme });
    await page.emulateMedia({ media: "print", colorScheme: scheme });
    const colours = await page.evaluate(`(() => {
      const seen = (selector) => getComputedStyle(document.querySelector(selector));
      return [
        seen("body").backgroundColor,
        seen("dl.facts dd").color,
        seen("dl.facts dt").color,
        seen("footer nav").display,
      ];
    })()`);
    expect(colours).toEqual(["rgb(255, 255, 255)", "rgb(0, 0, 0)", "rgb(51, 51, 51)", "none"]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
  },
);

test("an address that was cut on the way says so in both languages", async () => {
  const page = await walk.open();
  const cut = address.slice(0, -1);
  const answer = await page.goto(cut);
  expect(answer?.status()).toBe(404);
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Makbuz bulunamadı");
  await page.goto(`${cut}?lang=en`);
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Receipt not found");
});
