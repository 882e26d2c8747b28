import fc from "fast-check";
import { expect, test } from "vitest";
import { BODY_MAX } from "./message.rules.ts";
import {
  codeText,
  linkLetter,
  linkSms,
  type OrderFacts,
  orderLetter,
  orderSms,
  receiptLetter,
  receiptSms,
} from "./texts.ts";

const shop = "Örnek A.Ş.";

test.each([
  ["tr", "card", "Örnek A.Ş.: Kartınızı kaydetmek için onay kodunuz K7P2. 3 dakika"],
  ["tr", "receipt", "Örnek A.Ş.: Ödemenizin makbuzu için onay kodunuz K7P2. 3 dakika"],
  ["tr", "subscription", "Örnek A.Ş.: Düzenli ödemenize kart eklemek için onay kodunuz K7P2."],
  ["en", "subscription", "Örnek A.Ş.: Your code to add a card to your regular payment is K7P2."],
  ["en", "card", "Örnek A.Ş.: Your code to save your card is K7P2. It is good for 3 minutes"],
  ["en", "receipt", "Örnek A.Ş.: Your code for the receipt of your payment is K7P2."],
] as const)("in %s the code of a %s names who asks and what for", (locale, purpose, begin) => {
  expect(codeText(locale, purpose, shop, "K7P2").startsWith(begin)).toBe(true);
});

test("a merchant's name takes no more than its place, and no line of its own", () => {
  const text = codeText("tr", "card", `A\n${"B".repeat(500)}`, "K7P2");
  expect(text).toMatch(/^A B{57}…: Kartınızı/);
  expect(text.length).toBeLessThan(200);
});

const link = {
  merchantName: shop,
  payerName: "Ece Tan",
  amount: { minor: 124_990n, currency: "TRY" },
  address: "https://pay.example/po/8d1b",
  expiresAt: new Date("2026-03-04T21:30:00Z"),
  note: "Mayıs kirası",
} as const;

test("a letter with a link says who asks, how much, where and until when in Istanbul", () => {
  const { subject, body } = linkLetter("tr", link);
  expect(subject).toBe("Örnek A.Ş.: 1.249,90 TL ödeme linki");
  expect(body.split("\n\n")).toEqual([
    "Sayın Ece Tan,",
    expect.stringContaining("Örnek A.Ş. sizden 1.249,90 TL ödeme istiyor."),
    "https://pay.example/po/8d1b",
    "Mayıs kirası",
    "Link 05.03.2026 00:30 tarihine kadar geçerlidir.",
  ]);
  const english = linkLetter("en", link);
  expect(english.subject).toBe("Örnek A.Ş.: link to pay TRY 1,249.90");
  expect(english.body).toMatch(/^Dear Ece Tan,\n\n.*\n\nhttps:\/\/pay\.example\/po\/8d1b\n\n/);
});

test("without a name or a note the letter has none", () => {
  const bare = { ...link, payerName: undefined, note: "" };
  expect(linkLetter("tr", bare).body).toMatch(/^Merhaba,\n\n/);
  expect(linkLetter("en", bare).body).toMatch(/^Hello,\n\n/);
  expect(linkLetter("tr", bare).body.split("\n\n")).toHaveLength(4);
});

test("a text message with a link is one sentence", () => {
  expect(linkSms("tr", link)).toBe(
    "Örnek A.Ş.: 1.249,90 TL ödemeniz için https://pay.example/po/8d1b",
  );
  expect(linkSms("en", { ...link, amount: { minor: 5n, currency: "EUR" } })).toBe(
    "Örnek A.Ş.: pay EUR 0.05 at https://pay.example/po/8d1b",
  );
});

const paid = {
  merchantName: shop,
  amount: { minor: 99_999_999_999_999n, currency: "USD" },
  maskedCard: "435508******4358",
  reference: "INV-31",
  paidAt: new Date("2026-03-04T09:00:00Z"),
} as const;

test("a receipt says what was paid, to the cent, with which card and when", () => {
  expect(receiptLetter("tr", paid)).toEqual({
    subject: "Örnek A.Ş.: 999.999.999.999,99 USD ödemeniz alındı",
    body:
      "Merhaba,\n\nÖrnek A.Ş. için 999.999.999.999,99 USD ödemeniz alındı.\n\n" +
      "Kart: 435508******4358\nTarih: 04.03.2026 12:00\nReferans: INV-31",
  });
  const english = receiptLetter("en", { ...paid, payerName: "Ece" }).body;
  expect(english).toContain("Dear Ece,\n\nYour payment of USD 999,999,999,999.99 to Örnek A.Ş.");
});

test("a receipt with an address says it on its own line, and at the end of a text message", () => {
  const address = "https://pay.example/receipt/AbC-1";
  expect(receiptLetter("tr", { ...paid, address }).body).toMatch(
    /\n\nMakbuzunuz:\nhttps:\/\/pay\.example\/receipt\/AbC-1$/,
  );
  expect(receiptLetter("en", { ...paid, address }).body).toContain(`\n\nYour receipt:\n${address}`);
  const cheap = { ...paid, amount: { minor: 5n, currency: "TRY" } as const, address };
  expect(receiptSms("tr", cheap)).toBe(`Örnek A.Ş.: 0,05 TL ödemenizin makbuzu ${address}`);
  expect(receiptSms("en", cheap)).toBe(
    `Örnek A.Ş.: receipt of your payment of TRY 0.05 ${address}`,
  );
});

const order: OrderFacts = {
  merchantName: shop,
  payerName: "Can Er",
  description: "Aidat",
  amount: { minor: 9_900n, currency: "TRY" },
  interval: "month",
  period: 1,
  count: 12,
  firstAt: new Date("2026-06-01T06:00:00Z"),
  address: "https://pay.example/sub/10001/6f0c",
};

test("a letter about a regular payment says who, what for, how much, how often and when", () => {
  const { subject, body } = orderLetter("tr", order);
  expect(subject).toBe("Örnek A.Ş.: düzenli ödeme talimatı");
  expect(body.split("\n\n")).toEqual([
    "Sayın Can Er,",
    "Örnek A.Ş. sizden kartınızla düzenli ödeme yapmanızı istiyor: Aidat",
    "Tutar: 99,00 TL\nSıklık: her ay, toplam 12 kez\nİlk çekim: 01.06.2026 09:00",
    "Koşulları görmek ve kartınızı girmek için:",
    "https://pay.example/sub/10001/6f0c",
  ]);
  const english = orderLetter("en", order);
  expect(english.subject).toBe("Örnek A.Ş.: regular payment");
  expect(english.body).toContain(
    "Amount: TRY 99.00\nHow often: every month, 12 times in all\nFirst payment: 01/06/2026, 09:00",
  );
  expect(english.body).toMatch(/\n\nhttps:\/\/pay\.example\/sub\/10001\/6f0c$/);
});

test("the text message says the same in one sentence", () => {
  expect(orderSms("tr", order)).toBe(
    "Örnek A.Ş.: Aidat, 99,00 TL, her ay, toplam 12 kez, ilk çekim 01.06.2026 09:00. " +
      "Onaylamak için https://pay.example/sub/10001/6f0c",
  );
  expect(orderSms("en", order)).toBe(
    "Örnek A.Ş.: Aidat, TRY 99.00, every month, 12 times in all, first on 01/06/2026, 09:00. " +
      "To agree: https://pay.example/sub/10001/6f0c",
  );
});

test.each([
  ["day", 1, 30, "her gün, toplam 30 kez", "every day, 30 times in all"],
  ["week", 2, 26, "2 haftada bir, toplam 26 kez", "every 2 weeks, 26 times in all"],
  ["month", 3, undefined, "3 ayda bir, iptal edilene kadar", "every 3 months, until it is"],
  ["year", 1, undefined, "her yıl, iptal edilene kadar", "every year, until it is cancelled"],
  ["year", 5, 1, "bir kez", "once"],
] as const)("a %s times %i, %s of them, is %j", (interval, period, count, turkish, english) => {
  const facts = { ...order, interval, period, count };
  expect(orderLetter("tr", facts).body).toContain(`Sıklık: ${turkish}\n`);
  expect(orderLetter("en", facts).body).toContain(`How often: ${english}`);
});

test("where amounts differ, none is named", () => {
  const varying = { ...order, amount: undefined };
  expect(orderLetter("tr", varying).body).toContain("Tutar: her dönem ayrıca bildirilir\n");
  expect(orderSms("en", varying)).toContain(": Aidat, varying amounts, every month");
});

test("whatever a merchant writes, a message about an order keeps its place", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 500 }), fc.string({ maxLength: 500 }), (name, what) => {
      const facts = { ...order, merchantName: name, payerName: name, description: what };
      expect(orderLetter("tr", facts).body.length).toBeLessThan(BODY_MAX);
      expect(orderSms("tr", facts).length).toBeLessThan(300);
    }),
  );
});
