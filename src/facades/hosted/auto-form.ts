import { type Html, html } from "../../lib/html.ts";

type Fields = Readonly<Record<string, string>>;

const hidden = ([name, value]: [string, string]) =>
  html`<input type="hidden" name="${name}" value="${value}">`;

export type AutoForm = Readonly<{
  url: string;
  fields: Fields;
  button: string;
  /** How long the page is shown before the form goes by itself. */
  waitMs?: number | undefined;
}>;

/** A form that goes by itself where scripts run; its button serves where they do not. */
export const autoForm = ({ url, fields, button, waitMs = 0 }: AutoForm): Html => html`
<form id="auto" class="auto" method="post" action="${url}" accept-charset="utf-8"
  data-wait="${waitMs}">
${Object.entries(fields).map(hidden)}
<button type="submit" class="button">${button}</button>
</form>`;

export type NoticeParts = Readonly<{
  kind: "progress" | "success" | "failure";
  title: string;
  lines: readonly string[];
  more?: Html | undefined;
}>;

/** A page that says one thing, and what can be done about it. */
export const notice = ({ kind, title, lines, more }: NoticeParts): Html => html`
<main class="notice notice-${kind}">
<div class="notice-mark" aria-hidden="true"></div>
<h1>${title}</h1>
${lines.filter((line) => line !== "").map((line) => html`<p>${line}</p>`)}
${more}
</main>`;
