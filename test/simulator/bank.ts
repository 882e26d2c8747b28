import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Clock } from "../../src/lib/clock.ts";
import { seededMerchants, startSimulator } from "../../src/simulator/index.ts";

export const TOKEN = "token-of-this-test";
export const CARD = "4355084355084358";
const first = seededMerchants[0]!;

/** A folder that goes when the test ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "vezne-bank-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type Document = Readonly<Record<string, string>>;

/** The elements of a reply by name; names repeat nowhere in a reply. */
function fieldsOf(text: string): Document {
  const leaves = text.matchAll(/<([A-Za-z0-9_]+)>([^<]*)<\/\1>/g);
  return Object.fromEntries([...leaves].map(([, name, value]) => [name, value]));
}

/** `Extra/X` is written inside `Extra`. */
export function requestOf(fields: Document): string {
  const element = ([name, value]: [string, string]) => `<${name}>${value}</${name}>`;
  const all = Object.entries(fields);
  const top = all.filter(([name]) => !name.startsWith("Extra/")).map(element);
  const extra = all
    .filter(([name]) => name.startsWith("Extra/"))
    .map(([name, value]) => element([name.slice("Extra/".length), value]));
  const inside = extra.length > 0 ? `<Extra>${extra.join("")}</Extra>` : "";
  const declaration = '<?xml version="1.0" encoding="ISO-8859-9"?>';
  return `${declaration}<CC5Request>${top.join("")}${inside}</CC5Request>`;
}

const credentials = { Name: first.user, Password: first.password, ClientId: first.clientId };
const chargeFields = (OrderId: string, Total: string, more: Document): Document => ({
  ...credentials,
  ...{ IPAddress: "203.0.113.9", OrderId, Total, Currency: "949", Taksit: "" },
  ...{ Number: CARD, Expires: "12/30", Cvv2Val: "000", Mode: "P", ...more },
});

type Row = Readonly<Record<string, unknown>>;
/** Whatever the admin API may answer; a test knows which part it asked for. */
type AdminBody = Readonly<{
  ok: boolean;
  broken: unknown[];
  error: string;
  now: string;
  id: number;
  next: number | null;
  orders: Row[];
  txns: Row[];
  requests: Row[];
  faults: Row[];
  cards: Row[];
  closed: Row[];
  merchants: Row[];
  sessions: Row[];
}>;

/** Speaks the wire of the first seeded merchant to a bank that runs at `url`. */
export function clientOf(url: string, prefix = first.prefix) {
  const send = async (fields: Document, timeoutMs = 10_000) => {
    const response = await fetch(`${url}${prefix}/fim/api`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `DATA=${encodeURIComponent(requestOf(fields))}`,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, bytes, headers: response.headers };
  };
  const ask = async (fields: Document) =>
    fieldsOf(new TextDecoder("iso-8859-9").decode((await send(fields)).bytes));
  const follow = (Type: string, OrderId: string, more: Document = {}) =>
    ask({ ...credentials, Type, OrderId, ...more });
  const admin = async (method: string, path: string, body?: unknown) => {
    const headers = { "x-sim-token": TOKEN };
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url}/_sim${path}`, { method, headers, ...init });
    return { status: response.status, body: (await response.json()) as AdminBody };
  };
  return {
    send,
    ask,
    admin,
    saleFields: (orderId: string, total = "150.75", more: Document = {}) =>
      chargeFields(orderId, total, { Type: "Auth", ...more }),
    sale: (orderId: string, total = "150.75", more: Document = {}) =>
      ask(chargeFields(orderId, total, { Type: "Auth", ...more })),
    hold: (orderId: string, total: string) =>
      ask(chargeFields(orderId, total, { Type: "PreAuth" })),
    capture: (orderId: string, Total: string) => follow("PostAuth", orderId, { Total }),
    void: (orderId: string, more: Document = {}) => follow("Void", orderId, more),
    refund: (orderId: string, Total: string, more: Document = {}) =>
      follow("Credit", orderId, { Total, Currency: "949", ...more }),
    status: (OrderId: string) => ask({ ...credentials, OrderId, "Extra/ORDERSTATUS": "QUERY" }),
    history: (OrderId: string) => ask({ ...credentials, OrderId, "Extra/ORDERHISTORY": "QUERY" }),
    follow,
  };
}
export type BankClient = ReturnType<typeof clientOf>;

const born = performance.now();
/** As fast as the machine's, from a noon: no test meets a midnight or a year's end by chance. */
const fromNoon: Clock = () =>
  new Date(Date.parse("2026-03-04T12:00:00+03:00") + performance.now() - born);

/** A bank in this process, with a book of its own; closed when the test ends. */
export async function startBank(
  options: { folder?: string; seed?: string; clock?: Clock } = {},
): Promise<BankClient & { url: string; bookFile: string; close(): Promise<void> }> {
  const bookFile = join(options.folder ?? tempFolder(), "book.db");
  const { seed, clock = fromNoon } = options;
  const bank = await startSimulator({
    ...{ port: 0, bookFile, adminToken: TOKEN, clock, ...(seed ? { seed } : {}) },
  });
  onTestFinished(() => bank.close());
  return { ...clientOf(bank.url), url: bank.url, bookFile, close: bank.close };
}

/** Fails the test that calls it unless the book keeps all its promises. */
export async function checkBook(bank: BankClient): Promise<void> {
  const { body } = await bank.admin("POST", "/check");
  if (body.ok !== true) throw new Error(`The book is broken: ${JSON.stringify(body.broken)}`);
}
