import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { createTransport } from "../../src/acquirers/transport.ts";
import { fakeClock, after as later } from "../../src/lib/clock.ts";
import { money } from "../../src/lib/money.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { Connection, Transfer } from "../../src/payouts/provider.rules.ts";
import { simulator } from "../../src/payouts/providers/simulator/index.ts";
import { startSimulator } from "../../src/simulator/index.ts";

const TOKEN = "token";
export const MINUTE_MS = 60_000;
/** What no answer that comes at all comes near, on whatever machine. */
const AMPLE = { moneyMs: 10_000, inquiryMs: 10_000 };
/** Where the bank keeps its answer for longer; sending takes less on whatever machine. */
const HURRIED = { moneyMs: 1_000, inquiryMs: 1_000 };

async function ask<Answer>(url: string, method: string, route: string, body?: object) {
  const reply = await fetch(`${url}/_sim${route}`, {
    method,
    headers: { "x-sim-token": TOKEN },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await reply.json()) as Answer;
  expect([route, reply.status, answer]).toEqual([route, 200, answer]);
  return answer;
}

const connectionTo = (baseUrl: string): Connection => ({
  merchantId: "mer_1",
  number: 1n,
  provider: "simulator",
  key: "Sim",
  currency: "TRY",
  baseUrl,
  account: "880000001",
  secret: new Secret("SIMPAY01"),
  isMain: true,
  isOpen: true,
});

/** The offline bank on a book of its own, which can be started again. */
async function openBook(clock: () => Date) {
  const folder = await mkdtemp(path.join(tmpdir(), "vezne-accounts-"));
  const bookFile = path.join(folder, "bank.sqlite");
  const open = () => startSimulator({ port: 0, bookFile, adminToken: TOKEN, clock });
  let bank = await open();
  return {
    bookFile,
    url: () => bank.url,
    /** Ends the bank, lets somebody do something to its book, and starts it again. */
    async restart(meanwhile: () => void = () => {}): Promise<void> {
      await bank.close();
      meanwhile();
      bank = await open();
    },
    async close(): Promise<void> {
      await bank.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The offline bank, connectors to accounts at it, and transfers to send by them. */
export async function openAccountBank() {
  const clock = fakeClock("2026-03-04T12:00:00+03:00");
  const seen: string[] = [];
  const transport = createTransport({
    onExchange: (exchange) => void seen.push(JSON.stringify(exchange)),
  });
  const book = await openBook(clock);
  const admin = <Answer = Record<string, unknown>>(method: string, route: string, body?: object) =>
    ask<Answer>(book.url(), method, route, body);
  const connect = (more: Partial<Connection> = {}) =>
    simulator({ ...connectionTo(book.url()), ...more }, transport, AMPLE);
  const hurried = () => simulator(connectionTo(book.url()), transport, HURRIED);
  let made = 0;
  const transferOf = (more: Partial<Transfer> = {}): Transfer => {
    made += 1;
    return {
      reference: `T${String(made).padStart(19, "0")}`,
      amount: money(12_345n, "TRY"),
      to: { title: "Ada Kitap Ltd", iban: "TR330006100519786457841326" },
      description: "Hakediş",
      validUntil: later(clock(), MINUTE_MS),
      ...more,
    };
  };
  return {
    ...book,
    ...{ admin, clock, connect, hurried, seen, transferOf },
    fault: (action: string, op: string, params: object = {}, times: number | null = 1) =>
      admin("POST", "/faults", { action, match: { op }, params, times }),
    look: (transfer: Transfer) => connect().inquire(transfer.reference, transfer.amount),
    async freeOf(): Promise<bigint> {
      const told = await connect().balance();
      if (told.kind !== "told") throw new Error(told.why);
      return told.freeMinor;
    },
    async close(): Promise<void> {
      await transport.close();
      await book.close();
    },
  };
}

export type AccountBank = Awaited<ReturnType<typeof openAccountBank>>;
