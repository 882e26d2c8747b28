import { type Html, html } from "../../lib/html.ts";

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

export type MessageParts = Readonly<{
  sign: "good" | "bad" | "over" | "wait";
  title: string;
  lines: readonly string[];
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
