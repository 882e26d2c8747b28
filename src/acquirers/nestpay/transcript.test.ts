import { expect, test } from "vitest";
import { Secret } from "../../lib/secret.ts";
import type { Means, Pos } from "../index.ts";
import { sealProof } from "./proof.ts";
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
  acceptsHalfSecure: false,
};
const byCard: Means = {
  card: {
    pan: new Secret(pan),
    expiryMonth: 12,
    expiryYear: 2030,
    cvv: new Secret("713"),
    holder: "Ada",
  },
};
const md = "435508:51104213993AC8DFE8839C7F:3545:##990000001";
const cavv = "ABABBCgghAAAAABllJMDdZdTdic=";
const byProof: Means = { proof: sealProof({ md, xid: "N1An1iS5iN4u/1VWS6C=", eci: "05", cavv }) };
const charge = {
  operation: "sale",
  orderId: "01JD0M3V7K9P2X5R8T4W",
  amount: { minor: 15075n, currency: "TRY" },
  instalments: 1,
  clientIp: "203.0.113.9",
} as const;
const xml = chargeXml(pos, { ...charge, means: byCard });
const provenXml = chargeXml(pos, { ...charge, means: byProof });

const expectClean = (text: string) => {
  expect(text).not.toContain(pan);
  expect(text).not.toContain("713");
  expect(text).not.toContain("wörd");
  expect(text).not.toContain("rd&#60;1");
  expect(text).not.toContain("rd%3C1");
  expect(text).not.toContain(storeKey);
};

test("a request keeps six and four digits of its card and nothing of its secrets", () => {
  const text = masked(xml, pos, byCard);
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

const inPage = (text: string) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const lowered = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

test.each([
  ["as a document", provenXml],
  ["as the form it came in", formBody(provenXml)],
  ["as a form in small letters", lowered(formBody(provenXml))],
  ["as escaped text in a page", inPage(provenXml)],
  ["as its words", `md=${md}&cavv=${cavv} Number=${md}, about ${md} and ${cavv}`],
  ["as its words in a form", `x=${encodeURIComponent(`md ${md} cavv ${cavv}`)}`],
])("a 3-D proof leaves nothing of itself where it is quoted %s", (_, quoted) => {
  const text = masked(quoted, pos, byProof);
  for (const part of [
    "435508",
    "51104213993AC8DFE8839C7F",
    "ABABBCgghAAAAABllJMDdZdTdic",
    "3545",
  ]) {
    expect(text).not.toContain(part);
  }
  expect(text).toContain("[hidden]");
});

test("a charge by proof stays readable in what stands for nobody", () => {
  const text = masked(provenXml, pos, byProof);
  expect(text).toContain("<Number>[hidden]</Number><PayerTxnId>N1An1iS5iN4u/1VWS6C=</PayerTxnId>");
  expect(text).toContain("<PayerSecurityLevel>05</PayerSecurityLevel>");
  expect(text).toContain("<PayerAuthenticationCode>[hidden]</PayerAuthenticationCode>");
});

test("a proof too short to be searched for is hidden by the names of its elements", () => {
  const proof = sealProof({ md: "m1", xid: "x1", eci: "05", cavv: "c1" });
  const short = chargeXml(pos, { ...charge, means: { proof } });
  const text = masked(short + formBody(short), pos, { proof });
  expect(text).not.toMatch(/m1|c1/);
});

test("references and amounts stay readable", () => {
  const reply = "<HostRefNum>632510100001</HostRefNum><TransId>26325KPaJ10001</TransId>";
  expect(masked(reply, pos, byCard)).toBe(reply);
});
