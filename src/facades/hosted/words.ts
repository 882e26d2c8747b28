import type { Locale } from "../../lib/messages/index.ts";
import { type Currency, decimalText } from "../../lib/money.ts";

type Decimal = `${number}`;
const formats: Readonly<Record<Locale, Intl.NumberFormat>> = {
  tr: new Intl.NumberFormat("tr-TR", { minimumFractionDigits: 2 }),
  en: new Intl.NumberFormat("en-GB", { minimumFractionDigits: 2 }),
};

/** What payers call a currency. */
export const currencyName = (currency: Currency, locale: Locale): string =>
  currency === "TRY" && locale === "tr" ? "TL" : currency;

/** `1.249,90` or `1,249.90`. From the digits: no double comes in between. */
export const amountText = (minor: bigint, locale: Locale): string =>
  formats[locale].format(decimalText(minor) as Decimal);

const times: Readonly<Record<Locale, Intl.DateTimeFormat>> = {
  tr: timeFormat("tr-TR"),
  en: timeFormat("en-GB"),
};
function timeFormat(locale: string) {
  const look = { dateStyle: "long", timeStyle: "short", timeZone: "Europe/Istanbul" } as const;
  return new Intl.DateTimeFormat(locale, look);
}

const days: Readonly<Record<Locale, Intl.DateTimeFormat>> = {
  tr: new Intl.DateTimeFormat("tr-TR", { dateStyle: "long", timeZone: "Europe/Istanbul" }),
  en: new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "Europe/Istanbul" }),
};

/** `4 Mart 2026`, the day in Istanbul. */
export const dayText = (at: Date, locale: Locale): string => days[locale].format(at);

/** `4 Mart 2026 12:00`, as it was in Istanbul. */
export const timeText = (at: Date, locale: Locale): string => times[locale].format(at);

/** `1.249,90 TL` or `TRY 1,249.90`. */
export function moneyText(minor: bigint, currency: Currency, locale: Locale): string {
  const [amount, name] = [amountText(minor, locale), currencyName(currency, locale)];
  return locale === "tr" ? `${amount}\u00a0${name}` : `${name}\u00a0${amount}`;
}
