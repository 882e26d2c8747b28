import { type Html, html } from "../../lib/html.ts";
import { type Locale, messages } from "../../lib/messages/index.ts";
import type { Attempt } from "../../payments/payment.rules.ts";
import { type Texts, texts } from "./texts.ts";

type Fields = Readonly<Record<string, string>>;

const hidden = ([name, value]: [string, string]) =>
  html`<input type="hidden" name="${name}" value="${value}">`;

export type PostForm = Readonly<{
  url: string;
  fields: Fields;
  button: string;
  /** `auto.js` sends a form of this name by itself; any other waits for its button. */
  id?: "auto" | undefined;
}>;

/** A form that takes the browser on; its button serves where scripts do not run. */
export const postForm = ({ url, fields, button, id }: PostForm): Html => html`
<form${id && html` id="${id}"`} method="post" action="${url}" accept-charset="utf-8">
${Object.entries(fields).map(hidden)}
<button class="pay" type="submit">${button}</button>
</form>`;

/** A sentence of a page; nothing is shown of an empty one. */
export type Line = string | Html;

/** A bank's own words, in whatever language it said them. */
export const bankSaid = (words: string, said: Texts): Html =>
  html`${said.bank_said}: <q lang="">${words}</q>`;

type Declined = Pick<Attempt, "declineReason" | "bankMessage">;

/** Why a bank declined: for a reason that is known in our words, for any other in its own too. */
export function whyDeclined({ declineReason, bankMessage }: Declined, locale: Locale): Line[] {
  const { declines } = messages[locale];
  const known = declineReason && declineReason !== "unknown" ? declines[declineReason] : undefined;
  if (known) return [known];
  return [declines["unknown"] ?? "", bankMessage ? bankSaid(bankMessage, texts[locale]) : ""];
}

export type MessageParts = Readonly<{
  sign: "good" | "bad" | "over" | "wait";
  title: string;
  lines: readonly Line[];
  /** Names and values, such as an amount. */
  facts?: readonly (readonly [name: string, value: string])[] | undefined;
  more?: Html | undefined;
}>;

const fact = ([name, value]: readonly [string, string]) =>
  html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** A page that says one thing, and what can be done about it. */
export const message = ({ sign, title, lines, facts = [], more }: MessageParts): Html => html`
<main class="message">
<span class="sign ${sign}" aria-hidden="true"></span>
<h1>${title}</h1>
${lines.filter((line) => line !== "").map((line) => html`<p>${line}</p>`)}
${facts.length > 0 && html`<dl class="facts">${facts.map(fact)}</dl>`}
${more}
</main>`;
