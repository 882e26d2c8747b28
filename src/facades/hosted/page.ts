import { randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { holdsCardNumber } from "../../lib/card-number.ts";
import { type Html, html } from "../../lib/html.ts";
import { type Locale, localeOf } from "../../lib/messages/index.ts";
import { formOf, queryOf } from "./form-body.ts";
import { texts } from "./texts.ts";

const NONCE_BYTES = 16;

/** What one page may do, in which language it speaks, and where it is asked for in another. */
export type Sheet = Readonly<{
  locale: Locale;
  /** Marks the scripts of this answer; no other script runs. */
  nonce: string;
  /**
   * The page's own address in the other language, also of one that answers a form: asked for, it
   * shows the same again. None where a page is given out once.
   */
  elsewhere: string | undefined;
}>;

const isLocale = (text: unknown): text is Locale => text === "tr" || text === "en";
const otherThan = (locale: Locale): Locale => (locale === "tr" ? "en" : "tr");

/** Under which the address of a page says what was wrong, for its words in either language. */
export const WHY = "why";
/**
 * Names by which a page is found again as it is, with the stored card that was chosen; whatever
 * else stood in its address or was posted to it, a card first of all, is not repeated.
 */
const pageNames: ReadonlySet<string> = new Set(["session_id", "token_id", "visit", "card", WHY]);
/** Longer than any name that we give. */
const NAME_MAX = 300;

const isOwn = ([name, text]: [string, string]): boolean =>
  pageNames.has(name) && text.length <= NAME_MAX && !holdsCardNumber(text);

function queryIn(locale: Locale, asked: Readonly<Record<string, string>>): string {
  const own = Object.entries(asked).filter(isOwn);
  return `?${new URLSearchParams([...own, ["lang", locale]])}`;
}

/** The payer's language: asked for by the address, else the browser's. */
export function sheetFor(request: FastifyRequest): Sheet {
  const query = queryOf(request);
  const { lang } = (request.params ?? {}) as Readonly<{ lang?: unknown }>;
  const asked = isLocale(lang) ? lang : query["lang"];
  const locale = isLocale(asked) ? asked : localeOf(request.headers["accept-language"]);
  const other = otherThan(locale);
  return {
    locale,
    nonce: randomBytes(NONCE_BYTES).toString("base64"),
    // A language that ends the path is a file beside its sibling.
    elsewhere: isLocale(lang) ? other : queryIn(other, { ...query, ...formOf(request) }),
  };
}

/** The same, so that its other language says as well what was wrong. */
export function sayingWhy(sheet: Sheet, why: string): Sheet {
  const { elsewhere } = sheet;
  if (elsewhere === undefined) return sheet;
  const mark = elsewhere.includes("?") ? "&" : "?";
  return { ...sheet, elsewhere: `${elsewhere}${mark}${new URLSearchParams({ [WHY]: why })}` };
}
/** That a card was entered before the page said what it says. */
export const TRIED = "tried";

type Framing = "anywhere" | "nowhere";
type Headers = Record<string, string>;

/**
 * Nothing but our own styles and the scripts that this answer marks; forms may go to any shop and
 * bank. A page with a card is never kept by the browser, and its address is told to nobody.
 */
function headersOf(nonce: string, { framing = "nowhere", imageOrigin }: PageParts): Headers {
  const ancestors = framing === "anywhere" ? "*" : "'none'";
  const images = imageOrigin ? ` ${imageOrigin}` : "";
  return {
    "content-security-policy":
      `default-src 'none'; style-src 'self'; img-src 'self'${images}; ` +
      `script-src 'nonce-${nonce}'; ` +
      "connect-src 'self'; form-action 'self' http: https:; base-uri 'none'; " +
      `frame-ancestors ${ancestors}`,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    ...(framing === "nowhere" && { "x-frame-options": "DENY" }),
  };
}

/** One of our scripts, with what its tag tells it. */
export type PageScript = Readonly<{ file: string; data?: Readonly<Record<string, string>> }>;
export type PageParts = Readonly<{
  title: string;
  body: Html;
  scripts?: readonly PageScript[] | undefined;
  /** Data for the scripts. */
  data?: Html | undefined;
  /** Whether it is a page in a shop's overlay. */
  isFrame?: boolean | undefined;
  framing?: Framing | undefined;
  /** Of a firm's own picture: the one origin beside ours that is asked for one. */
  imageOrigin?: string | undefined;
  status?: number | undefined;
}>;

const scriptTag = ({ nonce }: Sheet, { file, data = {} }: PageScript) => {
  const attributes = Object.entries(data).map(([name, value]) => html` data-${name}="${value}"`);
  return html`<script src="/public/hosted/${file}" nonce="${nonce}" defer${attributes}></script>`;
};

function footer({ locale, elsewhere }: Sheet): Html {
  const other = otherThan(locale);
  const name = other === "tr" ? "Türkçe" : "English";
  const link =
    elsewhere && html`<a href="${elsewhere}" hreflang="${other}" lang="${other}">${name}</a>`;
  const words = texts[locale].footer;
  return html`<footer class="footer"><span>${words}</span><nav>${link}</nav></footer>`;
}

/** Sends a whole page. */
export function sendPage(reply: FastifyReply, sheet: Sheet, page: PageParts) {
  const { text } = html`<!doctype html>
<html lang="${sheet.locale}"${page.isFrame && html` class="frame"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${page.title}</title>
<link rel="stylesheet" href="/public/hosted/checkout.css">
${page.data}
${(page.scripts ?? []).map((script) => scriptTag(sheet, script))}
</head>
<body>
${page.body}
${footer(sheet)}
</body>
</html>`;
  return reply
    .status(page.status ?? 200)
    .headers(headersOf(sheet.nonce, page))
    .type("text/html; charset=utf-8")
    .send(text);
}
