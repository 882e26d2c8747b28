import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Acquirer, ReturnOrder } from "../../src/acquirers/index.ts";
import { nestpay } from "../../src/acquirers/nestpay/index.ts";
import { createTransport, type Transport } from "../../src/acquirers/transport.ts";
import { Secret } from "../../src/lib/secret.ts";
import { type BankWorld, orderId, posAt } from "./bank-world.ts";
import { acquirerContract } from "./contract.ts";
import { posted, returnFields, signed } from "./nestpay-returns.ts";
import { type ScriptedBank, startScriptedBank } from "./scripted-bank.ts";

const folder = new URL("../../src/acquirers/nestpay/fixtures/replies/", import.meta.url);
const reply = (name: string) => readFileSync(new URL(`${name}.xml`, folder), "utf8");

const turkishByte = 0xdd; // İ in ISO-8859-9
const [before = "", after = ""] = reply("sale-approved").split("AKBANK T.A.S.");
/** Nine levels of ten: a thousand million letters, were they expanded. */
const levels = "bcdefghij"
  .split("")
  .map((name, i) => `<!ENTITY ${name} "${`&${"abcdefghij"[i]};`.repeat(10)}">`)
  .join("");
const bomb = `<!DOCTYPE CC5Response [<!ENTITY a "aaaaaaaaaa">${levels}]>`;

const world: BankWorld = {
  dialect: "nestpay",
  connect: nestpay,
  approved: {
    sale: reply("sale-approved"),
    hold: reply("hold-approved"),
    capture: reply("capture-approved"),
    void: reply("void-approved"),
    refund: reply("refund-approved"),
  },
  declined: [
    { reply: reply("declined-funds"), reason: "insufficient_funds" },
    { reply: reply("declined-cvv"), reason: "invalid_cvv" },
    { reply: reply("refused-card"), reason: "invalid_card" },
    { reply: reply("refused-instalments"), reason: "invalid_installment" },
  ],
  notExecuted: [
    { reply: reply("not-executed-credentials"), reason: "credentials" },
    { reply: reply("not-executed-merchant"), reason: "merchant_config" },
  ],
  doubtful: [
    "doubtful-system",
    "doubtful-reversing",
    "doubtful-switch",
    "doubtful-order-done",
    "doubtful-fake-approval",
    "doubtful-unknown-code",
  ].map(reply),
  wrongCharset: Buffer.concat([
    Buffer.from(before.replace(/<\?xml.*\?>/, "")),
    Buffer.from([turkishByte]),
    Buffer.from(after),
  ]),
  entityBomb: reply("sale-approved").replace("?>", `?>${bomb}`).replace("AKBANK T.A.S.", "&j;"),
  found: {
    sale: { done: reply("status-sale"), notFound: reply("not-found") },
    hold: { done: reply("status-hold"), notFound: reply("not-found") },
    capture: { done: reply("history-captured"), notFound: reply("history-held") },
    void: { done: reply("history-sale-voided"), notFound: reply("history-sale") },
    refund: {
      done: reply("history-refunded-once").replace(/\b5000\b/g, "15075"),
      notFound: reply("history-sale"),
    },
  },
  saleDeclined: reply("status-declined"),
  saleUndone: reply("status-voided"),
  saleOfAnotherAmount: reply("status-other-amount"),
  secure: {
    returned: (pos, order, status, charset) =>
      posted(signed(returnFields(pos, order, status), pos.storeKey.open()), charset),
    unsigned: (pos, order, status) => posted(returnFields(pos, order, status)),
    statuses: {
      full: ["1"],
      half: ["2", "3", "4"],
      refused: ["0", "5", "6", "7", "8", "9", "", "01", "1 ", " 1", "11", "12", "Y", "A", "true"],
    },
    secrets: ["51104213993AC8DFE8839C7F7E391B46", "ABABBCgghAAAAABllJMDdZdTdic"],
  },
};

acquirerContract("NestPay", () => world);

test("a POS without a store key offers no 3-D Secure, and nobody can sign for it", () => {
  const order: ReturnOrder = {
    model: "3d",
    operation: "sale",
    orderId,
    amount: { minor: 15075n, currency: "TRY" },
    instalments: 1,
    returnUrl: "https://pay.example/return",
  };
  const pos = { ...posAt("nestpay", "https://bank.example"), storeKey: new Secret("") };
  const keyless = nestpay(pos, createTransport());
  expect(keyless.abilities.has("3d")).toBe(false);
  expect(keyless.abilities.has("hold")).toBe(true);
  const forged = posted(signed(returnFields(pos, order, "1"), ""));
  expect(keyless.resume(order, forged)).toMatchObject({ kind: "unproven" });
});

describe("a NestPay void that hears there is nothing to void", () => {
  const order = {
    orderId,
    amount: { minor: 15075n, currency: "TRY" },
    original: { bankReference: "26325KPaJ10001", authorizationCode: "621911" },
  } as const;
  let bank: ScriptedBank;
  let transport: Transport;
  let acquirer: Acquirer;
  const say = (...names: string[]) => {
    for (const name of names) bank.plays.push({ kind: "reply", body: reply(name) });
  };
  beforeEach(async () => {
    bank = await startScriptedBank();
    transport = createTransport();
    acquirer = nestpay(
      {
        id: "pos_1",
        dialect: "nestpay",
        baseUrl: `${bank.url}/isbank/`,
        clientId: "990000001",
        user: "SIMAPI",
        password: new Secret("SIMPASS1"),
        storeKey: new Secret("SIMKEY01"),
        acceptsHalfSecure: false,
      },
      transport,
      { moneyMs: 10_000, inquiryMs: 10_000 },
    );
  });
  afterEach(async () => {
    await bank.close();
    await transport.close();
  });

  test("is approved when the bank shows the original voided: it was a repeat", async () => {
    say("void-nothing", "history-sale-voided");
    expect(await acquirer.void(order)).toEqual({ kind: "approved", ...order.original });
    expect(bank.requests).toHaveLength(2);
  });

  test("is declined when the original stands", async () => {
    say("void-nothing", "history-sale");
    const declined = { kind: "declined", reason: "original_not_found", bankCode: "CORE-2008" };
    expect(await acquirer.void(order)).toMatchObject(declined);
  });

  test("is declined when the bank knows no such order", async () => {
    say("void-nothing", "history-unknown");
    expect(await acquirer.void(order)).toMatchObject({ kind: "declined" });
  });

  test("is doubtful when the bank cannot be asked", async () => {
    say("void-nothing");
    expect(await acquirer.void(order)).toMatchObject({ kind: "doubtful" });
  });

  test("asks nothing more when the batch is closed", async () => {
    say("void-settled", "history-sale-voided");
    expect(await acquirer.void(order)).toMatchObject({ kind: "declined", reason: "batch_closed" });
    expect(bank.requests).toHaveLength(1);
  });

  test("every call goes to the path of the dialect under the base address", async () => {
    say("void-approved");
    await acquirer.void(order);
    expect(bank.heads[0]).toMatch(/^POST \/isbank\/fim\/api HTTP\/1\.1\r\n/);
    expect(bank.heads[0]).toMatch(/content-type: application\/x-www-form-urlencoded/);
  });
});
