import fc from "fast-check";
import { expect, test } from "vitest";
import { after } from "../lib/clock.ts";
import { CODE_LIFETIME_MS } from "./code.rules.ts";
import { cleanLine, cleanText, escaped, holdsCode, htmlOf, isLate } from "./message.rules.ts";

test("a subject is one line of bounded length, whatever was in it", () => {
  expect(cleanLine("Ödeme\r\nBcc: can@shop.example")).toBe("Ödeme Bcc: can@shop.example");
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 600 }), (text) => {
      const line = cleanLine(text);
      expect(line).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}/u);
      expect([...line].length).toBeLessThanOrEqual(200);
      expect(line.isWellFormed()).toBe(true);
      expect(cleanLine(line)).toBe(line);
    }),
  );
});

test("a long line ends in a dot of three, between two letters", () => {
  expect(cleanLine("😀".repeat(10), 5)).toBe("😀😀😀😀…");
});

test("a text keeps its lines and loses what no database and no phone can take", () => {
  expect(cleanText("bir\r\niki\rüç\u0000\u0007\tdört")).toBe("bir\niki\nüç   dört");
  expect(cleanText("\ud800").isWellFormed()).toBe(true);
});

test("paragraphs, lines and addresses are shown, and nothing else is", () => {
  const body = "Merhaba <b>\"Ece\"</b> & Can,\n\nhttps://a.example/po/1?a=1&b=2\nnot 'https://x'";
  const [, inside] = /<body>\n(.*)\n<\/body>/s.exec(htmlOf(body)) ?? [];
  expect(inside).toBe(
    "<p>Merhaba &lt;b&gt;&quot;Ece&quot;&lt;/b&gt; &amp; Can,</p>\n" +
      '<p><a href="https://a.example/po/1?a=1&amp;b=2">https://a.example/po/1?a=1&amp;b=2</a>' +
      "<br>\nnot &#39;https://x&#39;</p>",
  );
});

test("no text makes a tag or an attribute of its own", () => {
  const parts = [
    "<script>",
    '"',
    "'",
    "&",
    "\n\n",
    "\n",
    "https://a.example/",
    "javascript:x",
    "x",
  ];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...parts), fc.string()))
    .map((all) => all.join(""));
  fc.assert(
    fc.property(text, (body) => {
      const bare = htmlOf(body)
        .replaceAll(/<a href="https?:\/\/[^"<>\s']+">/g, "")
        .replaceAll(/<\/?(?:p|br|a|html|body)>|<!doctype html>/g, "");
      expect(bare).not.toMatch(/[<>"']/);
    }),
  );
});

test("escaping can be taken back", () => {
  const back = (text: string) =>
    text
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&amp;", "&");
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(back(escaped(text))).toBe(text);
    }),
  );
});

test("codes are forgotten and come too late, other messages are not and do not", () => {
  const createdAt = new Date("2026-03-04T09:00:00Z");
  const message = (
    purpose: "link" | "receipt" | "card_code" | "receipt_code" | "subscription_code",
  ) => ({
    id: `msg_${"0".repeat(20)}` as const,
    ...{ purpose, channel: "sms" as const, recipient: "5321112233", subject: "", body: "x" },
    ...{ status: "waiting" as const, tries: 1, problem: null, createdAt, endedAt: null },
  });
  const at = (ms: number) => after(createdAt, ms);
  for (const purpose of ["card_code", "receipt_code", "subscription_code"] as const) {
    expect(holdsCode(purpose)).toBe(true);
    expect(isLate(message(purpose), at(CODE_LIFETIME_MS - 1))).toBe(false);
    expect(isLate(message(purpose), at(CODE_LIFETIME_MS))).toBe(true);
  }
  for (const purpose of ["link", "receipt"] as const) {
    expect(holdsCode(purpose)).toBe(false);
    expect(isLate(message(purpose), at(100 * CODE_LIFETIME_MS))).toBe(false);
  }
});
