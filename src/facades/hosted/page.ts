import { randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Html, html } from "../../lib/html.ts";
import { type Locale, localeOf } from "../../lib/messages/index.ts";

const NONCE_BYTES = 16;

/** What one page may do and in which language it speaks. */
export type Sheet = Readonly<{
  locale: Locale;
  /** Marks the scripts of this answer; no other script runs. */
  nonce: string;
}>;

/** The payer's language: asked for in the address, else the browser's. */
export function localeFor(request: FastifyRequest): Locale {
  const asked = (request.query as Readonly<Record<string, unknown>>)["lang"];
  if (asked === "en" || asked === "tr") return asked;
  return localeOf(request.headers["accept-language"]);
}

export const sheetFor = (request: FastifyRequest): Sheet => ({
  locale: localeFor(request),
  nonce: randomBytes(NONCE_BYTES).toString("base64"),
});

type Framing = "anywhere" | "nowhere";

/**
 * Nothing but our own styles and the scripts that this answer marks; forms may go to any shop and
 * bank. A page with a card is never kept by the browser, and its address is told to nobody.
 */
function headersOf(nonce: string, framing: Framing): Record<string, string> {
  const ancestors = framing === "anywhere" ? "*" : "'none'";
  return {
    "content-security-policy":
      `default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'nonce-${nonce}'; ` +
      "connect-src 'self'; frame-src http: https:; form-action http: https:; base-uri 'none'; " +
      `frame-ancestors ${ancestors}`,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    ...(framing === "nowhere" && { "x-frame-options": "DENY" }),
  };
}

export type PageParts = Readonly<{
  title: string;
  body: Html;
  /** Names of our own scripts, run when the page is there. */
  scripts?: readonly string[] | undefined;
  framing?: Framing | undefined;
  status?: number | undefined;
}>;

/** Sends a whole page. */
export function sendPage(reply: FastifyReply, sheet: Sheet, page: PageParts) {
  const scripts = (page.scripts ?? []).map(
    (name) => html`<script src="/public/hosted/${name}" nonce="${sheet.nonce}" defer></script>`,
  );
  const { text } = html`<!doctype html>
<html lang="${sheet.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<link rel="stylesheet" href="/public/hosted/checkout.css">
${scripts}
</head>
<body>
${page.body}
</body>
</html>`;
  return reply
    .status(page.status ?? 200)
    .headers(headersOf(sheet.nonce, page.framing ?? "nowhere"))
    .type("text/html; charset=utf-8")
    .send(text);
}
