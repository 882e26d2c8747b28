import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type {
  Acquirer,
  BankOperation,
  BankOriginal,
  ChargeOrder,
  Outcome,
  Pos,
} from "../../src/acquirers/index.ts";
import { createRegistry } from "../../src/acquirers/registry.ts";
import { createTransport, type Exchange, type Transport } from "../../src/acquirers/transport.ts";
import { type Clock, fakeClock } from "../../src/lib/clock.ts";
import { bareId, newId } from "../../src/lib/id.ts";
import type { Currency } from "../../src/lib/money.ts";
import { Secret } from "../../src/lib/secret.ts";
import { type Simulator, seededMerchants, startSimulator } from "../../src/simulator/index.ts";

const goodCard = "4355084355084358";
const isbank = seededMerchants.find(({ prefix }) => prefix === "/isbank")!;
const adminToken = "sesame";
const heard: Exchange[] = [];
let clock: Clock;
let folder: string;
let bank: Simulator;
let transport: Transport;
let acquirer: Acquirer;
let hurried: Acquirer;

const posWith = (more: Partial<Pos> = {}): Pos => ({
  id: "pos_1",
  dialect: "nestpay",
  baseUrl: `${bank.url}${isbank.prefix}`,
  clientId: isbank.clientId,
  user: isbank.user,
  password: new Secret(isbank.password),
  storeKey: new Secret(isbank.storeKey),
  ...more,
});

beforeAll(async () => {
  clock = fakeClock("2026-11-20T10:00:00Z");
  folder = await mkdtemp(join(tmpdir(), "vezne-bank-"));
  const bookFile = join(folder, "book.sqlite");
  bank = await startSimulator({ port: 0, bookFile, adminToken, seed: "connector", clock });
  transport = createTransport({ onExchange: (exchange) => heard.push(exchange) });
  acquirer = createRegistry(transport)(posWith());
  hurried = createRegistry(transport, { moneyMs: 300, inquiryMs: 300 })(posWith());
});
afterAll(async () => {
  await transport.close();
  await bank.close();
  await rm(folder, { recursive: true });
});

async function admin<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${bank.url}/_sim${path}`, {
    method,
    headers: { "x-sim-token": adminToken },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer: unknown = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer as Answer;
}
const endOfDay = () => admin("POST", "/eod", {});
const chargeOf = (pan: string, more: Partial<ChargeOrder> = {}): ChargeOrder => ({
  operation: "sale",
  orderId: bareId(newId("pay", clock())),
  amount: { minor: 15075n, currency: "TRY" },
  instalments: 1,
  clientIp: "203.0.113.9",
  card: {
    pan: new Secret(pan),
    expiryMonth: 12,
    expiryYear: 2030,
    cvv: new Secret("000"),
    holder: "Şule Çağlı",
  },
  ...more,
});
const of = (order: ChargeOrder, minor = order.amount.minor) => ({
  orderId: order.orderId,
  amount: { minor, currency: order.amount.currency },
});

function referencesOf(outcome: Outcome): BankOriginal {
  expect(outcome).toMatchObject({ kind: "approved", bankReference: expect.stringMatching(/./) });
  if (outcome.kind !== "approved") throw new Error("not approved");
  const { bankReference, authorizationCode } = outcome;
  return { bankReference, authorizationCode };
}
async function approvedCharge(more: Partial<ChargeOrder> = {}) {
  const order = chargeOf(goodCard, more);
  return { order, original: referencesOf(await acquirer.charge(order)) };
}
async function settledSale() {
  const sale = await approvedCharge();
  await endOfDay();
  return sale;
}
const ask = (operation: BankOperation, order: ChargeOrder, more: object = {}) =>
  acquirer.inquire({ ...of(order), operation, refundedBeforeMinor: 0n, ...more });

describe("what a bank does when all is well", () => {
  test.each<[Currency, number]>([
    ["TRY", 0],
    ["TRY", 1],
    ["TRY", 6],
    ["USD", 1],
    ["EUR", 1],
  ])(
    "a sale in %s with %i instalments is approved and found again",
    async (currency, instalments) => {
      const amount = { minor: 15075n, currency };
      const { order, original } = await approvedCharge({ amount, instalments });
      expect(await ask("sale", order)).toEqual({ kind: "approved", ...original });
      const other = { amount: { minor: 15076n, currency } };
      expect(await ask("sale", order, other)).toMatchObject({ kind: "unknown" });
    },
  );

  test.each([15075n, 10000n])(
    "a hold is captured with %i and the capture is found",
    async (minor) => {
      const { order, original } = await approvedCharge({ operation: "hold" });
      expect(await ask("hold", order)).toEqual({ kind: "approved", ...original });
      const question = { ...of(order, minor), original };
      expect(await ask("capture", order, question)).toEqual({ kind: "not_found" });
      const captured = referencesOf(await acquirer.capture(question));
      const { bankReference } = captured;
      const finding = await ask("capture", order, question);
      expect(finding).toMatchObject({ kind: "approved", bankReference });
    },
  );

  test.each(["sale", "hold"] as const)(
    "a %s is voided once, however often asked",
    async (operation) => {
      const { order, original } = await approvedCharge({ operation });
      expect(await ask("void", order, { original })).toEqual({ kind: "not_found" });
      expect((await acquirer.void({ ...of(order), original })).kind).toBe("approved");
      expect((await acquirer.void({ ...of(order), original })).kind).toBe("approved");
      expect((await ask("void", order, { original })).kind).toBe("approved");
      expect(await ask(operation, order)).toEqual({ kind: "undone" });
    },
  );

  test("a captured hold is voided by the reference of its capture", async () => {
    const { order, original } = await approvedCharge({ operation: "hold" });
    const captured = referencesOf(await acquirer.capture({ ...of(order), original }));
    expect((await acquirer.void({ ...of(order), original: captured })).kind).toBe("approved");
    expect((await ask("void", order, { original: captured })).kind).toBe("approved");
  });

  test("a sale is refunded in parts, each found by its sum, until nothing is left", async () => {
    const { order, original } = await settledSale();
    let refundedBeforeMinor = 0n;
    for (const minor of [5000n, 5000n, 5075n]) {
      const refund = { ...of(order, minor), original };
      const question = { ...refund, refundedBeforeMinor };
      expect(await ask("refund", order, question)).toEqual({ kind: "not_found" });
      const { bankReference } = referencesOf(await acquirer.refund(refund));
      const finding = await ask("refund", order, question);
      expect(finding).toMatchObject({ kind: "approved", bankReference });
      refundedBeforeMinor += minor;
    }
    const more = await acquirer.refund({ ...of(order, 1n), original });
    expect(more).toMatchObject({ kind: "declined" });
  });
});

describe("what a bank refuses", () => {
  test.each([
    ["5100050000006661", "insufficient_funds"],
    ["5100560000006669", "do_not_honour"],
    ["5101520000006662", "stolen_card"],
    ["5163080000006662", "expired_card"],
    ["5164580000006660", "invalid_cvv"],
  ])("the card %s is declined as %s, and the inquiry says the same", async (pan, reason) => {
    const order = chargeOf(pan);
    expect(await acquirer.charge(order)).toMatchObject({ kind: "declined", reason });
    expect(await ask("sale", order)).toMatchObject({ kind: "declined", reason });
  });

  test("a wrong password is declined and nothing is booked", async () => {
    const stranger = createRegistry(transport)(posWith({ password: new Secret("WRONG-ONE") }));
    const order = chargeOf(goodCard);
    const declined = { kind: "declined", reason: "credentials" };
    expect(await stranger.charge(order)).toMatchObject(declined);
    expect(await ask("sale", order)).toEqual({ kind: "not_found" });
    expect(
      (await stranger.inquire({ ...of(order), operation: "sale", refundedBeforeMinor: 0n })).kind,
    ).toBe("unknown");
  });

  test("a refund before the end of the day and a void after it are refused with their reason", async () => {
    const { order, original } = await approvedCharge();
    const followUp = { ...of(order), original };
    const early = { kind: "declined", reason: "not_settled_yet" };
    expect(await acquirer.refund(followUp)).toMatchObject(early);
    await endOfDay();
    const late = { kind: "declined", reason: "batch_closed" };
    expect(await acquirer.void(followUp)).toMatchObject(late);
    expect(
      await acquirer.refund({ ...followUp, amount: { minor: 15076n, currency: "TRY" } }),
    ).toMatchObject({
      kind: "declined",
      reason: "amount_over_original",
    });
  });

  test("a second sale with one order id is doubtful, and the inquiry finds the first", async () => {
    const { order, original } = await approvedCharge();
    expect(await acquirer.charge(order)).toMatchObject({ kind: "doubtful" });
    expect(await ask("sale", order)).toEqual({ kind: "approved", ...original });
  });

  test("an order that never was is not found by any question", async () => {
    const order = chargeOf(goodCard);
    const original = { bankReference: "26325KPaJ10001", authorizationCode: "" };
    for (const operation of ["sale", "hold", "capture", "void", "refund"] as const) {
      expect(await ask(operation, order, { original })).toEqual({ kind: "not_found" });
    }
  });
});

type Fault = { action: string; params?: object; executes: boolean; answer?: Outcome["kind"] };
const faults: Fault[] = [
  { action: "reset_before_commit", executes: false },
  { action: "reset_after_commit", executes: true },
  { action: "refuse", executes: false },
  { action: "half_reply", params: { end: "fin" }, executes: true },
  { action: "half_reply", params: { end: "rst" }, executes: true },
  { action: "delay", params: { ms: 600 }, executes: true },
  { action: "slow_drip", params: { ms: 20 }, executes: true },
  { action: "wrong_charset", executes: true, answer: "approved" },
  { action: "html_502", params: { commit: true }, executes: true },
  { action: "html_502", params: { commit: false }, executes: false },
  { action: "http_500", params: { commit: true }, executes: true },
  { action: "waf_reject", params: { commit: false }, executes: false },
  { action: "maintenance", params: { commit: false }, executes: false },
  { action: "empty_body", params: { commit: true }, executes: true },
  { action: "invalid_xml", params: { commit: true }, executes: true },
  { action: "system_error", params: { commit: true }, executes: true },
  { action: "system_error", params: { commit: false }, executes: false },
];

type Step = {
  op: string;
  prepare(): Promise<{ order: ChargeOrder; original?: BankOriginal }>;
  run(order: ChargeOrder, original: BankOriginal): Promise<Outcome>;
};
const none = { bankReference: "", authorizationCode: "" };
const steps: Record<BankOperation, Step> = {
  sale: {
    op: "sale",
    prepare: async () => ({ order: chargeOf(goodCard) }),
    run: (order) => hurried.charge(order),
  },
  hold: {
    op: "preauth",
    prepare: async () => ({ order: chargeOf(goodCard, { operation: "hold" }) }),
    run: (order) => hurried.charge(order),
  },
  capture: {
    op: "capture",
    prepare: () => approvedCharge({ operation: "hold" }),
    run: (order, original) => hurried.capture({ ...of(order), original }),
  },
  void: {
    op: "void",
    prepare: () => approvedCharge(),
    run: (order, original) => hurried.void({ ...of(order), original }),
  },
  refund: {
    op: "refund",
    prepare: settledSale,
    run: (order, original) => hurried.refund({ ...of(order), original }),
  },
};

describe.each(Object.keys(steps) as BankOperation[])("faults around a %s", (operation) => {
  const { op, prepare, run } = steps[operation];
  beforeEach(() => admin("DELETE", "/faults"));

  test.each(faults)(
    "$action $params: the outcome is in doubt and the inquiry ends it",
    async (fault) => {
      const { action, params = {}, executes, answer = "doubtful" } = fault;
      const { order, original = none } = await prepare();
      await admin("POST", "/faults", {
        match: { op, orderNo: order.orderId },
        action,
        params,
        times: 1,
      });
      expect((await run(order, original)).kind).toBe(answer);
      const finding = await ask(operation, order, { original });
      if (executes) expect(finding.kind).toBe("approved");
      else expect(["not_found", "declined"]).toContain(finding.kind);
    },
  );

  test("an approval that is not found for a while proves nothing, and is found later", async () => {
    const { order, original = none } = await prepare();
    const match = { op, orderNo: order.orderId };
    const action = operation === "sale" || operation === "hold" ? "not_found_for" : "stale_inquiry";
    await admin("POST", "/faults", { match, action, params: { seconds: 60 }, times: 1 });
    expect((await run(order, original)).kind).toBe("approved");
    expect(await ask(operation, order, { original })).toEqual({ kind: "not_found" });
    await admin("POST", "/clock", { advance: "PT2M" });
    expect((await ask(operation, order, { original })).kind).toBe("approved");
  });
});

test("an issuer's refusal that a rule orders is declined with its reason", async () => {
  await admin("DELETE", "/faults");
  const order = chargeOf(goodCard);
  const match = { orderNo: order.orderId };
  await admin("POST", "/faults", { match, action: "decline", params: { code: "54" }, times: 1 });
  const outcome = await acquirer.charge(order);
  expect(outcome).toMatchObject({
    kind: "declined",
    reason: "expired_card",
    bankCode: "ISO8583-54",
  });
});

test("two hundred sales at once are approved, each once, and the book is whole", async () => {
  const orders = Array.from({ length: 200 }, () => chargeOf(goodCard));
  const outcomes = await Promise.all(orders.map((order) => acquirer.charge(order)));
  expect(outcomes.every(({ kind }) => kind === "approved")).toBe(true);
  const references = outcomes.map((outcome) => referencesOf(outcome).bankReference);
  expect(new Set(references).size).toBe(200);
  expect(await admin("POST", "/check")).toMatchObject({ ok: true });
});

test("of all these calls no card number, password or key was kept", () => {
  expect(heard.length).toBeGreaterThan(400);
  const kept = heard.map(({ request, reply }) => request + reply).join("\n");
  for (const secret of [goodCard, isbank.password, isbank.storeKey, "<Cvv2Val>000"]) {
    expect(kept).not.toContain(secret);
  }
});
