import type { SessionKind } from "../../checkout/session.rules.ts";
import type { Locale } from "../../lib/messages/index.ts";
import { endTexts } from "./order-end-texts.ts";
import { type Texts, texts } from "./texts.ts";

/** What is said on the way to the bank and back: where a card is entered, nothing is paid. */
export const wayTexts = (kind: SessionKind, locale: Locale): Texts =>
  kind === "card" ? { ...texts[locale], ...endTexts[locale].way } : texts[locale];
