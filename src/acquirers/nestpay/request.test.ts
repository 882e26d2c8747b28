import { readFileSync } from "node:fs";
import fc from "fast-check";
import { XMLValidator } from "fast-xml-parser";
import { expect, test } from "vitest";
import { MOST_MINOR, minorOfDecimal } from "../../lib/money.ts";
import { Secret } from "../../lib/secret.ts";
import type { BankCard, ChargeOrder, Pos } from "../index.ts";
import { sealProof } from "./proof.ts";
import {
  captureXml,
  chargeXml,
  formBody,
  inquiryXml,
  refundXml,
  voidXml,
  xmlText,
} from "./request.ts";

const pos: Pos = {
  id: "pos_1",
  dialect: "nestpay",
  baseUrl: "https://bank.example",
  clientId: "990000001",
  user: "SIMAPI",
  password: new Secret("[password]"),
  storeKey: new Secret("SIMKEY01"),
  acceptsHalfSecure: false,
};
const orderId = "01JD0M3V7K9P2X5R8T4W";
const original = { bankReference: "26325KPaJ10001", authorizationCode: "621911" };
const card: BankCard = {
  pan: new Secret("[pan]"),
  expiryMonth: 12,
  expiryYear: 2030,
  cvv: new Secret("[cvv]"),
  holder: "Ada Sezer",
};
const sale: ChargeOrder = {
  operation: "sale",
  orderId,
  amount: { minor: 15075n, currency: "TRY" },
  instalments: 1,
  clientIp: "203.0.113.9",
  means: { card },
};
const refund = { orderId, original, amount: { minor: 5000n, currency: "TRY" } } as const;
const instalments: ChargeOrder = {
  ...sale,
  instalments: 3,
  means: { card: { ...card, holder: "Şule Çağlı & <Oğlu>" } },
};
const full = { md: "[md]", xid: "[xid]", eci: "05", cavv: "[cavv]" };
const proven: ChargeOrder = { ...instalments, means: { proof: sealProof(full) } };
const halfProven: ChargeOrder = {
  ...proven,
  operation: "hold",
  means: { proof: sealProof({ ...full, eci: "", cavv: "" }) },
};
const hold: ChargeOrder = {
  ...sale,
  operation: "hold",
  instalments: 0,
  amount: { minor: 15075n, currency: "EUR" },
};

/** The placeholders of the fixtures stand for texts that hold no brackets. */
const withBrackets = (xml: string) => xml.replaceAll("&#91;", "[").replaceAll("&#93;", "]");

test.each([
  ["sale", chargeXml(pos, sale)],
  ["sale-instalments", chargeXml(pos, instalments)],
  ["hold", chargeXml(pos, hold)],
  ["sale-3d", chargeXml(pos, proven)],
  ["hold-3d-half", chargeXml(pos, halfProven)],
  ["capture", captureXml(pos, { ...sale, original })],
  ["void", voidXml(pos, { ...sale, original })],
  ["refund", refundXml(pos, refund)],
  ["status", inquiryXml(pos, sale, "ORDERSTATUS")],
  ["history", inquiryXml(pos, sale, "ORDERHISTORY")],
])("%s is written field for field as the gateway documents it", (name, xml) => {
  const expected = readFileSync(
    new URL(`./fixtures/requests/${name}.xml`, import.meta.url),
    "utf8",
  );
  expect(withBrackets(xml)).toBe(expected.trim());
});

test("a charge without a card code leaves its element out", () => {
  const { cvv: _, ...codeless } = card;
  expect(chargeXml(pos, { ...sale, means: { card: codeless } })).not.toContain("Cvv2Val");
});

test.each([
  "",
  "{",
  "[]",
  "null",
  '{"md":"a","xid":"b","eci":"05"}',
  JSON.stringify({ ...full, md: "" }),
])("a proof that is none of this dialect is not sent, and not quoted: %j", (text) => {
  const broken = () => chargeXml(pos, { ...sale, means: { proof: new Secret(text) } });
  expect(broken).toThrow(/^The proof is not one of this dialect$/);
});

test("the form body gives the document back to whoever decodes it", () => {
  const xml = chargeXml(pos, instalments);
  expect(new URLSearchParams(formBody(xml)).get("DATA")).toBe(xml);
});

test("whatever a holder's name holds, the document stays ASCII, well formed and one line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (holder) => {
      const xml = chargeXml(pos, { ...sale, means: { card: { ...card, holder } } });
      expect(xml).toMatch(/^[\x20-\x7e]+$/);
      expect(XMLValidator.validate(xml)).toBe(true);
      expect(xml.match(/<Total>/g)).toHaveLength(1);
    }),
  );
});

test("text without control characters survives its references", () => {
  const decode = (text: string) =>
    text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      fc.pre(!/\p{Cc}/u.test(text));
      expect(decode(xmlText(text))).toBe(text);
    }),
  );
});

test("the amount on the wire is the amount asked, to the last minor unit", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: MOST_MINOR }), (minor) => {
      const xml = refundXml(pos, { ...refund, amount: { minor, currency: "TRY" } });
      const total = /<Total>(\d+\.\d\d)<\/Total>/.exec(xml)?.[1] ?? "";
      expect(minorOfDecimal(total)).toBe(minor);
    }),
  );
});
