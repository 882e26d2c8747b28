import { expect, test } from "vitest";
import { codeText, linkLetter, linkSms, receiptLetter, receiptSms } from "./texts.ts";

const shop = "Örnek A.Ş.";

test.each([
  ["tr", "card", "Örnek A.Ş.: Kartınızı kaydetmek için onay kodunuz K7P2. 3 dakika"],
  ["tr", "receipt", "Örnek A.Ş.: Ödemenizin makbuzu için onay kodunuz K7P2. 3 dakika"],
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
