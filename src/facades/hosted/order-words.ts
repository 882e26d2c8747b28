import type { Locale } from "../../lib/messages/index.ts";
import type { Interval } from "../../subscriptions/plan.rules.ts";
import type { Subscription } from "../../subscriptions/subscription.rules.ts";
import { orderTexts } from "./order-texts.ts";

const each: Readonly<
  Record<Locale, Readonly<Record<Interval, readonly [one: string, many: string]>>>
> = {
  tr: {
    day: ["her gün", "günde bir"],
    week: ["her hafta", "haftada bir"],
    month: ["her ay", "ayda bir"],
    year: ["her yıl", "yılda bir"],
  },
  en: {
    day: ["every day", "days"],
    week: ["every week", "weeks"],
    month: ["every month", "months"],
    year: ["every year", "years"],
  },
};

type Rhythm = Pick<Subscription, "interval" | "period">;

/** `her ay`, `2 ayda bir`, `every 2 months`. */
export function everyText({ interval, period }: Rhythm, locale: Locale): string {
  const [one, many] = each[locale][interval];
  if (period === 1) return one;
  return locale === "tr" ? `${period} ${many}` : `every ${period} ${many}`;
}

const timesText = (count: number, locale: Locale): string => {
  if (locale === "tr") return `${count} kez`;
  return count === 1 ? "once" : `${count} times`;
};

/** `her ay, 12 kez`; of an order that renews itself the rhythm alone, of one draw the number. */
export function rhythmText(
  order: Rhythm & Pick<Subscription, "intervalCount" | "renews">,
  locale: Locale,
): string {
  const { intervalCount, renews } = order;
  if (renews) return everyText(order, locale);
  const times = timesText(intervalCount, locale);
  return intervalCount === 1 ? times : `${everyText(order, locale)}, ${times}`;
}

/** Of ten digits the first and the last two: whose phone it is knows the others. */
export const phoneText = (phone: string): string => `5•• ••• •• ${phone.slice(-2)}`;

const MINUTE_SECONDS = 60;

/** `2 dk 14 sn`, `14 sec`. */
export function waitText(seconds: number, locale: Locale): string {
  const { minute, second } = orderTexts[locale].code;
  const minutes = Math.floor(seconds / MINUTE_SECONDS);
  const rest = seconds % MINUTE_SECONDS;
  const parts = [minutes > 0 && `${minutes} ${minute}`, rest > 0 && `${rest} ${second}`];
  return parts.filter(Boolean).join(" ");
}
