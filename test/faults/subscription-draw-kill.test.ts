import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { inTx } from "../../src/db/transaction.ts";
import type { MerchantId } from "../../src/lib/id.ts";
import { moveClocks } from "../../src/merchants/index.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { runJobs } from "../support/jobs.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { dueOrder, expectTrue, firstCard, LEASE_MS } from "./draws.ts";

const WORKER = path.join(import.meta.dirname, "../../src/main/worker.ts");
/** The key of every test's world. */
const VAULT_KEY = Buffer.alloc(32, 7).toString("base64");
const ORDERS = 200;
const AT_ONCE = 10;
/** How long the bank keeps each request, so that a worker can end meanwhile. */
const SLOW_MS = 400;
/** How long where none may be answered before the worker has ended; nobody waits for it. */
const STUCK_MS = 30_000;
const STEP_MS = 30 * 60_000;
const STEPS_MAX = 60;
const LOOK_MS = 20;
/** Real time in which a worker finds what fell due. */
const TICK_MS = 1_200;
const PATIENCE_MS = 30_000;

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Real time for seeding, two starts and some twenty looks on a busy machine. */
const TEST_MS = 180_000;
let workers: ChildProcess[] = [];
beforeEach(() => world.bank.clearFaults());
afterEach(async () => {
  for (const worker of workers) await end(worker);
  workers = [];
});

/** A worker of the product, as a process of its own. */
async function startWorker(): Promise<ChildProcess> {
  const worker = fork(WORKER, {
    env: {
      ...process.env,
      VEZNE_APP_DATABASE_URL: world.database.appUrl,
      VEZNE_VAULT_KEY: VAULT_KEY,
      VEZNE_LOG_LEVEL: "error",
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  workers.push(worker);
  const ended = once(worker, "exit").then(() => Promise.reject(new Error("it ended at once")));
  await Promise.race([once(worker, "message"), ended]);
  ended.catch(() => {});
  return worker;
}

async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = once(worker, "exit");
  worker.kill("SIGKILL");
  await gone;
}

/** Workers of their own read the machine's clock: what is made here must be due by it. */
function keepUp(): void {
  world.clock.advance(Date.now() - world.clock().getTime());
}

async function manyOrders(): Promise<Subscription[]> {
  keepUp();
  const orders: Subscription[] = [];
  while (orders.length < ORDERS) {
    const few = Array.from({ length: AT_ONCE }, () => dueOrder(world, [firstCard]));
    orders.push(...(await Promise.all(few)));
  }
  return orders;
}

const moveOn = (ms: number) =>
  inTx(world.db, (tx) => moveClocks(tx, [world.merchant.merchantId as MerchantId], ms));

async function count(statement: string): Promise<number> {
  const { rows } = await world.db.pool.query<{ n: number }>(statement);
  return Number(rows[0]?.n);
}
const tried = () => count("select count(*) as n from invoice_tries");
const paid = () => count("select count(*) as n from invoices where status = 'paid'");

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const late = performance.now() + PATIENCE_MS; performance.now() < late; ) {
    if (await isSo()) return;
    await world.pause(LOOK_MS);
  }
  throw new Error(`${what}: not in time`);
}

/** Lets the merchant's hours pass until so many invoices are paid; not while something goes on. */
async function untilPaid(atLeast: number): Promise<void> {
  let known = "";
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const isSo = async () => (await paid()) >= atLeast;
    for (const next = performance.now() + TICK_MS; performance.now() < next; ) {
      if (await isSo()) return;
      await world.pause(LOOK_MS);
    }
    const now = `${await tried()} ${await paid()}`;
    if (now === known) await moveOn(STEP_MS);
    known = now;
  }
  throw new Error(`only ${await paid()} of ${atLeast} are paid`);
}

const MANY = 10_000;
const slowBank = (op: "sale" | "inquire", ms: number, requests = MANY) =>
  world.bank.fault("delay", { op }, { ms }, requests);
const hasHalfTried = async (before: number) => (await tried()) > before + ORDERS / 4;

let made: Subscription[] = [];
async function expectEachDrawnOnce(orders: readonly Subscription[]): Promise<void> {
  made = [...made, ...orders];
  await untilPaid(made.length);
  keepUp();
  // What a worker that died could not tell any more is looked for later.
  await runJobs(world);
  await expectTrue(world, made);
}

test(
  "workers that are killed in the middle of a run: each invoice is drawn once",
  async () => {
    const orders = await manyOrders();
    await slowBank("sale", STUCK_MS);
    // At the bank with many, before one of them is settled.
    const first = await startWorker();
    await until("tries", () => hasHalfTried(0));
    await end(first);
    expect(await paid()).toBe(0);
    // While they are settled, which not all of them can be meanwhile: neither those of which the
    // bank is asked, a few at a time, nor those that it is sent.
    await world.bank.clearFaults();
    await slowBank("inquire", SLOW_MS);
    await slowBank("sale", SLOW_MS, ORDERS / 4);
    await slowBank("sale", STUCK_MS);
    await moveOn(LEASE_MS);
    const second = await startWorker();
    await untilPaid(1);
    await end(second);
    expect(await paid()).toBeLessThan(ORDERS);
    await world.bank.clearFaults();
    await startWorker();
    await expectEachDrawnOnce(orders);
  },
  TEST_MS,
);

test(
  "a worker that is stopped past its lease and goes on beside another draws nothing twice",
  async () => {
    const orders = await manyOrders();
    const before = await tried();
    await slowBank("sale", SLOW_MS);
    const frozen = await startWorker();
    await until("tries", () => hasHalfTried(before));
    frozen.kill("SIGSTOP");
    await world.bank.clearFaults();
    await moveOn(LEASE_MS);
    await startWorker();
    await untilPaid(made.length + ORDERS / 2);
    frozen.kill("SIGCONT");
    const gone = once(frozen, "exit");
    frozen.kill("SIGTERM"); // It ends what it has begun, and begins nothing.
    await gone;
    await expectEachDrawnOnce(orders);
  },
  TEST_MS,
);
