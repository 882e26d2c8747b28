import type { Refusal, RefusalCode } from "../refusal.ts";
import { en } from "./en.ts";
import type { Locale, Messages } from "./shape.ts";
import { tr } from "./tr.ts";

export { declineWords, type Locale, type Messages } from "./shape.ts";
export const messages: Record<Locale, Messages> = { tr, en };

/** The sentence of a refusal in the reader's language. */
export function refusalText<Code extends RefusalCode>(refusal: Refusal<Code>, locale: Locale) {
  return messages[locale].refusals[refusal.code](refusal.details);
}

/** Turkish unless the reader asks for English first. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  return acceptLanguage?.trim().toLowerCase().startsWith("en") ? "en" : "tr";
}
