const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that stands in a page or in an attribute in double quotes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => escapes[sign]!);

/** Markup, as opposed to text: only `html` and `joined` make it. */
export type Markup = Readonly<{ markup: string }>;
type Part = Markup | string | number | undefined | readonly Markup[];

function inserted(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escapeHtml(part);
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}

/** A template whose texts are escaped where they are put in; `undefined` is nothing. */
export const html = (strings: TemplateStringsArray, ...parts: Part[]): Markup => ({
  markup: strings.reduce((all, text, i) => `${all}${inserted(parts[i - 1])}${text}`),
});

/** Text that is code or a style sheet of ours, and holds nothing of a request. */
export const ownCode = (text: string): Markup => ({ markup: text });

/** What a page of the bank may do: its own style and script, and forms to any merchant. */
export const pageHeaders = (nonce: string): Readonly<Record<string, string>> => ({
  "content-security-policy":
    `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
    "form-action 'self' http: https:; frame-src http: https:; base-uri 'none'",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});
