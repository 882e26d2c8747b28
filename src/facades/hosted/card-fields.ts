import { type Html, html } from "../../lib/html.ts";
import type { CardTexts } from "./card-texts.ts";

export const lock = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path
d="M4 7V5a4 4 0 0 1 8 0v2h.5A1.5 1.5 0 0 1 14 8.5v5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2
13.5v-5A1.5 1.5 0 0 1 3.5 7H4zm2 0h4V5a2 2 0 0 0-4 0v2z"/></svg>`;

type Field = Readonly<{ id: string; label: string; input: Html; more?: Html; wide?: boolean }>;

export const field = ({ id, label, input, more, wide = false }: Field): Html => html`
<div class="field${wide && " wide"}">
<label for="${id}">${label}</label>
<div class="control">${input}</div>
${more}<p class="error" id="${id}-error" hidden></p>
</div>`;

/**
 * The inputs of a card, wherever one is entered. Beside stored cards they may stay empty: a browser
 * without our script asks for each that is `required` before it sends any choice.
 */
export const cardFields = (said: CardTexts, required: "required" | "" = "required"): Html[] => [
  field({
    id: "pan",
    label: said.number,
    wide: true,
    input: html`<input id="pan" name="pan" type="text" ${required} inputmode="numeric"
      autocorrect="off" spellcheck="false" autocomplete="cc-number" maxlength="23"
      placeholder="0000 0000 0000 0000" aria-describedby="bank pan-error"
      ><span class="brand" id="brand"></span>`,
    more: html`<p class="hint" id="bank" role="status"></p>`,
  }),
  field({
    id: "expiry",
    label: said.expiry,
    input: html`<input id="expiry" name="expiry" type="text" ${required} inputmode="numeric"
      autocorrect="off" spellcheck="false" autocomplete="cc-exp" maxlength="9"
      placeholder="${said.expiry_form}" aria-describedby="expiry-error">`,
  }),
  field({
    id: "cvc",
    label: said.cvc,
    input: html`<input id="cvc" name="cvc" type="text" ${required} inputmode="numeric"
      autocorrect="off" spellcheck="false" autocomplete="cc-csc" maxlength="4"
      placeholder="000" aria-describedby="cvc-hint cvc-error">`,
    more: html`<p class="hint" id="cvc-hint">${said.script.cvc_hint}</p>`,
  }),
  field({
    id: "card_holder",
    label: said.holder,
    wide: true,
    input: html`<input id="card_holder" name="card_holder" type="text" ${required}
      autocomplete="cc-name" autocapitalize="words" spellcheck="false" maxlength="50"
      aria-describedby="card_holder-error">`,
  }),
];
