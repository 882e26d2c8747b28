import { z } from "zod";
import { declineWords, type Locale, messages, refusalText } from "../../../lib/messages/index.ts";
import type { ManualRow } from "../../../subscriptions/index.ts";
import { resultCode, wireErrors } from "../wire/errors.ts";
import { invoiceNo, namedOrder } from "./subscription-name.wire.ts";

export const ManualChargeBody = z
  .object({ ...namedOrder, invoice_no: invoiceNo })
  .meta({ id: "SubscriptionManuelCharge" });

const MINUTES_PER_HOUR = 60;

/**
 * The one sentence of this service that the wire's documents print, letter by letter: clients read
 * the time out of it. So it is Turkish for everybody, `0 saat` stays, and `siparis` has no Turkish
 * letter.
 */
export function waitText(invoiceNo: string, minutes: number): string {
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  const time = `${hours} saat ${minutes % MINUTES_PER_HOUR} dakika`;
  return `${invoiceNo} numarali siparis için ${time} sonra deneme yapabilirsiniz`;
}

type Said = Readonly<{ code: number; message: string }>;

type Declined = Extract<ManualRow["end"], { kind: "declined" }>;

function declineText({ reason, bankMessage }: Declined, locale: Locale): string {
  const { undrawn, declines } = messages[locale];
  if (reason === "no_card" || reason === "card_not_taken") return undrawn[reason];
  return declineWords(declines, reason ?? "unknown", bankMessage);
}

function said({ invoiceNo, end }: ManualRow, locale: Locale): Said {
  switch (end.kind) {
    case "paid":
      return { code: resultCode.successful, message: messages[locale].success };
    case "declined":
      return { code: resultCode.unsuccessful, message: declineText(end, locale) };
    case "in_doubt":
      return { code: resultCode.time_out, message: messages[locale].in_doubt };
    case "resting":
      return { code: resultCode.unsuccessful, message: waitText(invoiceNo, end.minutes) };
    case "refused": {
      const message = refusalText(end.refusal, locale);
      return { code: wireErrors[end.refusal.code].code, message };
    }
  }
}

/** One row for each invoice; the whole has succeeded where one was paid. */
export function manualAnswer(rows: readonly ManualRow[], locale: Locale) {
  const data = rows.map((row) => ({ object_name: null, ...said(row, locale) }));
  const isAnyPaid = data.some(({ code }) => code === resultCode.successful);
  const whole = isAnyPaid ? resultCode.successful : resultCode.unsuccessful;
  return {
    data,
    object_name: null,
    code: data.length === 0 ? resultCode.no_data : whole,
    message: null,
  };
}
