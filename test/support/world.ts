import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { FindAcquirer } from "../../src/acquirers/index.ts";
import { createRegistry } from "../../src/acquirers/registry.ts";
import { createTransport, type Exchange, type Transport } from "../../src/acquirers/transport.ts";
import { type Db, openDb } from "../../src/db/pool.ts";
import { inTx } from "../../src/db/transaction.ts";
import { fakeClock } from "../../src/lib/clock.ts";
import { keyringOf } from "../../src/lib/seal.ts";
import { assetsFolder, buildAssets, loadAssets } from "../../src/main/assets.ts";
import { demoMerchant, newPairs, openMarketplace, openPayouts } from "../../src/main/demo.ts";
import { type Deps, wire } from "../../src/main/deps.ts";
import type { Demo } from "../../src/main/folder.ts";
import { logInto } from "../../src/main/log.ts";
import { createMetrics, watched } from "../../src/main/metrics.ts";
import { buildServer } from "../../src/main/server.ts";
import { type Report, verify } from "../../src/main/verify/index.ts";
import { type EnrollAsk, type Enrolled, enroll } from "../../src/merchants/index.ts";
import { inquireDue } from "../../src/payments/index.ts";
import { runPayouts } from "../../src/payouts/index.ts";
import type { FindProvider } from "../../src/payouts/provider.rules.ts";
import { createProviders } from "../../src/payouts/providers/registry.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import { freshDatabase, patient, type TestDatabase } from "./database.ts";
import { leaksOf } from "./leaks.ts";

const BANK_TOKEN = "token-of-the-test-bank";
export const SANDBOX_TOKEN = "token-of-the-test-sandbox";
/** A Wednesday noon in Istanbul, far from any midnight. */
const START = "2026-03-04T12:00:00+03:00";

export const goodCard = {
  card_holder: "Deniz Ak",
  pan: "4355084355084358",
  month: 12,
  year: 2030,
  cvc: "000",
};

export type Answer = Readonly<{
  status: number;
  headers: Headers;
  body: Readonly<Record<string, unknown>>;
}>;

export type WorldOptions = Readonly<{
  /** Wraps the way to the bank: how faults between steps are set up. */
  wrapBank?: (find: FindAcquirer) => FindAcquirer;
  /** The same of the bank from which is paid out. */
  wrapProvider?: (find: FindProvider) => FindProvider;
  /** Changes the wiring after it is made. */
  wrapDeps?: (deps: Deps) => Deps;
  /** Shorter patience with the bank than production has. */
  bankTimeouts?: { moneyMs: number; inquiryMs: number };
  /** Wraps what carries requests to every bank. */
  wrapTransport?: (transport: Transport) => Transport;
  merchant?: Partial<EnrollAsk>;
  /** A database that the caller drops; a copy of the template otherwise. */
  database?: TestDatabase;
  /** Why this world holds card numbers that it should not; any other is scanned when it closes. */
  plantsCards?: string;
}>;

/** The offline bank on its own book, as the tests see it. */
async function openBank(clock: () => Date, folder: string) {
  const bookFile = path.join(folder, "bank.sqlite");
  const bank = await startSimulator({
    port: 0,
    bookFile,
    adminToken: BANK_TOKEN,
    clock,
  });
  const admin = async (method: string, route: string, body?: object) => {
    const reply = await fetch(`${bank.url}/_sim${route}`, {
      method,
      headers: { "x-sim-token": BANK_TOKEN, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await reply.json()) as Record<string, unknown>;
    if (!reply.ok) throw new Error(`${method} ${route}: ${reply.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    url: bank.url,
    token: BANK_TOKEN,
    bookFile,
    close: () => bank.close(),
    admin,
    /** Orders a fault: `fault("reset_after_commit", { op: "sale" })` hits the next sale. */
    fault: (action: string, match: object = {}, params: object = {}, times = 1) =>
      admin("POST", "/faults", { action, match, params, times }),
    clearFaults: () => admin("DELETE", "/faults"),
    /** Every approved charge that stands in the bank's book. */
    orders: async () =>
      ((await admin("GET", "/orders?limit=10000")) as { orders: BankOrder[] }).orders,
    check: () => admin("POST", "/check"),
  };
}

export type BankOrder = {
  orderNo: string;
  state: string;
  saleKurus: number;
  capturedKurus: number;
  refundedKurus: number;
};

/** What browsers are given, made once for all tests of a run. */
async function assetsOfTests() {
  await buildAssets(assetsFolder);
  return loadAssets(assetsFolder);
}

function payingBanks(transport: Transport, options: WorldOptions): FindProvider {
  const find = createProviders(transport, options.bankTimeouts);
  return options.wrapProvider?.(find) ?? find;
}

/**
 * A whole system of its own: database, bank, server, clock. Nothing of ours is a double; the bank
 * is the simulator over its wire, and the clock moves by hand, the bank's with it.
 */
export async function createWorld(options: WorldOptions = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), "vezne-world-"));
  const clock = fakeClock(START);
  const database = options.database ?? (await freshDatabase());
  const db = openDb({ ...patient, url: database.appUrl, max: 12 });
  const bank = await openBank(clock, folder);
  const lines: string[] = [];
  const log = logInto({ write: (line) => void lines.push(line) }, "trace", "test");
  const metrics = createMetrics();
  const onExchange = (exchange: Exchange) => log.debug({ exchange }, "asked a bank");
  const plain = createTransport({ onExchange });
  const transport = options.wrapTransport?.(plain) ?? plain;
  const find = createRegistry(transport, options.bankTimeouts);
  const ring = keyringOf(Buffer.alloc(32, 7).toString("base64"));
  let url = "";
  const findAcquirer = watched(options.wrapBank?.(find) ?? find, metrics, log);
  const findProvider = payingBanks(transport, options);
  const wired = wire({ db, clock, ring, findAcquirer, findProvider, log, publicUrl: () => url });
  const deps = options.wrapDeps?.(wired) ?? wired;
  const ask = { ...demoMerchant(bank.url), ...options.merchant };
  const merchant = (await enroll({ db, clock, ring }, ask)) as Enrolled;
  const { merchantId } = merchant;
  const pairs = await inTx(db, async (tx) => {
    await openMarketplace(tx, merchantId, ask.name, clock());
    await openPayouts(tx, ring, merchantId, bank.url, clock());
    return newPairs({ db, clock, ring }, tx, merchantId);
  });
  const server = await buildServer({
    deps,
    assets: await assetsOfTests(),
    log,
    metrics,
    sandbox: { token: SANDBOX_TOKEN, bank: { url: bank.url, token: BANK_TOKEN } },
  });
  url = await server.app.listen({ host: "127.0.0.1", port: 0 });
  const close = async () => {
    await server.drain();
    await transport.close();
    await db.close();
    await bank.close();
    const remains = { ownerUrl: database.ownerUrl, lines, bookFile: bank.bookFile };
    const leaks = options.plantsCards ? [] : await leaksOf(remains);
    if (!options.database) await database.drop();
    await rm(folder, { recursive: true, force: true });
    if (leaks.length > 0) throw new Error(`This world leaked: ${leaks.join("; ")}`);
  };
  const parts = { url, deps, db, clock, bank, merchant, pairs, database };
  return { ...hands(parts), server, lines, close };
}

type Parts = Readonly<{
  url: string;
  deps: Deps;
  db: Db;
  clock: ReturnType<typeof fakeClock>;
  bank: Awaited<ReturnType<typeof openBank>>;
  merchant: Enrolled;
  /** The headers of both pairs of the marketplace wire. */
  pairs: Demo["paywall"];
  database: TestDatabase;
}>;

async function answerOf(reply: Response): Promise<Answer> {
  const text = await reply.text();
  const isJson = reply.headers.get("content-type")?.includes("json");
  const body = isJson ? JSON.parse(text) : { text };
  return { status: reply.status, headers: reply.headers, body };
}

/** What tests do with a world. */
function hands(parts: Parts) {
  const { url, deps, db, clock, bank, merchant } = parts;
  /** A call of the wire as clients make it. `headers` override what is sent by itself. */
  async function post(
    route: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const reply = await fetch(`${url}/${route}`, {
      method: "POST",
      headers: {
        authorization: `Basic ${merchant.secretKey}`,
        "content-type": "application/json",
        ...headers,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return answerOf(reply);
  }
  let made = 0;
  /** A reference that no other payment of this world has. */
  const reference = () => `ORD-${++made}`;
  /** A sale, or a hold with `transaction_type` 3. */
  const pay = (more: object = {}, headers: Record<string, string> = {}) =>
    post(
      "v2/transaction/payment",
      { amount: "100,00", reference_no: reference(), domain: "shop.example", ...goodCard, ...more },
      headers,
    );
  /** Moves the platform's and the bank's clock, and does what fell due. */
  async function advance(ms: number): Promise<void> {
    clock.advance(ms);
    deps.reception.forgetAll();
    const onError = (error: unknown) => {
      throw error;
    };
    await inquireDue(deps.payments, onError);
    while ((await runPayouts(deps.payouts, onError)) > 0);
  }
  const isSound = async (): Promise<Report> => {
    const report = await verify(db, clock(), { url: bank.url, token: BANK_TOKEN });
    const broken = report.findings.filter((finding) => finding.broken.length > 0);
    if (broken.length > 0) throw new Error(`The books do not balance: ${JSON.stringify(broken)}`);
    return report;
  };
  return { ...parts, post, pay, reference, advance, pause, isSound };
}

export type TestWorld = Awaited<ReturnType<typeof createWorld>>;
export const DAY_MS = 24 * 60 * 60 * 1000;
