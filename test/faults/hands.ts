import { expect } from "vitest";
import type { Transport } from "../../src/acquirers/transport.ts";
import { istanbulDay } from "../../src/lib/clock.ts";
import { INQUIRY_GAPS_MS } from "../../src/payments/doubt.rules.ts";
import { type Answer, createWorld, type TestWorld } from "../support/world.ts";

export type Row = Readonly<Record<string, unknown>>;

/** Longer than a request takes to the bank on a busy machine, where it waits for no answer. */
const HURRIED_MS = 1_000;
/** What the bank's delays last in these tests: no test lasts so long. */
export const SILENCE_MS = 90_000;

type Rule = Readonly<{ action: string; match: { op?: string }; timesLeft: number | null }>;
const silences = new Set(["delay", "slow_drip"]);
/** Where an account is asked; what else is asked has one address. */
const services: Readonly<Record<string, string>> = {
  transfer: "transfers",
  transfer_status: "inquiries",
};

/** A world as patient with its bank as production is, but where the bank is told to be silent. */
export async function hurriedWorld(): Promise<TestWorld> {
  const hurried = (transport: Transport): Transport => ({
    ...transport,
    post: async (request) => {
      const { faults } = await world.bank.admin("GET", "/faults");
      const isSilent = (faults as Rule[]).some(
        ({ action, match: { op = "" }, timesLeft }) =>
          silences.has(action) &&
          timesLeft !== 0 &&
          request.url.endsWith(`/${services[op] ?? "fim/api"}`),
      );
      return transport.post(isSilent ? { ...request, timeoutMs: HURRIED_MS } : request);
    },
  });
  const world = await createWorld({ wrapTransport: hurried });
  return world;
}

/** Ends what the bank has put off: its clock has passed it by now. */
export const endSilence = (world: TestWorld) =>
  world.bank.admin("POST", "/clock", { advance: "PT0S" });

export const orderOf = (answer: Answer): string => String(answer.body["order_id"]);
export const xactOf = (answer: Answer): string => String(answer.body["xact_id"]);

const NEWEST = 20;

/** An order's operations among the newest of the list, oldest first. */
export async function rowsOf(world: TestWorld, orderId: string): Promise<Row[]> {
  const day = istanbulDay(world.clock());
  const { body } = await world.post("v1/transaction/list", {
    datab: "2026-01-01",
    datbi: day,
    show_unsucceed: true,
    limit: NEWEST,
  });
  const rows = body["Data"] as Row[];
  return rows.filter((row) => row["order_id"] === orderId).reverse();
}

/** The last operation of an order. */
export const lastOf = async (world: TestWorld, orderId: string): Promise<Row> =>
  (await rowsOf(world, orderId)).at(-1) ?? {};

/** The charges under a reference as check shows them, newest first. */
export async function checkOf(world: TestWorld, reference: string): Promise<Row[]> {
  const { body } = await world.post("v1/transaction/check", { reference_no: reference });
  return body["Data"] as Row[];
}

/** What the bank was asked about an order, in order. */
export async function bankCalls(world: TestWorld, orderId: string): Promise<string[]> {
  const { requests } = await world.bank.admin("GET", `/requests?orderNo=${orderId}`);
  const all = requests as { op: string; answer: string }[];
  // A request that the bank puts off is logged a second time when it is carried out.
  return all.filter(({ answer }) => answer !== "put off").map(({ op }) => op);
}

const reads = new Set(["inquire", "history"]);
/** Of these, the ones that move money. */
export const moneyCalls = async (world: TestWorld, orderId: string): Promise<string[]> =>
  (await bankCalls(world, orderId)).filter((op) => !reads.has(op));

/** Lets the bank carry out what it had put off about an order, which it has not done before. */
export async function arrivesLate(world: TestWorld, orderId: string): Promise<void> {
  const before = await moneyCalls(world, orderId);
  world.clock.advance(SILENCE_MS);
  await endSilence(world);
  const count = async () => (await moneyCalls(world, orderId)).length;
  await expect.poll(count).toBe(before.length + 1);
}

/** The order as the bank's book has it. */
export async function bankOrder(world: TestWorld, orderId: string): Promise<Row | undefined> {
  const { orders } = await world.bank.admin("GET", `/orders?orderNo=${orderId}`);
  return (orders as Row[])[0];
}

type BankTxn = { type: string; result: string; voidedBy: number | null };
/** Charges of an order that stand in the bank's book: more than one is money taken twice. */
export async function liveCharges(world: TestWorld, orderId: string): Promise<number> {
  const { txns } = await world.bank.admin("GET", `/txns?orderNo=${orderId}`);
  return (txns as BankTxn[]).filter(
    ({ type, result, voidedBy }) =>
      (type === "sale" || type === "preauth") && result === "approved" && voidedBy === null,
  ).length;
}

/** Moves the clock question by question until the last operation of an order is settled. */
export async function endDoubt(world: TestWorld, orderId: string): Promise<Row> {
  let row = await lastOf(world, orderId);
  for (const gap of INQUIRY_GAPS_MS) {
    if (row["is_in_doubt"] !== true) return row;
    await world.advance(gap);
    row = await lastOf(world, orderId);
  }
  return row;
}

/** The bank's book keeps its own promises, and ours equals it. */
export async function expectSound(world: TestWorld): Promise<void> {
  const { ok, broken } = await world.bank.check();
  if (ok !== true) throw new Error(`The bank's book is broken: ${JSON.stringify(broken)}`);
  await world.isSound();
}
