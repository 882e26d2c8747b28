import type { Problem } from "./problems.ts";

/**
 * What the page says after it is there, in its language. The server writes it as JSON into
 * `<script type="application/json" id="texts">`; `{total}` and its like are filled in here.
 */
export type CardTexts = Readonly<{
  /** `{total} öde` */
  pay: string;
  sending: string;
  /** Read out when another instalment is chosen: `Kartınızdan toplam {total} çekilecek.` */
  total: string;
  /** `{count} × {amount}` */
  parts: string;
  /** On the button that shows the rest of many: `Diğer taksitler ({count})`. */
  more: string;
  looking: string;
  /** Instalments cannot be shown; one payment can be made all the same. */
  unknown: string;
  cvc_hint: string;
  cvc_hint_amex: string;
  problems: Readonly<Record<Problem, string>>;
}>;

/** Fills `{name}`s in. */
export const fillIn = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

export function readTexts(): CardTexts | undefined {
  const text = document.getElementById("texts")?.textContent;
  return text ? (JSON.parse(text) as CardTexts) : undefined;
}
