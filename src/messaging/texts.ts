import type { Locale } from "../lib/messages/index.ts";
import { decimalText, type Money } from "../lib/money.ts";
import { CODE_LIFETIME_MS, type CodePurpose } from "./code.rules.ts";
import { cleanLine } from "./message.rules.ts";

/** What is written; a text message leaves the subject out. */
export type Text = Readonly<{ subject: string; body: string }>;

/** Names come from merchants; a text message is paid by its length. */
const NAME_MAX = 60;
const nameOf = (name: string): string => cleanLine(name, NAME_MAX);

const CODE_MINUTES = CODE_LIFETIME_MS / 60_000;
const codeTexts: Record<Locale, Record<CodePurpose, (name: string, code: string) => string>> = {
  tr: {
    card: (name, code) =>
      `${name}: Kartınızı kaydetmek için onay kodunuz ${code}. ` +
      `${CODE_MINUTES} dakika geçerlidir, kimseyle paylaşmayın.`,
    receipt: (name, code) =>
      `${name}: Ödemenizin makbuzu için onay kodunuz ${code}. ` +
      `${CODE_MINUTES} dakika geçerlidir; yalnız satıcıya söyleyin.`,
    subscription: (name, code) =>
      `${name}: Düzenli ödemenize kart eklemek için onay kodunuz ${code}. ` +
      `${CODE_MINUTES} dakika geçerlidir, kimseyle paylaşmayın.`,
  },
  en: {
    card: (name, code) =>
      `${name}: Your code to save your card is ${code}. ` +
      `It is good for ${CODE_MINUTES} minutes; share it with nobody.`,
    receipt: (name, code) =>
      `${name}: Your code for the receipt of your payment is ${code}. ` +
      `It is good for ${CODE_MINUTES} minutes; tell it to the seller alone.`,
    subscription: (name, code) =>
      `${name}: Your code to add a card to your regular payment is ${code}. ` +
      `It is good for ${CODE_MINUTES} minutes; share it with nobody.`,
  },
};

/** A text message with a code: who asks, what for, and how long it is good. */
export const codeText = (
  locale: Locale,
  purpose: CodePurpose,
  merchantName: string,
  code: string,
): string => codeTexts[locale][purpose](nameOf(merchantName), code);

const languageOf = { tr: "tr-TR", en: "en-GB" } as const;

/** `1.249,90 TL` and `TRY 1,249.90`. */
function amountText(locale: Locale, { minor, currency }: Money): string {
  const format = new Intl.NumberFormat(languageOf[locale], { minimumFractionDigits: 2 });
  const number = format.format(decimalText(minor) as Intl.StringNumericLiteral);
  if (locale === "en") return `${currency} ${number}`;
  return `${number} ${currency === "TRY" ? "TL" : currency}`;
}

/** Day and minute in Istanbul. */
const timeText = (locale: Locale, at: Date): string =>
  new Intl.DateTimeFormat(languageOf[locale], {
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Europe/Istanbul",
  }).format(at);

const letter = (subject: string, paragraphs: readonly (string | undefined)[]): Text => ({
  subject,
  body: paragraphs.filter((each) => each).join("\n\n"),
});

export type LinkFacts = Readonly<{
  merchantName: string;
  payerName?: string | undefined;
  amount: Money;
  address: string;
  expiresAt: Date;
  note?: string | undefined;
}>;

/** A letter with a link to pay by. The address has a line of its own, so it can be clicked. */
export function linkLetter(locale: Locale, link: LinkFacts): Text {
  const name = nameOf(link.merchantName);
  const payer = link.payerName && nameOf(link.payerName);
  const amount = amountText(locale, link.amount);
  const until = timeText(locale, link.expiresAt);
  if (locale === "tr") {
    return letter(`${name}: ${amount} ödeme linki`, [
      payer ? `Sayın ${payer},` : "Merhaba,",
      `${name} sizden ${amount} ödeme istiyor. Aşağıdaki adresten kartla ödeyebilirsiniz:`,
      link.address,
      link.note,
      `Link ${until} tarihine kadar geçerlidir.`,
    ]);
  }
  return letter(`${name}: link to pay ${amount}`, [
    payer ? `Dear ${payer},` : "Hello,",
    `${name} asks you for ${amount}. You can pay by card at this address:`,
    link.address,
    link.note,
    `The link is good until ${until}.`,
  ]);
}

/** The same in a text message. */
export function linkSms(locale: Locale, link: LinkFacts): string {
  const [name, amount] = [nameOf(link.merchantName), amountText(locale, link.amount)];
  return locale === "tr"
    ? `${name}: ${amount} ödemeniz için ${link.address}`
    : `${name}: pay ${amount} at ${link.address}`;
}

/** What a payer is asked to pay regularly. */
export type OrderFacts = Readonly<{
  merchantName: string;
  payerName: string;
  description: string;
  /** Of each draw; absent where the merchant names it anew for each. */
  amount?: Money | undefined;
  interval: "day" | "week" | "month" | "year";
  /** Draws are that many intervals apart. */
  period: number;
  /** How many draws there are; absent where it goes on until somebody ends it. */
  count?: number | undefined;
  firstAt: Date;
  address: string;
}>;

const intervalTexts = {
  tr: { day: "gün", week: "hafta", month: "ay", year: "yıl" },
  en: { day: "day", week: "week", month: "month", year: "year" },
} as const;
const manyTexts = {
  tr: { day: "günde", week: "haftada", month: "ayda", year: "yılda" },
  en: { day: "days", week: "weeks", month: "months", year: "years" },
} as const;

/** `her ay` and `2 ayda bir`; `every month` and `every 2 months`. */
function oftenText(locale: Locale, { interval, period }: OrderFacts): string {
  if (locale === "tr") {
    if (period === 1) return `her ${intervalTexts.tr[interval]}`;
    return `${period} ${manyTexts.tr[interval]} bir`;
  }
  if (period === 1) return `every ${intervalTexts.en[interval]}`;
  return `every ${period} ${manyTexts.en[interval]}`;
}

/** How often and how many times. */
function scheduleText(locale: Locale, facts: OrderFacts): string {
  const often = oftenText(locale, facts);
  const { count } = facts;
  if (locale === "tr") {
    if (count === 1) return "bir kez";
    return count === undefined ? `${often}, iptal edilene kadar` : `${often}, toplam ${count} kez`;
  }
  if (count === 1) return "once";
  return count === undefined
    ? `${often}, until it is cancelled`
    : `${often}, ${count} times in all`;
}

/** A letter with the page on which a payer agrees to pay regularly. */
export function orderLetter(locale: Locale, facts: OrderFacts): Text {
  const [name, payer] = [nameOf(facts.merchantName), nameOf(facts.payerName)];
  const amount = facts.amount && amountText(locale, facts.amount);
  const [often, first] = [scheduleText(locale, facts), timeText(locale, facts.firstAt)];
  if (locale === "tr") {
    return letter(`${name}: düzenli ödeme talimatı`, [
      `Sayın ${payer},`,
      `${name} sizden kartınızla düzenli ödeme yapmanızı istiyor: ${facts.description}`,
      `Tutar: ${amount ?? "her dönem ayrıca bildirilir"}\nSıklık: ${often}\nİlk çekim: ${first}`,
      "Koşulları görmek ve kartınızı girmek için:",
      facts.address,
    ]);
  }
  return letter(`${name}: regular payment`, [
    `Dear ${payer},`,
    `${name} asks you to pay regularly by card: ${facts.description}`,
    `Amount: ${amount ?? "told for each payment"}\nHow often: ${often}\nFirst payment: ${first}`,
    "To read the terms and enter your card:",
    facts.address,
  ]);
}

/** The same in a text message. */
export function orderSms(locale: Locale, facts: OrderFacts): string {
  const name = nameOf(facts.merchantName);
  const what = cleanLine(facts.description, NAME_MAX);
  const amount = facts.amount && amountText(locale, facts.amount);
  const often = scheduleText(locale, facts);
  const first = timeText(locale, facts.firstAt);
  return locale === "tr"
    ? `${name}: ${what}, ${amount ?? "değişken tutar"}, ${often}, ilk çekim ${first}. ` +
        `Onaylamak için ${facts.address}`
    : `${name}: ${what}, ${amount ?? "varying amounts"}, ${often}, first on ${first}. ` +
        `To agree: ${facts.address}`;
}

export type ReceiptFacts = Readonly<{
  merchantName: string;
  payerName?: string | undefined;
  amount: Money;
  /** The card as it may be shown. */
  maskedCard: string;
  reference: string;
  paidAt: Date;
  /** Where the receipt itself can be read. */
  address?: string | undefined;
}>;

/** A letter to somebody who has paid. */
export function receiptLetter(locale: Locale, paid: ReceiptFacts): Text {
  const name = nameOf(paid.merchantName);
  const payer = paid.payerName && nameOf(paid.payerName);
  const amount = amountText(locale, paid.amount);
  const at = timeText(locale, paid.paidAt);
  if (locale === "tr") {
    return letter(`${name}: ${amount} ödemeniz alındı`, [
      payer ? `Sayın ${payer},` : "Merhaba,",
      `${name} için ${amount} ödemeniz alındı.`,
      `Kart: ${paid.maskedCard}\nTarih: ${at}\nReferans: ${paid.reference}`,
      paid.address && `Makbuzunuz:\n${paid.address}`,
    ]);
  }
  return letter(`${name}: your payment of ${amount}`, [
    payer ? `Dear ${payer},` : "Hello,",
    `Your payment of ${amount} to ${name} has been received.`,
    `Card: ${paid.maskedCard}\nDate: ${at}\nReference: ${paid.reference}`,
    paid.address && `Your receipt:\n${paid.address}`,
  ]);
}

/** The same in a text message, with the address alone of the receipt's facts. */
export function receiptSms(
  locale: Locale,
  paid: ReceiptFacts & Readonly<{ address: string }>,
): string {
  const [name, amount] = [nameOf(paid.merchantName), amountText(locale, paid.amount)];
  return locale === "tr"
    ? `${name}: ${amount} ödemenizin makbuzu ${paid.address}`
    : `${name}: receipt of your payment of ${amount} ${paid.address}`;
}
