import type { FrameLocator, Page } from "playwright-core";
import { expect } from "vitest";
import type { TokenId } from "../../src/lib/id.ts";
import { type Look, launchBrowser } from "../support/browser.ts";
import { payerOf } from "../support/payer.ts";
import { createWorld, goodCard, type WorldOptions } from "../support/world.ts";
import { openShop } from "./sites.ts";

/** Where a payer looks: a page, or the overlay in one. */
export type Place = Page | FrameLocator;
export type Lang = "tr" | "en";
/** A page with what it did wrong, and everything that it asked of anybody, bodies and all. */
export type WatchedPage = Page & { complaints: string[]; asked: { url: string; sent: string }[] };

const tellViolations = `addEventListener("securitypolicyviolation", (event) =>
  console.error("policy: " + event.violatedDirective + " " + event.blockedURI))`;

/** Chromium's word for any answer of 4xx, which pages that explain one give on purpose. */
const isStatusNote = (text: string) => /^Failed to load resource: .* status of 4\d\d/.test(text);

/** Gathers what no page of ours may do: errors, breaches of its policy, asking strangers. */
async function watch(page: Page & { errors: string[] }, known: ReadonlySet<string>) {
  const complaints = page.errors;
  const asked: WatchedPage["asked"] = [];
  await page.context().addInitScript(tellViolations);
  page.context().on("console", (message) => {
    const isBad = message.type() === "error" || message.type() === "warning";
    if (isBad && !isStatusNote(message.text())) complaints.push(message.text());
  });
  page.context().on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    asked.push({ url: request.url(), sent: request.postData() ?? "" });
    if (protocol !== "data:" && !known.has(origin)) complaints.push(`asked ${request.url()}`);
  });
  page.context().on("response", (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });
  return Object.assign(page, { complaints, asked });
}

/** The whole product with its bank, a shop of another origin, and a browser before them. */
export async function openWalk(options: WorldOptions = {}) {
  const [world, browser, shop] = await Promise.all([
    createWorld(options),
    launchBrowser(),
    openShop(),
  ]);
  const known = new Set([world.url, world.bank.url, shop.url].map((url) => new URL(url).origin));
  const pages: WatchedPage[] = [];
  return {
    world,
    shop,
    payer: payerOf(world),
    /** A payer's browser of its own. */
    async open(look?: Look): Promise<WatchedPage> {
      const page = await watch(await browser.open(look), known);
      pages.push(page);
      return page;
    },
    /** As if the process that knew a try's security code had ended. */
    async forgetCode(tokenId: string): Promise<void> {
      const { id } = await world.db.kysely
        .selectFrom("checkout_tokens")
        .select("id")
        .where("guid", "=", tokenId)
        .executeTakeFirstOrThrow();
      world.deps.checkout.cvvs.take(id as TokenId);
    },
    /** After a test: nothing was complained of, and nothing stays for the next one. */
    async endTest(): Promise<void> {
      const said = pages.flatMap((page) => page.complaints);
      await Promise.all(pages.splice(0).map((page) => page.context().close()));
      shop.posted.length = 0;
      expect(said).toEqual([]);
    },
    /** After all tests: the books balance, and the bank's agree with ours. */
    async close(): Promise<void> {
      try {
        await world.isSound();
        expect(await world.bank.check()).toMatchObject({ ok: true });
      } finally {
        await Promise.all([browser.close(), shop.close(), world.close()]);
      }
    },
  };
}
export type Walk = Awaited<ReturnType<typeof openWalk>>;

const bankNames = {
  tr: { code: "Doğrulama kodu", approve: "Onayla", options: "Deneme seçenekleri" },
  en: { code: "Verification code", approve: "Confirm", options: "Test options" },
};

/** The bank's page, as a card holder uses it. */
export function bankPage(place: Place, lang: Lang = "tr") {
  const names = bankNames[lang];
  const press = (name: string) => place.getByRole("button", { name, exact: true }).click();
  return {
    press,
    /** Types a code and confirms. `a` is the right one of the cards that manuals print. */
    async confirm(code = "a"): Promise<void> {
      await place.getByLabel(names.code).fill(code);
      await press(names.approve);
    },
    openOptions: () => place.getByText(names.options, { exact: true }).click(),
  };
}

const cardNames = {
  tr: ["Kart numarası", "Son kullanma", "Güvenlik kodu", "Kart üzerindeki ad"],
  en: ["Card number", "Expiry", "Security code", "Name on card"],
} as const;

/** Fills in the card page. */
export async function fillCard(
  place: Place,
  card: Readonly<{ pan?: string; expiry?: string; cvc?: string; holder?: string }> = {},
  lang: Lang = "tr",
): Promise<void> {
  const [pan, expiry, cvc, holder] = cardNames[lang];
  await place.getByLabel(pan).fill(card.pan ?? goodCard.pan);
  await place.getByLabel(expiry).fill(card.expiry ?? "12/30");
  await place.getByLabel(cvc).fill(card.cvc ?? "000");
  await place.getByLabel(holder).fill(card.holder ?? "Deniz Ak");
}
