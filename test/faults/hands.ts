import { istanbulDay } from "../../src/lib/clock.ts";
import { INQUIRY_GAPS_MS } from "../../src/payments/doubt.rules.ts";
import type { Answer, TestWorld } from "../support/world.ts";

export type Row = Readonly<Record<string, unknown>>;

/** Shorter than the waits that faults make, longer than an answer takes on a busy machine. */
export const HURRIED = { moneyMs: 400, inquiryMs: 400 };
/** What the bank's delays last in these tests. */
export const TOO_LONG_MS = 700;

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
