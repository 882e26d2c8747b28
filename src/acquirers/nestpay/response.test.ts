import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readOutcome } from "./response.ts";

const folder = new URL("./fixtures/replies/", import.meta.url);
const reply = (name: string) => readFileSync(new URL(`${name}.xml`, folder), "utf8");
const orderId = "01JD0M3V7K9P2X5R8T4W";
const moving = readdirSync(folder)
  .map((file) => file.replace(".xml", ""))
  .filter((name) => !/^(status|history|not-found)/.test(name));

test.each([
  ["sale-approved", "26325KPaJ10001", "621911"],
  ["hold-approved", "26325KPaJ10002", "621912"],
  ["capture-approved", "26325KPaJ10003", "621912"],
  ["void-approved", "26325KPaJ10004", "621911"],
  ["refund-approved", "26325KPaJ10005", ""],
])("%s is an approval with the bank's references", (name, bankReference, authorizationCode) => {
  const approved = { kind: "approved", bankReference, authorizationCode };
  expect(readOutcome(reply(name), orderId)).toEqual(approved);
});

test.each([
  ["declined-funds", "insufficient_funds", "ISO8583-51"],
  ["declined-cvv", "invalid_cvv", "ISO8583-82"],
  ["declined-without-detail", "not_permitted_cardholder", "57"],
  ["refused-card", "invalid_card", "CORE-2012"],
  ["refused-instalments", "invalid_installment", "CORE-2204"],
  ["not-executed-credentials", "credentials", "CORE-2202"],
  ["not-executed-merchant", "merchant_config", "CORE-2126"],
  ["void-nothing", "original_not_found", "CORE-2008"],
  ["void-settled", "batch_closed", "CORE-2511"],
  ["refund-not-settled", "not_settled_yet", "CORE-2508"],
  ["refund-too-much", "amount_over_original", "CORE-2503"],
  ["refund-nothing-left", "already_refunded", "CORE-2504"],
])("%s is a plain no because of %s", (name, reason, bankCode) => {
  expect(readOutcome(reply(name), orderId)).toMatchObject({ kind: "declined", reason, bankCode });
});

test.each([
  ["doubtful-system", "CORE-2500"],
  ["doubtful-reversing", "92"],
  ["doubtful-fake-approval", "ISO8583-08"],
  ["doubtful-switch", "ISO8583-96"],
  ["doubtful-order-done", "CORE-2507"],
  ["doubtful-unknown-code", "CORE-2999"],
])("%s is neither yes nor no, and says %s", (name, code) => {
  const why = expect.stringContaining(code);
  expect(readOutcome(reply(name), orderId)).toEqual({ kind: "doubtful", why });
});

test("the bank's words come with their Turkish letters", () => {
  const outcome = readOutcome(reply("void-nothing"), orderId);
  const bankMessage = "İptal edilmeye uygun satış işlemi bulunamadı.";
  expect(outcome).toMatchObject({ bankMessage });
});

test("a card number that the bank quotes is masked in its words", () => {
  const text = reply("refused-card").replace(
    "Kredi karti",
    "4355084355084358, 4355 0843 5508 4358",
  );
  const outcome = readOutcome(text, orderId);
  expect(JSON.stringify(outcome)).toContain("435508******4358");
  expect(JSON.stringify(outcome)).not.toMatch(/4355084355084358|4355 0843 5508 4358/);
});

test.each(moving)("%s about another order is doubtful", (name) => {
  const other = reply(name).replaceAll(orderId, "01JD0M3V7K9P2X5R8T4X");
  const outcome = readOutcome(other, orderId);
  // A refusal made before the order was read names none.
  expect(outcome.kind).toBe(name === "not-executed-credentials" ? "declined" : "doubtful");
});

test("an approval that names no order is doubtful", () => {
  expect(readOutcome(reply("sale-approved").replaceAll(orderId, ""), orderId).kind).toBe(
    "doubtful",
  );
});

test.each(moving)("%s cut anywhere is doubtful", (name) => {
  const whole = reply(name).trim();
  for (let length = 0; length < whole.length; length += 1) {
    expect(readOutcome(whole.slice(0, length), orderId).kind).toBe("doubtful");
  }
});

test.each([
  ["", "empty"],
  [" \n", "empty"],
  ["<html><body>502 Bad Gateway</body></html>", "not a CC5Response"],
  ["<!DOCTYPE html><html></html>", "document type"],
  ["Request Rejected. Your support ID is 123", "not well-formed"],
  ["<CC5Response><OrderId>1</OrderId>", "not well-formed"],
  ["<constructor><OrderId>1</OrderId></constructor>", "not a CC5Response"],
  ["<CC5Response></CC5Response><CC5Response></CC5Response>", "not well-formed"],
])("%j is doubtful because it is %s", (text, why) => {
  const outcome = readOutcome(text, orderId);
  expect(outcome).toEqual({ kind: "doubtful", why: expect.stringContaining(why) });
});

test.each([
  ["a second Response", "<Response>Declined</Response>"],
  ["a second ProcReturnCode", "<ProcReturnCode>51</ProcReturnCode>"],
  ["a second OrderId", `<OrderId>${orderId}</OrderId>`],
])("an approval with %s is doubtful", (_, more) => {
  const text = reply("sale-approved").replace("</CC5Response>", `${more}</CC5Response>`);
  expect(readOutcome(text, orderId).kind).toBe("doubtful");
});

test.each([
  ["OrderId", "refused-card", "<OrderId></OrderId>", "</CC5Response>"],
  ["ERRORCODE", "declined-funds", "<ERRORCODE>CORE-2500</ERRORCODE>", "</Extra>"],
])("a refusal with a second %s is doubtful", (_, name, more, before) => {
  const text = reply(name).replace(before, `${more}${before}`);
  expect(readOutcome(text, orderId).kind).toBe("doubtful");
});

test.each([
  ["ProcReturnCode other than 00", /<ProcReturnCode>00/, "<ProcReturnCode>01"],
  ["ProcReturnCode 0", /<ProcReturnCode>00/, "<ProcReturnCode>0"],
  ["TransId missing", /<TransId>.*<\/TransId>/, ""],
  ["Response in other letters", /Approved/, "approved"],
])("an approval with %s is doubtful", (_, from, to) => {
  expect(readOutcome(reply("sale-approved").replace(from, to), orderId).kind).toBe("doubtful");
});

test("a document type is refused, so entities never expand", () => {
  const bomb = `<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>${reply("sale-approved")}`;
  expect(readOutcome(bomb, orderId)).toMatchObject({ kind: "doubtful" });
});

test("an entity that XML does not know stays as it is written", () => {
  const text = reply("declined-funds").replace("Limit yetersiz.", "&xxe; &amp;#65; &#x130; &#0;");
  const outcome = readOutcome(text, orderId);
  expect(outcome).toMatchObject({ kind: "declined", bankMessage: "&xxe; &#65; İ &#0;" });
});

test("no text makes the reader throw or say yes by accident", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(2000), (noise, at) => {
      const whole = reply("declined-funds");
      const spoiled = `${whole.slice(0, at)}${noise}${whole.slice(at)}`;
      expect(["declined", "doubtful"]).toContain(readOutcome(spoiled, orderId).kind);
    }),
  );
});
