import fc from "fast-check";
import { expect, test } from "vitest";
import { Refusal } from "../lib/refusal.ts";
import { checkEmail, checkPhone, checkRecipient } from "./recipient.rules.ts";

/** What a check makes of a text, or which problem it names. */
function read(check: (field: string, text: string) => string, text: string): string {
  try {
    return check("to", text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.details).toMatchObject({ field: "to" });
    return (error.details as { problem: string }).problem;
  }
}

test.each([
  ["ece@shop.example", "ece@shop.example"],
  [" ece@shop.example\n", "ece@shop.example"],
  ["Ece.Tan+kart@SHOP.Example", "Ece.Tan+kart@shop.example"],
  ["o'neil_{a}@a-b.c.example", "o'neil_{a}@a-b.c.example"],
  ["ece@öde.example", "ece@xn--de-eka.example"],
])("%j is the address %s", (text, email) => {
  expect(read(checkEmail, text)).toBe(email);
  expect(read(checkEmail, email)).toBe(email);
});

test.each([
  "",
  "ece",
  "@shop.example",
  "ece@",
  "ece@shop",
  "ece@localhost",
  "ece@10.0.0.1",
  "ece@[10.0.0.1]",
  "ece@-shop.example",
  "ece@shop..example",
  ".ece@shop.example",
  "ece..tan@shop.example",
  "ece tan@shop.example",
  "ece@shop.example,can@shop.example",
  "ece@shop.example;can@shop.example",
  "ece@shop.example can@shop.example",
  "ece@can@shop.example",
  "Ece <ece@shop.example>",
  '"a@b"@shop.example',
  "ece@shop.example\r\nBcc: can@shop.example",
  "ece\r\nBcc:can@shop.example",
  "ece@shop.example\u0000",
  "ece@sh\nop.example",
  "ece@shop.example%0aBcc:x",
  "eçe@shop.example",
  `${"a".repeat(65)}@shop.example`,
  `a@${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(63)}.${"e".repeat(63)}.example`,
])("%j is no e-mail address", (text) => expect(read(checkEmail, text)).toBe("not_an_email"));

const phone = fc.stringMatching(/^5[0-9]{9}$/);
const gap = fc.constantFrom("", " ", "-", ".", "  ");

test("a mobile number is the same however it is written", () => {
  const prefix = fc.constantFrom("", "0", "90", "+90", "0090", "+90 ", "(0", "0 (");
  fc.assert(
    fc.property(phone, prefix, gap, gap, (digits, before, first, second) => {
      const [area, middle, end] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
      const spaced = `${area}${first}${middle}${second}${end}`;
      expect(read(checkPhone, `${before}${spaced}`)).toBe(digits);
    }),
  );
});

test.each([
  "",
  "532111223",
  "53211122334",
  "4321112233",
  "2121112233",
  "+15321112233",
  "9005321112233",
  "+05321112233",
  "532111223a",
  "5321112233;5321112234",
  "5321112233\n",
  "٥٣٢١١١٢٢٣٣",
  `5321112233${" ".repeat(40)}`,
])("%j is no mobile number", (text) => expect(read(checkPhone, text)).toBe("not_a_phone"));

test("whatever is taken is one plain recipient, and is taken again as it is", () => {
  const anything = fc.oneof(fc.string(), fc.emailAddress(), phone, fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(anything, fc.constantFrom("email", "sms"), (text, channel) => {
      const taken = read((_field, each) => checkRecipientAs(channel, each), text);
      if (taken.startsWith("not_a")) return;
      expect(taken).toMatch(channel === "sms" ? /^5\d{9}$/ : /^[^\s<>,;:"()[\]\\@]+@[a-z0-9.-]+$/);
      expect(checkRecipientAs(channel, taken)).toBe(taken);
    }),
    { numRuns: 500 },
  );
});

function checkRecipientAs(channel: "email" | "sms", text: string): string {
  try {
    return checkRecipient(channel, text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return (error.details as { problem: string }).problem;
  }
}
