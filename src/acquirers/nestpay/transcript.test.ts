import { expect, test } from "vitest";
import { Secret } from "../../lib/secret.ts";
import type { Pos } from "../index.ts";
import { chargeXml, formBody } from "./request.ts";
import { masked } from "./transcript.ts";

const password = "Pa&s wörd<1>";
const storeKey = "KEY|9\\x";
const pan = "4355084355084358";
const pos: Pos = {
  id: "pos_1",
  dialect: "nestpay",
  baseUrl: "https://bank.example",
  clientId: "990000001",
  user: "SIMAPI",
  password: new Secret(password),
  storeKey: new Secret(storeKey),
};
const xml = chargeXml(pos, {
  operation: "sale",
  orderId: "01JD0M3V7K9P2X5R8T4W",
  amount: { minor: 15075n, currency: "TRY" },
  instalments: 1,
  clientIp: "203.0.113.9",
  card: {
    pan: new Secret(pan),
    expiryMonth: 12,
    expiryYear: 2030,
    cvv: new Secret("713"),
    holder: "Ada",
  },
});

const expectClean = (text: string) => {
  expect(text).not.toContain(pan);
  expect(text).not.toContain("713");
  expect(text).not.toContain("wörd");
  expect(text).not.toContain("rd&#60;1");
  expect(text).not.toContain("rd%3C1");
  expect(text).not.toContain(storeKey);
};

test("a request keeps six and four digits of its card and nothing of its secrets", () => {
  const text = masked(xml, pos, pan);
  expectClean(text);
  expect(text).toContain("<Number>435508******4358</Number>");
  expect(text).toContain("<Cvv2Val>[hidden]</Cvv2Val>");
  expect(text).toContain("<Password>[hidden]</Password><ClientId>990000001</ClientId>");
  expect(text).toContain("<OrderId>01JD0M3V7K9P2X5R8T4W</OrderId>");
});

test.each([
  ["as a document", xml],
  ["as the form it came in", formBody(xml)],
  ["as escaped text in a page", xml.replaceAll("<", "&lt;").replaceAll(">", "&gt;")],
  ["as its words", `Password=${password} cv2=713 key ${storeKey} card ${pan}`],
])("a reply that quotes the request %s is masked as well", (_, quoted) => {
  expectClean(masked(`<html><pre>${quoted}</pre></html>`, pos));
});

test("references and amounts stay readable", () => {
  const reply = "<HostRefNum>632510100001</HostRefNum><TransId>26325KPaJ10001</TransId>";
  expect(masked(reply, pos, pan)).toBe(reply);
});
