import type { AgentId, PaymentId, PosId } from "../../src/lib/id.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { Agent, Merchant, MerchantPos, Route } from "../../src/merchants/merchant.rules.ts";
import type { Done } from "../../src/payments/payment.rules.ts";
import { type ChargeAsk, planCharge, planPayment } from "../../src/payments/plan.rules.ts";
import { readCard } from "../../src/vault/card.rules.ts";

/** Things for tests of rules, which need no database. Noon in Istanbul. */
export const NOON = new Date("2026-03-04T12:00:00+03:00");

const pos: MerchantPos = {
  id: "pos_1" as PosId,
  dialect: "nestpay",
  bankId: "AXSS",
  bankName: "Axess",
  baseUrl: "https://bank.example",
  clientId: "1",
  user: "api",
  password: new Secret("password"),
  storeKey: new Secret("key"),
  isDefault: true,
  isOpen: true,
  acceptsHalfSecure: false,
  threeDModel: "3d",
};

export const sampleMerchant: Merchant = {
  id: "mer_1",
  companyCode: "10001",
  name: "Örnek",
  mode: "sandbox",
  isBlocked: false,
  clockOffsetMs: 0,
  maySellWithout3d: true,
  needsCardCode: false,
  mayCallInside: true,
  drawGapMinutes: 120,
  commissionTaxPpm: 200_000n,
  companySharePpm: 1_000_000n,
  pos: [pos],
  rates: new Map(),
};
export const sampleRoute: Route = { pos, ratePpm: 20_000n };
export const sampleAgent: Agent = {
  id: "agt_1" as AgentId,
  code: "20001",
  name: "Bayi",
  isBlocked: false,
};

const card = readCard(
  { pan: new Secret("4355084355084358"), month: 12, year: 2030, holder: "Deniz Ak" },
  NOON,
  true,
);

export const chargeAsk = (more: Partial<ChargeAsk> = {}): ChargeAsk => ({
  kind: "sale",
  amountMinor: 10_000n,
  currency: "TRY",
  addCommission: false,
  instalments: 0,
  card,
  reference: "ORD-1",
  details: {},
  clientIp: "203.0.113.9",
  ...more,
});

/** An ask, planned and opened. */
export function chargeOf(
  merchant: Merchant,
  route: Route,
  ask: ChargeAsk,
  { id, xact, now }: Readonly<{ id: PaymentId; xact: bigint; now: Date }>,
): Done {
  const payment = planPayment(merchant, route, ask, { id, now });
  return planCharge(payment, ask.kind, { xact, now, receipt: ask.receipt });
}

const id: PaymentId = `pay_${"0".repeat(19)}1`;

/** A charge of 100.00 that the bank has not answered. */
export const openCharge = (more: Partial<ChargeAsk> = {}, now = NOON): Done =>
  chargeOf(sampleMerchant, sampleRoute, chargeAsk(more), { id, xact: 1n, now });
