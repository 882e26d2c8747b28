import { type Html, html, ownCode } from "../lib/html.ts";
import { words } from "./acs.words.rules.ts";
import type { Field } from "./form.rules.ts";
import { document, type Frame } from "./page.rules.ts";
import type { Post, Return } from "./return.rules.ts";

const hidden = ([name, value]: Field): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

function form(post: Post, id: string, target: string | undefined, button: Html): Html {
  const charset = post.charset === "iso-8859-9" ? "ISO-8859-9" : "UTF-8";
  const inFrame = target === undefined ? undefined : html` target="${target}"`;
  return html`<form id="${id}" method="${post.method.toLowerCase()}" action="${post.action}"
accept-charset="${charset}"${inFrame}>${post.fields.map(hidden)}${button}</form>`;
}

/** A new frame tells that it is empty; only what comes after that is a merchant's answer. */
const FRAME_MS = 50;

/**
 * Sends the earlier posts into a frame, one after the other, then the last one in the page's own
 * place. `submit` is taken from the prototype: a field of that name would hide the form's own.
 */
const script = (count: number, delayMs: number): Html =>
  ownCode(`
const submit = (id) => HTMLFormElement.prototype.submit.call(document.getElementById(id));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const arrived = () => new Promise((resolve) => {
  document.getElementById("frame").addEventListener("load", resolve, { once: true });
});
const go = async () => {
  await pause(${Math.max(delayMs, FRAME_MS)});
  for (let i = 1; i < ${count}; i += 1) {
    const whole = Promise.race([arrived(), pause(5000)]);
    submit("post-" + i);
    await whole;
  }
  submit("post-" + ${count});
};
go();`);

/** The page that takes the browser back to the merchant, by itself or by its button. */
export function returnPage(frame: Frame, bank: string, back: Return): string {
  const { lang } = frame;
  const told = words[lang];
  const last = back.posts.length;
  const forms = back.posts.map((post, i) => {
    const n = i + 1;
    const isLast = n === last;
    const button = isLast
      ? html`<button class="first" type="submit" id="continue">${told.goOn}</button>`
      : html`<button type="submit" id="earlier-${n}">${told.earlier(n)}</button>`;
    return form(post, `post-${n}`, isLast ? undefined : "frame", button);
  });
  const inFrame =
    last > 1
      ? html`<iframe id="frame" name="frame" class="hidden" title="${told.returning}"
sandbox="allow-forms allow-scripts"></iframe>`
      : undefined;
  const lateSeconds = Math.ceil(back.delayMs / 1000);
  const lead = lateSeconds > 0 ? told.returningLate(lateSeconds) : told.returningLead;
  const body = html`<h1>${told.returning}</h1><p class="soft">${lead}</p>${inFrame}${forms}`;
  return document(frame, { title: told.returning, bank, body, script: script(last, back.delayMs) });
}

/** The end of a session from which no browser returns. */
export function noReturnPage(frame: Frame, bank: string, isClosed: boolean): string {
  const told = words[frame.lang];
  const [title, lead] = isClosed
    ? [told.closed, told.closedLead]
    : [told.noReturn, told.noReturnLead];
  const body = html`<h1>${title}</h1><p class="soft" role="status">${lead}</p>`;
  return document(frame, { title, bank, body });
}
