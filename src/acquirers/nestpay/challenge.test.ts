import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { minorOfDecimal } from "../../lib/money.ts";
import { Secret } from "../../lib/secret.ts";
import type { ChallengeOrder, Pos } from "../index.ts";
import { challengeForm } from "./challenge.ts";
import { ver3Hash } from "./hash.rules.ts";

const pos: Pos = {
  id: "pos_1",
  dialect: "nestpay",
  baseUrl: "https://bank.example",
  clientId: "990000001",
  user: "SIMAPI",
  password: new Secret("SIMPASS1"),
  storeKey: new Secret("SIMKEY01"),
  acceptsHalfSecure: false,
};
const order: ChallengeOrder = {
  model: "3d",
  operation: "sale",
  orderId: "01JD0M3V7K9P2X5R8T4W",
  amount: { minor: 15075n, currency: "TRY" },
  instalments: 3,
  card: {
    pan: new Secret("4355084355084358"),
    expiryMonth: 1,
    expiryYear: 2030,
    cvv: new Secret("713"),
    holder: "Şule Çağlı",
  },
  returnUrl: "https://pay.example/return/a|b\\c",
  locale: "tr",
  nonce: "5f1d3c",
};

test("the form has the fields of the model 3d, and its hash covers them all", () => {
  const { url, fields } = challengeForm(pos, order);
  expect(url).toBe("https://bank.example/fim/est3Dgate");
  const { hash, ...hashed } = fields;
  expect(hashed).toEqual({
    clientid: "990000001",
    storetype: "3d",
    amount: "150.75",
    oid: "01JD0M3V7K9P2X5R8T4W",
    okUrl: "https://pay.example/return/a|b\\c",
    failUrl: "https://pay.example/return/a|b\\c",
    rnd: "5f1d3c",
    lang: "tr",
    currency: "949",
    taksit: "3",
    TranType: "Auth",
    hashAlgorithm: "ver3",
    pan: "4355084355084358",
    Ecom_Payment_Card_ExpDate_Month: "01",
    Ecom_Payment_Card_ExpDate_Year: "30",
    cv2: "713",
  });
  const way = "https://pay.example/return/a\\|b\\\\c";
  const plaintext =
    `150.75|990000001|949|713|01|30|${way}|ver3|tr|01JD0M3V7K9P2X5R8T4W|${way}` +
    "|4355084355084358|5f1d3c|3d|3|Auth|SIMKEY01";
  expect(hash).toBe(createHash("sha512").update(plaintext, "utf8").digest("base64"));
});

type Vector = {
  id: string;
  inputs: Record<string, string>;
  secrets: { storeKey: string };
  expected: string;
};
const file = new URL("./fixtures/hash-vectors.json", import.meta.url);
const { vectors }: { vectors: Vector[] } = JSON.parse(readFileSync(file, "utf8"));
const forms = vectors.filter(({ inputs }) => inputs.storetype === "3d" && !inputs.BillToName);

test("there are recorded forms to compare with", () => expect(forms).toHaveLength(3));

test.each(forms)("$id is the form of its order", ({ inputs, secrets, expected }) => {
  const { fields } = challengeForm(
    { ...pos, clientId: inputs.clientid!, storeKey: new Secret(secrets.storeKey) },
    {
      model: "3d",
      operation: "sale",
      orderId: inputs.oid!,
      amount: { minor: minorOfDecimal(inputs.amount!)!, currency: "TRY" },
      instalments: Number(inputs.taksit),
      card: {
        pan: new Secret(inputs.pan ?? "5555444433332222"),
        expiryMonth: Number(inputs.Ecom_Payment_Card_ExpDate_Month ?? 1),
        expiryYear: 2000 + Number(inputs.Ecom_Payment_Card_ExpDate_Year ?? 30),
        cvv: new Secret(inputs.cv2 ?? "123"),
        holder: "",
      },
      returnUrl: inputs.okUrl!,
      locale: "tr",
      nonce: inputs.rnd!,
    },
  );
  // The recordings come back by two ways and ours by one, and some of them were made cardless.
  const { failUrl, ...others } = inputs;
  expect(fields).toMatchObject(others);
  const asRecorded = Object.fromEntries(Object.keys(inputs).map((name) => [name, fields[name]!]));
  expect(ver3Hash({ ...asRecorded, failUrl: failUrl! }, secrets.storeKey)).toBe(expected);
});

test.each<[string, Partial<ChallengeOrder>, Record<string, string>]>([
  ["a hold", { operation: "hold" }, { TranType: "PreAuth" }],
  ["one instalment", { instalments: 1 }, { taksit: "" }],
  ["no instalments", { instalments: 0 }, { taksit: "" }],
  ["twelve instalments", { instalments: 12 }, { taksit: "12" }],
  ["dollars", { amount: { minor: 5n, currency: "USD" } }, { currency: "840", amount: "0.05" }],
  ["English", { locale: "en" }, { lang: "en" }],
])("%s is written as the gateway wants it", (_, more, written) => {
  expect(challengeForm(pos, { ...order, ...more }).fields).toMatchObject(written);
});

test("the form by which the bank charges differs in its model alone", () => {
  const { fields } = challengeForm(pos, { ...order, model: "3d_pay" });
  const { hash, ...hashed } = fields;
  const { hash: _, ...others } = challengeForm(pos, order).fields;
  expect(hashed).toEqual({ ...others, storetype: "3d_pay" });
  expect(hash).toBe(ver3Hash(hashed, "SIMKEY01"));
});

describe("a security code that reads as a currency", () => {
  const cvvIn = (cvv: string, more: Partial<ChallengeOrder>) => {
    const card = { ...order.card, cvv: new Secret(cvv) };
    return challengeForm(pos, { ...order, card, ...more }).fields.cv2;
  };
  const dollars = { amount: { minor: 5n, currency: "USD" } } as const;
  test.each(["949", "978", "826"])("%s, is left out where the bank charges dollars", (cvv) => {
    expect(cvvIn(cvv, { ...dollars, model: "3d_pay" })).toBeUndefined();
    expect(cvvIn(cvv, { ...dollars, model: "3d" })).toBe(cvv);
  });
  test("is sent where it is the order's own, and so is every other code", () => {
    expect(cvvIn("840", { ...dollars, model: "3d_pay" })).toBe("840");
    expect(cvvIn("841", { ...dollars, model: "3d_pay" })).toBe("841");
  });
});

test("a card without its code has no field for it", () => {
  const { cvv: _, ...card } = order.card;
  expect(challengeForm(pos, { ...order, card }).fields).not.toHaveProperty("cv2");
});

test("long nonces fit the gateway's twenty characters and stay apart at either end", () => {
  const rndOf = (nonce: string) => challengeForm(pos, { ...order, nonce }).fields.rnd!;
  const common = "0123456789".repeat(4);
  const all = [`${common}a`, `${common}b`, `a${common}`, `b${common}`, "ş".repeat(21)].map(rndOf);
  expect(new Set(all).size).toBe(all.length);
  for (const rnd of all) expect(rnd).toMatch(/^[\w-]{20}$/);
  expect(rndOf("12345678901234567890")).toBe("12345678901234567890");
});

test("what is not ASCII is not sent: a mistake of ours, which names no value", () => {
  const foreign = { ...order, returnUrl: "https://ödeme.example/" };
  expect(() => challengeForm(pos, foreign)).toThrow(/^Broken promise: a challenge is written/);
});

test.each(["https://bank.example/isbank", "https://bank.example/isbank/"])(
  "the form for %s goes to its gate",
  (baseUrl) => {
    const { url } = challengeForm({ ...pos, baseUrl }, order);
    expect(url).toBe("https://bank.example/isbank/fim/est3Dgate");
  },
);
