import { type Html, html } from "../lib/html.ts";
import { style } from "./acs.style.rules.ts";
import { deadEndWords, type Lang, type PageProblem, words } from "./acs.words.rules.ts";

/** What every page of the bank needs to know. `nonce` lets its own style and script run. */
export type Frame = Readonly<{ lang: Lang; nonce: string }>;

const shield = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" fill="none"
stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"><path
d="M12 2.8 4.5 5.6v6c0 4.6 3.1 7.9 7.5 9.6 4.4-1.7 7.5-5 7.5-9.6v-6z"/><path
d="m8.6 12 2.4 2.4 4.4-4.6"/></svg>`;

/** The same page in the other language. */
function otherLanguage(lang: Lang): Html {
  const to = lang === "tr" ? "en" : "tr";
  return html`<a href="?lang=${to}" lang="${to}" hreflang="${to}">${words[lang].other}</a>`;
}

/** The bank's name above a page's own part. */
const head = (bank: string, more: Html | undefined): Html => html`<div class="bank">${shield}
<div><b>${bank}</b><small>3-D Secure</small></div>${more}</div>`;

/** A whole document. `bank` is empty where no card tells its bank yet. */
export function document(
  { lang, nonce }: Frame,
  page: Readonly<{
    title: string;
    bank: string;
    body: Html;
    /** Stands below the sheet, and with it inside of the form where there is one. */
    after?: Html;
    /** The opening tag of a form around sheet and `after`, with its hidden fields. */
    form?: Html;
    /** Whether loading it again in the other language does no harm. */
    isLoadable?: boolean;
    script?: Html;
  }>,
): string {
  const told = words[lang];
  const script = page.script && html`<script nonce="${nonce}">${page.script}</script>`;
  const more = page.isLoadable ? otherLanguage(lang) : undefined;
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>${page.title} · SIMULATOR</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header class="banner"><strong>SIMULATOR / DENEME BANKASI</strong>
<span>${told.bannerMore}</span></header>
<main>
${page.form}
<div class="sheet">${head(page.bank || told.bank, more)}<div class="inner">${page.body}</div></div>
${page.after}
${page.form && html`</form>`}
</main>
${script}
</body>
</html>
`.text;
}

/** A page that says in one sentence why there is no other. */
export function problemPage(frame: Frame, why: PageProblem): string {
  const title = words[frame.lang].problem;
  const sentence = deadEndWords[frame.lang][why];
  const body = html`<h1>${title}</h1><p class="alert" role="alert">${sentence}</p>`;
  return document(frame, { title, bank: "", body });
}

/** What a page of the bank may do: its own style and script, and forms to any merchant. */
export const pageHeaders = (nonce: string): Readonly<Record<string, string>> => ({
  "content-security-policy":
    `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
    "form-action 'self' http: https:; frame-src http: https:; base-uri 'none'",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});
