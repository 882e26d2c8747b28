import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type {
  BankOperation,
  BankOriginal,
  BankQuestion,
  ChargeOrder,
  Outcome,
  Pos,
} from "../../src/acquirers/index.ts";
import { createRegistry } from "../../src/acquirers/registry.ts";
import { createTransport, type Exchange } from "../../src/acquirers/transport.ts";
import { fakeClock } from "../../src/lib/clock.ts";
import { bareId, newId } from "../../src/lib/id.ts";
import { Secret } from "../../src/lib/secret.ts";
import { seededMerchants, startSimulator } from "../../src/simulator/index.ts";

export const goodCard = "4355084355084358";
export const isbank = seededMerchants.find(({ prefix }) => prefix === "/isbank")!;
const adminToken = "sesame";
const HURRIED_MS = 300;

/** A follow-up's part of an order, with another amount where one is given. */
export const of = (order: ChargeOrder, minor = order.amount.minor) => ({
  orderId: order.orderId,
  amount: { minor, currency: order.amount.currency },
});

/** The references of an approval; anything else fails the test. */
export function referencesOf(outcome: Outcome): BankOriginal {
  expect(outcome).toMatchObject({ kind: "approved", bankReference: expect.stringMatching(/./) });
  if (outcome.kind !== "approved") throw new Error("not approved");
  const { bankReference, authorizationCode } = outcome;
  return { bankReference, authorizationCode };
}

const adminOf =
  (url: string) =>
  async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}/_sim${path}`, {
      method,
      headers: { "x-sim-token": adminToken },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer: unknown = await response.json();
    expect(response.status, JSON.stringify(answer)).toBe(200);
    return answer;
  };

const chargeWith = (pan: string, orderId: string): ChargeOrder => ({
  operation: "sale",
  orderId,
  amount: { minor: 15075n, currency: "TRY" },
  instalments: 1,
  clientIp: "203.0.113.9",
  means: {
    card: {
      pan: new Secret(pan),
      expiryMonth: 12,
      expiryYear: 2030,
      cvv: new Secret("000"),
      holder: "Şule Çağlı",
    },
  },
});

/** The offline bank with a book of its own, and the NestPay connector on a POS at it. */
export async function connectToBank() {
  const clock = fakeClock("2026-11-20T10:00:00Z");
  const folder = await mkdtemp(join(tmpdir(), "vezne-bank-"));
  const bookFile = join(folder, "book.sqlite");
  const bank = await startSimulator({ port: 0, bookFile, adminToken, seed: "connector", clock });
  const heard: Exchange[] = [];
  const transport = createTransport({ onExchange: (exchange) => heard.push(exchange) });
  const pos: Pos = {
    id: "pos_1",
    dialect: "nestpay",
    baseUrl: `${bank.url}${isbank.prefix}`,
    clientId: isbank.clientId,
    user: isbank.user,
    password: new Secret(isbank.password),
    storeKey: new Secret(isbank.storeKey),
    acceptsHalfSecure: false,
  };
  const acquirer = createRegistry(transport)(pos);
  const hurried = createRegistry(transport, { moneyMs: HURRIED_MS, inquiryMs: HURRIED_MS })(pos);
  const stranger = createRegistry(transport)({ ...pos, password: new Secret("WRONG-ONE") });
  const lenient = createRegistry(transport)({ ...pos, acceptsHalfSecure: true });
  const wronglyKeyed = createRegistry(transport)({ ...pos, storeKey: new Secret("WRONG-ONE") });

  const admin = adminOf(bank.url);
  const chargeOf = (pan: string, more: Partial<ChargeOrder> = {}): ChargeOrder => ({
    ...chargeWith(pan, bareId(newId("pay", clock()))),
    ...more,
  });
  const approvedCharge = async (more: Partial<ChargeOrder> = {}) => {
    const order = chargeOf(goodCard, more);
    return { order, original: referencesOf(await acquirer.charge(order)) };
  };
  const settledSale = async () => {
    const sale = await approvedCharge();
    await admin("POST", "/eod", {});
    return sale;
  };
  const ask = (operation: BankOperation, order: ChargeOrder, more: Partial<BankQuestion> = {}) =>
    acquirer.inquire({ ...of(order), operation, refundedBeforeMinor: 0n, ...more });
  const close = async () => {
    await transport.close();
    await bank.close();
    await rm(folder, { recursive: true });
  };
  const doors = { acquirer, hurried, stranger, lenient, wronglyKeyed, admin, heard };
  return { url: bank.url, ...doors, chargeOf, approvedCharge, settledSale, ask, close };
}
