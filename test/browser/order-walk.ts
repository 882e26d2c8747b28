import { expect } from "vitest";
import { lastCode } from "../support/codes.ts";
import { fillCard, type Lang, type Walk, type WatchedPage } from "./walk.ts";

export type Order = Readonly<{ id: string; url: string; phone: string }>;

const words = {
  tr: { send: "Kod gönder", code: "Onay kodu", check: "Doğrula", accept: /Koşulları okudum/ },
  en: { send: "Send the code", code: "Code", check: "Verify", accept: /I have read the terms/ },
} as const;
export const save = { tr: "Kartı doğrula ve kaydet", en: "Verify and save the card" } as const;

let made = 0;

/** What the tests of orders' pages do with a walk, which is opened after they ask for this. */
export function orderWalkOf(walk: () => Walk) {
  return {
    /** 1.249,90 TL a month, twelve times, from 1 April 2026 on. */
    async create(more: object = {}): Promise<Order> {
      made += 1;
      const phone = `53222${String(made).padStart(5, "0")}`;
      const { body } = await walk().world.post("v1/subscription/create", {
        ...{ name_surname: "Can Er", amount: "124990", interval: 2, interval_count: 12 },
        ...{ begin_date: "2026-04-01T09:00:00+03:00", reference_no: `ABO-${made}` },
        ...{ end_user_email: "can@payer.example", end_user_gsm: phone },
        ...{ end_user_desc: "Site aidatı", ...more },
      });
      expect(body).toMatchObject({ code: 0 });
      return { id: String(body["subscription_id"]), url: String(body["url"]), phone };
    },
    /** The cards of an order as its shop sees them. */
    async cards({ id }: Order) {
      const asked = { subscription_id: id };
      const { body } = await walk().world.post("v1/subscription/card_info_list", asked);
      return body["Data"] as readonly Readonly<Record<string, unknown>>[];
    },
    /** The rows of an order's plan. */
    async plan({ id }: Order) {
      const asked = { subscription_id: id };
      const { body } = await walk().world.post("v1/subscription/subscription_detail", asked);
      return body["plan"] as readonly Readonly<Record<string, unknown>>[];
    },
    /** Proves the phone of the page that is open. */
    async proveBy(page: WatchedPage, { phone }: Order, lang: Lang = "tr"): Promise<void> {
      await page.getByRole("button", { name: words[lang].send }).click();
      await typeCode(page, await lastCode(walk().world, phone), lang);
      await page.getByLabel(lang === "tr" ? "Kart numarası" : "Card number").waitFor();
    },
  };
}

export async function typeCode(page: WatchedPage, code: string, lang: Lang = "tr"): Promise<void> {
  await page.getByLabel(words[lang].code, { exact: true }).fill(code);
  await page.getByRole("button", { name: words[lang].check, exact: true }).click();
}

/** Fills in the card and agrees, and goes up to the bank's page. */
export async function agree(
  page: WatchedPage,
  lang: Lang = "tr",
  card: Parameters<typeof fillCard>[1] = {},
): Promise<void> {
  await fillCard(page, card, lang);
  await page.getByRole("checkbox", { name: words[lang].accept }).check();
  await page.getByRole("button", { name: save[lang] }).click();
}
