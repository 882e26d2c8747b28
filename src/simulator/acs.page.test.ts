import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escaped, html } from "../lib/html.ts";
import { amountText, type Challenge, challengePage } from "./acs.page.ts";
import { deadEndWords, type PageProblem } from "./acs.words.rules.ts";
import { pageHeaders, problemPage } from "./page.rules.ts";
import { noReturnPage, returnPage } from "./return.page.ts";
import { type Post, quirks } from "./return.rules.ts";

const frame = { lang: "tr", nonce: "bm9uY2U=" } as const;
const hostile = `"><script>alert('x')</script>&amp;`;
const challenge: Challenge = {
  ...{ sid: "ab", bank: "AKBANK T.A.Ş.", merchantNo: "990000001", orderNo: "A-1" },
  ...{ amountKurus: 123_450, currency: "TRY", instalments: 3, last4: "4358", model: "3d_pay" },
  ...{ tries: 0, code: "147852", own: "1", expiresAt: "12:05:00", leftMs: 300_000 },
};
const post: Post = {
  ...{ action: "https://shop.example/ok?a=1&b=2", method: "POST", charset: "utf-8" },
  fields: [["mdStatus", "1"]],
};
const plain = (text: string) =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

describe("text in a page", () => {
  test("comes out as it went in, and opens no tag and ends no attribute", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escaped(text)).not.toMatch(/[<>"']/);
        expect(plain(escaped(text))).toBe(text);
      }),
    );
  });
  test("is escaped by the template, and markup is not", () => {
    const inner = html`<b>${hostile}</b>`;
    const all = html`<p title="${hostile}">${inner}${[inner, inner]}${7}${undefined}</p>`.text;
    expect(all.match(/<[^/][^>]*>/g)).toHaveLength(4);
    expect(all).toContain("7</p>");
  });
});

describe("a page with hostile text", () => {
  const scripts = (page: string) => page.match(/<script[^>]*>/g);
  test("that asks for the code runs its own script alone", () => {
    const told = { orderNo: hostile, bank: hostile, merchantNo: hostile, last4: hostile };
    const page = challengePage(frame, { ...challenge, ...told, code: hostile });
    expect(scripts(page)).toEqual([`<script nonce="${frame.nonce}">`]);
    expect(plain(page)).toContain(hostile);
  });
  test("that returns keeps every field whole", () => {
    const fields = [[hostile, hostile] as const, ["submit", "1"] as const];
    const page = returnPage(frame, hostile, { posts: [{ ...post, fields }], delayMs: 0 });
    expect(scripts(page)).toEqual([`<script nonce="${frame.nonce}">`]);
    const quoted = escaped(hostile);
    expect(page).toContain(`<input type="hidden" name="${quoted}" value="${quoted}">`);
  });
});

describe("the page that asks for the code", () => {
  test.each([
    ["tr", "1.234,50 TL", "Deneme kodu:"],
    ["en", "1,234.50 TRY", "Test code:"],
  ] as const)("says in %s what is paid and what to type", (lang, amount, hint) => {
    const page = challengePage({ ...frame, lang }, challenge);
    for (const text of [amount, hint, "147852", "**** 4358", "A-1", "12:05:00"]) {
      expect(page).toContain(text);
    }
    expect(page).toContain("SIMULATOR / DENEME BANKASI");
    expect(page).toContain(`<html lang="${lang}">`);
  });
  test("has a label for each of its controls, and each quirk among them", () => {
    const page = challengePage(frame, challenge);
    const ids = [...page.matchAll(/<(?:input|select)[^>]*\bid="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(3 + quirks.length);
    for (const id of ids) expect(page).toContain(`for="${id}"`);
    for (const quirk of quirks) expect(page).toContain(`value="${quirk}"`);
  });
  test("asks for the issuer's code only where the bank provisions", () => {
    expect(challengePage(frame, challenge)).toContain('name="issuerCode"');
    const other = challengePage(frame, { ...challenge, model: "3d" });
    expect(other).not.toContain('name="issuerCode"');
  });
  test("alerts after a wrong code, and counts nothing down while the clock stands", () => {
    expect(challengePage(frame, challenge)).not.toContain('role="alert"');
    const wrong = challengePage(frame, { ...challenge, tries: 1, leftMs: undefined });
    expect(wrong).toContain('role="alert"');
    expect(wrong).toContain("2 deneme hakkınız kaldı");
    expect(wrong).not.toContain('role="timer"');
  });
});

test("amounts are grouped for their reader", () => {
  const of = (kurus: number) => amountText(kurus, "USD", "en");
  expect([5, 99_999, 100_000, 123_456_789_00].map(of)).toEqual([
    "0.05 USD",
    "999.99 USD",
    "1,000.00 USD",
    "123,456,789.00 USD",
  ]);
});

describe("the page that returns", () => {
  test("sends earlier posts into a frame that cannot leave it, and the last one itself", () => {
    const page = returnPage(frame, "B", { posts: [post, post], delayMs: 0 });
    expect(page.match(/<form [^>]*target="frame"/g)).toHaveLength(1);
    expect(page).toMatch(/<iframe [^>]*sandbox="allow-forms allow-scripts"/);
    expect(page.match(/<button[^>]*>Devam</g)).toHaveLength(1);
    expect(returnPage(frame, "B", { posts: [post], delayMs: 0 })).not.toContain("<iframe");
  });
  test("says that it is held back", () => {
    const page = returnPage({ ...frame, lang: "en" }, "B", { posts: [post], delayMs: 10_000 });
    expect(page).toContain("held back for 10 seconds");
  });
});

test("every end of a way has its page in both languages", () => {
  for (const lang of ["tr", "en"] as const) {
    for (const why of Object.keys(deadEndWords[lang]) as PageProblem[]) {
      expect(problemPage({ ...frame, lang }, why)).toContain(escaped(deadEndWords[lang][why]));
    }
    const pages = [true, false].map((isClosed) => noReturnPage({ ...frame, lang }, "B", isClosed));
    expect(pages[0]).not.toBe(pages[1]);
  }
});

test("a page may run its own code alone, post to merchants, and be framed", () => {
  const headers = pageHeaders("bm9uY2U=");
  const policy = headers["content-security-policy"];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'nonce-bm9uY2U='");
  expect(policy).toContain("form-action 'self' http: https:");
  expect(policy).not.toContain("unsafe");
  expect(policy).not.toContain("frame-ancestors");
  expect(headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
});
