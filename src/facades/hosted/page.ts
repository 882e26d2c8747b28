import { randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { holdsCardNumber } from "../../lib/card-number.ts";
import { type Html, html } from "../../lib/html.ts";
import { type Locale, localeOf } from "../../lib/messages/index.ts";
import { texts } from "./texts.ts";

const NONCE_BYTES = 16;

/** What one page may do, in which language it speaks, and where it is asked for in another. */
export type Sheet = Readonly<{
  locale: Locale;
  /** Marks the scripts of this answer; no other script runs. */
  nonce: string;
  /** The page's own address in the other language; of a page that was posted to, there is none. */
  elsewhere: string | undefined;
}>;

const isLocale = (text: unknown): text is Locale => text === "tr" || text === "en";
const otherThan = (locale: Locale): Locale => (locale === "tr" ? "en" : "tr");

/** Names by which a page is found again; whatever else stood in its address is not repeated. */
const pageNames: ReadonlySet<string> = new Set(["session_id", "token_id", "visit"]);

function queryIn(locale: Locale, asked: URLSearchParams): string {
  const own = [...asked].filter(([name, text]) => pageNames.has(name) && !holdsCardNumber(text));
  return `?${new URLSearchParams([...own, ["lang", locale]])}`;
}

/** The payer's language: asked for in the address, else the browser's. */
export function sheetFor(request: FastifyRequest): Sheet {
  const query = new URL(request.url, "http://page").searchParams;
  const asked = query.get("lang");
  const locale = isLocale(asked) ? asked : localeOf(request.headers["accept-language"]);
  return {
    locale,
    nonce: randomBytes(NONCE_BYTES).toString("base64"),
    elsewhere: request.method === "GET" ? queryIn(otherThan(locale), query) : undefined,
  };
}

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
